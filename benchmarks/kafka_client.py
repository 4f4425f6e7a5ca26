"""Publishing to Kafka and reading it back through our port, against the bare client: for `benchmarks.kafka`.

Batches of 500 messages of 2 kB into 8 partitions of one broker on this machine; both acknowledge and commit
each batch. They take turns, and the best of each counts.
"""

import os
import time
from collections.abc import Callable
from typing import Any, Final

import kafka

from events.kafka import KafkaLog
from events.kafka_client import PRODUCER, READER
from events.log import Message, partition_for
from tests.kafka.broker import Brokers
from tests.kafka.fixtures import fresh

COUNT: Final = 20_000
BATCH: Final = 500
PARTITIONS: Final = 8
ROUNDS: Final = 3
TOPIC: Final = "ads"
MESSAGES: Final = [Message(TOPIC, str(number).encode(), os.urandom(2000)) for number in range(COUNT)]


def seconds(action: Callable[[], None]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def publish(log: KafkaLog) -> float:
    producer = log.producer()
    producer.publish(MESSAGES[:BATCH])

    def all_batches() -> None:
        for first in range(0, COUNT, BATCH):
            producer.publish(MESSAGES[first : first + BATCH])

    taken = seconds(all_batches)
    producer.close()
    return taken


def publish_bare(log: KafkaLog) -> float:
    producer: Any = kafka.KafkaProducer(**PRODUCER, **log._cluster.connection)  # noqa: SLF001
    topic = log._cluster.wire(TOPIC)  # noqa: SLF001

    def send(batch: list[Message]) -> None:
        for each in batch:
            producer.send(topic, each.value, key=each.key, partition=partition_for(each.key, PARTITIONS))
        producer.flush()

    def all_batches() -> None:
        for first in range(0, COUNT, BATCH):
            send(MESSAGES[first : first + BATCH])

    send(MESSAGES[:BATCH])
    taken = seconds(all_batches)
    producer.close()
    return taken


def consume(log: KafkaLog, group: str) -> float:
    """Seconds from the first record on, since a group takes its time to form."""
    consumer = log.consumer(group, [TOPIC])
    while not consumer.poll(max_records=1, timeout=1):
        pass

    def all_batches() -> None:
        left = COUNT
        while left > 0:
            records = consumer.poll(max_records=BATCH, timeout=1)
            consumer.commit({record.place: record.offset + 1 for record in records})
            left -= len(records)

    taken = seconds(all_batches)
    consumer.close()
    return taken


def consume_bare(log: KafkaLog, group: str) -> float:
    settings = {**READER, "auto_offset_reset": "earliest", **log._cluster.connection}  # noqa: SLF001
    consumer: Any = kafka.KafkaConsumer(log._cluster.wire(TOPIC), group_id=group, **settings)  # noqa: SLF001
    while not consumer.poll(timeout_ms=1000, max_records=1):
        pass

    def all_batches() -> None:
        left = COUNT
        while left > 0:
            found = consumer.poll(timeout_ms=1000, max_records=BATCH)
            last = {place: records[-1].offset + 1 for place, records in found.items()}
            consumer.commit({place: kafka.OffsetAndMetadata(next_, "", -1) for place, next_ in last.items()})
            left -= sum(map(len, found.values()))

    taken = seconds(all_batches)
    consumer.close()
    return taken


def compare(brokers: Brokers) -> None:
    """Measure both ways, and print how they compare."""
    log = KafkaLog.at(fresh(brokers.url), options="{}", replication=1)
    log.ensure_topics([TOPIC], partitions=PARTITIONS)
    published = [(publish(log), publish_bare(log)) for _ in range(ROUNDS)]
    consumed = [(consume(log, f"g{each}"), consume_bare(log, f"b{each}")) for each in range(ROUNDS)]
    log.close()
    for name, rounds in (("publish", published), ("poll and commit", consumed)):
        ours, bare = (COUNT / min(each) for each in zip(*rounds, strict=True))
        print(f"{name:16} {ours:9,.0f} messages/s, bare client {bare:9,.0f}, ratio {ours / bare:.2f}")
