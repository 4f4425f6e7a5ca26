"""What the network between us and a broker may do: fall silent, be slow, break; all on a real line."""

import gc
import random
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from events.kafka import KafkaLog
from events.log import LogUnavailable, NotDelivered
from tests.events.log_contract import PARTITIONS, TOPIC, drain, join, numbered, values
from tests.events.test_kafka_faults import RESUMED_SECONDS, Publisher, eventually, everything, published
from tests.kafka.broker import Brokers
from tests.kafka.fixtures import CLIENT_LEFTOVERS, fresh
from tests.kafka.wire import Wire

pytestmark = CLIENT_LEFTOVERS


@pytest.fixture
def wire(brokers: Brokers) -> Iterator[Wire]:
    seed = time.time_ns()
    print(f"seed {seed}")  # noqa: T201 - shown when the test fails
    with Wire(*brokers.wire_ports, chance=random.Random(seed)) as wire:
        yield wire


@pytest.fixture
def url(brokers: Brokers) -> str:
    return fresh(brokers.wire_url)


@pytest.fixture
def log(wire: Wire, url: str) -> Iterator[KafkaLog]:  # noqa: ARG001 - the line is there before the log
    with closing(KafkaLog.at(url, options="{}", replication=1)) as log:
        log.ensure_topics([TOPIC], partitions=PARTITIONS)
        yield log
    gc.collect()


@pytest.mark.usefixtures("impatient")
def test_a_line_that_falls_silent_is_an_outage_and_nobody_waits_for_ever(wire: Wire, log: KafkaLog) -> None:
    producer, consumer = log.producer(), log.consumer("g", [TOPIC])
    join(consumer)
    producer.publish(numbered(20))
    wire.silent = True
    started = time.monotonic()
    with pytest.raises(NotDelivered, match="20 of 20"):
        producer.publish(numbered(20, start=1000))
    with pytest.raises(LogUnavailable):
        eventually(lambda: consumer.poll(max_records=1000, timeout=0) is None)
    with pytest.raises(LogUnavailable):
        log.end_offsets(TOPIC)
    assert time.monotonic() - started < RESUMED_SECONDS
    wire.silent = False
    eventually(lambda: published(producer, numbered(20, start=20)), seconds=RESUMED_SECONDS)
    assert set(range(40)) <= set(values(everything(log)))
    consumer.close()
    producer.close()


def test_a_line_that_breaks_again_and_again_costs_time_and_no_message(
    wire: Wire, url: str, log: KafkaLog
) -> None:
    publisher = Publisher(url)
    publisher.start()
    try:
        eventually(lambda: publisher.acknowledged > 100)
        wire.breaks = 0.05
        goal = publisher.acknowledged + 1000
        eventually(lambda: publisher.acknowledged > goal, seconds=RESUMED_SECONDS)
    finally:
        wire.breaks = 0.0
        publisher.stop = True
        publisher.join()
    kept = everything(log)
    assert set(values(kept)) >= set(range(publisher.acknowledged))
    for key in {record.key for record in kept}:
        first_seen = list(dict.fromkeys(values([record for record in kept if record.key == key])))
        assert first_seen == sorted(first_seen)


@pytest.mark.faults
def test_a_slow_line_slows_only(wire: Wire, log: KafkaLog) -> None:
    wire.delay = 1.0
    with closing(log.producer()) as producer, closing(log.consumer("g", [TOPIC])) as consumer:
        producer.publish(numbered(40))
        eventually(lambda: bool(consumer.assignment() or consumer.poll(max_records=1, timeout=1)), seconds=60)
        wire.delay = 0.2
        assert sorted(values(drain(consumer, count=40))) == list(range(40))
