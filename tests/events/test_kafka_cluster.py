"""Three brokers with three copies of everything: one may go, freeze or come back, and nothing is lost."""

import gc
import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import kafka
import pytest

from events.kafka import KafkaLog
from events.log import LogUnavailable, NotDelivered, TopicPartition
from tests.events.log_contract import PARTITIONS, TOPIC, join, numbered, values
from tests.events.test_kafka_faults import RESUMED_SECONDS, Publisher, eventually, everything, published
from tests.kafka.broker import Broker, Brokers, NoBroker, own_brokers
from tests.kafka.fixtures import CLIENT_LEFTOVERS, fresh
from tests.services import missing

pytestmark = [pytest.mark.faults, *CLIENT_LEFTOVERS]


@pytest.fixture(scope="module")
def three() -> Iterator[Brokers]:
    with ExitStack() as running:
        try:
            brokers = running.enter_context(own_brokers(count=3))
        except NoBroker as error:
            missing(f"no Kafka: {error}")
        yield brokers


@pytest.fixture
def url(three: Brokers) -> str:
    return fresh(three.url)


@pytest.fixture
def log(three: Brokers, url: str) -> Iterator[KafkaLog]:
    log = KafkaLog.at(url, options="{}", replication=3, session_ms=3000)
    log.ensure_topics([TOPIC], partitions=PARTITIONS)
    yield log
    log.close()
    gc.collect()
    for broker in three:
        if broker.ended():
            broker.start()
    three.wait_until_ready()


@contextmanager
def publishing(url: str) -> Iterator[Publisher]:
    publisher = Publisher(url)
    publisher.start()
    try:
        yield publisher
    finally:
        publisher.stop = True
        publisher.join()


def leader(three: Brokers, log: KafkaLog, place: TopicPartition) -> Broker:
    admin = kafka.KafkaAdminClient(**log._cluster.connection)
    (topic,) = admin.describe_topics([log._cluster.wire(place.topic)])
    admin.close()
    (found,) = [each for each in topic["partitions"] if each["partition_index"] == place.partition]
    return three[found["leader_id"] - 1]


def await_more(publisher: Publisher) -> None:
    goal = publisher.acknowledged + 100
    eventually(lambda: publisher.acknowledged > goal, seconds=RESUMED_SECONDS)


def in_sync(log: KafkaLog) -> bool:
    """Whether every partition has all its copies up to date."""
    with suppress(LogUnavailable):
        admin = kafka.KafkaAdminClient(**log._cluster.connection)
        (topic,) = admin.describe_topics([log._cluster.wire(TOPIC)])
        admin.close()
        return all(len(each["isr_nodes"]) == 3 for each in topic["partitions"])
    return False


def assert_complete(log: KafkaLog, acknowledged: int) -> None:
    """Every number is there, and those of a key in the order in which they were published first."""
    kept = everything(log)
    assert {int(record.value) for record in kept} >= set(range(acknowledged))
    for key in {record.key for record in kept}:
        first_seen = list(dict.fromkeys(values([record for record in kept if record.key == key])))
        assert first_seen == sorted(first_seen)


def test_leaders_that_die_one_after_the_other_cost_time_and_no_message(
    three: Brokers, url: str, log: KafkaLog
) -> None:
    with publishing(url) as publisher:
        for number in range(PARTITIONS - 1):
            await_more(publisher)
            victim = leader(three, log, TopicPartition(TOPIC, number))
            victim.kill()
            await_more(publisher)
            victim.start()
            eventually(lambda: in_sync(log), seconds=RESUMED_SECONDS)
    assert_complete(log, publisher.acknowledged)


def test_a_group_goes_on_when_the_broker_that_keeps_its_offsets_dies(three: Brokers, log: KafkaLog) -> None:
    log.producer().publish(numbered(400, keys=40))
    consumer = log.consumer("g", [TOPIC])
    join(consumer)
    seen: set[int] = set()

    def go_on() -> bool:
        with suppress(LogUnavailable):
            batch = consumer.poll(max_records=20, timeout=1)
            consumer.commit({record.place: record.offset + 1 for record in batch})
            seen.update(values(batch))
        return len(seen) == 400

    go_on()
    keeper = consumer._client._coordinator.coordinator_id
    three[int(keeper.removeprefix("coordinator-")) - 1].kill()
    eventually(go_on, seconds=RESUMED_SECONDS)
    eventually(lambda: log._cluster.committed("g") == log.end_offsets(TOPIC), seconds=RESUMED_SECONDS)
    consumer.close()


@contextmanager
def frozen(broker: Broker) -> Iterator[None]:
    """A broker whose connections stay open, and who says nothing any more."""
    process = broker._process
    assert process
    os.kill(process.pid, signal.SIGSTOP)
    eventually(lambda: Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T")
    try:
        yield
    finally:
        os.kill(process.pid, signal.SIGCONT)


def test_a_leader_that_falls_silent_with_its_connections_open_loses_its_place_and_no_message(
    three: Brokers, url: str, log: KafkaLog
) -> None:
    with publishing(url) as publisher:
        await_more(publisher)
        with frozen(leader(three, log, TopicPartition(TOPIC, 0))):
            await_more(publisher)
        await_more(publisher)
        eventually(lambda: in_sync(log), seconds=RESUMED_SECONDS)
    assert_complete(log, publisher.acknowledged)


@pytest.mark.usefixtures("impatient")
def test_with_one_copy_left_nothing_counts_as_published(three: Brokers, log: KafkaLog) -> None:
    producer = log.producer()
    producer.publish(numbered(20))
    eventually(lambda: in_sync(log))
    for broker in (three[0], three[1]):
        broker.kill()
    with pytest.raises(NotDelivered):
        producer.publish(numbered(20, start=1000))
    for broker in (three[0], three[1]):
        broker.start()
    eventually(lambda: published(producer, numbered(20, start=20)), seconds=RESUMED_SECONDS)
    producer.close()
    assert {record.value for record in everything(log)} >= {str(number).encode() for number in range(40)}
