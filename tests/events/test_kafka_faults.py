"""What Kafka's brokers and members may do to us: each fault on a real broker that the test owns."""

import gc
import os
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import kafka
import pytest

from events import kafka_client, kafka_consumer
from events.kafka import KafkaLog
from events.log import (
    LogUnavailable,
    Message,
    NotDelivered,
    Producer,
    Record,
    RecordsGone,
    TopicPartition,
    partition_for,
)
from tests.events.log_contract import PARTITIONS, TOPIC, WAIT_SECONDS, commit, drain, join, numbered, values
from tests.events.worker import commit_for_ever
from tests.kafka.broker import Brokers
from tests.kafka.fixtures import fresh
from tests.processes import start

# The client does not close a socket that it could not connect; the garbage collector does.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

RESUMED_SECONDS = 60.0
"""What the fault catalogue allows until everything goes on by itself after an outage."""


@pytest.fixture
def url(brokers: Brokers) -> str:
    return fresh(brokers.url)


@pytest.fixture
def log(url: str) -> Iterator[KafkaLog]:
    log = KafkaLog.at(url, options="{}", replication=1)
    log.ensure_topics([TOPIC], partitions=PARTITIONS)
    yield log
    log.close()
    gc.collect()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes half a minute takes a second."""
    monkeypatch.setitem(kafka_client.CONNECTION, "bootstrap_timeout_ms", 1000)
    monkeypatch.setitem(kafka_client.CONNECTION, "request_timeout_ms", 1500)
    monkeypatch.setitem(kafka_client.PRODUCER, "delivery_timeout_ms", 2000)
    monkeypatch.setitem(kafka_client.PRODUCER, "max_block_ms", 1500)
    monkeypatch.setattr(kafka_consumer, "_SILENCE_SECONDS", 0.5)


def everything(log: KafkaLog) -> list[Record]:
    return [
        record
        for place, end in log.end_offsets(TOPIC).items()
        for record in log.read(place, start=0, max_records=end)
    ]


def pause(seconds: float) -> bool:
    time.sleep(seconds)
    return False


def published(producer: Producer, messages: Sequence[Message]) -> bool:
    try:
        producer.publish(messages)
    except NotDelivered:
        return False
    return True


def eventually(true: Callable[[], bool], *, seconds: float = WAIT_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.05)


class Publisher(threading.Thread):
    """Publishes numbers in batches as a stage does: what was not delivered is published again."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.acknowledged = 0
        self.stop = False
        self._url = url

    def run(self) -> None:
        log = KafkaLog.at(self._url, options="{}", replication=1)
        producer = log.producer()
        while not self.stop:
            if published(producer, numbered(20, start=self.acknowledged, keys=8)):
                self.acknowledged += 20
        producer.close()
        log.close()


def test_a_broker_killed_amid_publishing_costs_time_and_no_message(
    brokers: Brokers, url: str, log: KafkaLog
) -> None:
    consumer = log.consumer("g", [TOPIC])
    join(consumer)
    publisher = Publisher(url)
    publisher.start()
    records = drain(consumer, count=200)
    brokers[0].kill()
    before = publisher.acknowledged
    brokers.start()
    back = time.monotonic()
    eventually(lambda: publisher.acknowledged > before + 200, seconds=RESUMED_SECONDS)
    publisher.stop = True
    publisher.join()
    missing = set(range(publisher.acknowledged)) - set(values(records))
    while missing:
        assert time.monotonic() - back < RESUMED_SECONDS
        batch = consumer.poll(max_records=500, timeout=1)
        commit(consumer, batch)
        missing -= set(values(batch))
        records += batch
    consumer.close()
    kept = everything(log)
    assert {record.value for record in kept} >= {
        str(number).encode() for number in range(publisher.acknowledged)
    }
    for key in {record.key for record in kept}:
        first_seen = list(dict.fromkeys(values([record for record in kept if record.key == key])))
        assert first_seen == sorted(first_seen)


@pytest.mark.usefixtures("impatient")
def test_nothing_counts_as_published_while_the_broker_is_gone(
    brokers: Brokers, url: str, log: KafkaLog
) -> None:
    producer, consumer = log.producer(), log.consumer("g", [TOPIC])
    join(consumer)
    producer.publish(numbered(20))
    brokers[0].kill()
    for attempt in range(2):
        with pytest.raises(NotDelivered, match="20 of 20"):
            producer.publish(numbered(20, start=100 * (attempt + 1)))
    with pytest.raises(LogUnavailable):
        eventually(lambda: consumer.poll(max_records=1000, timeout=0) is None)
    with pytest.raises(LogUnavailable):
        log.end_offsets(TOPIC)
    late = KafkaLog.at(url, options="{}", replication=1)
    with pytest.raises(LogUnavailable):
        late.consumer("g", [TOPIC])
    with pytest.raises(NotDelivered):
        late.producer().publish(numbered(1))
    late.close()
    brokers.start()
    eventually(lambda: published(producer, numbered(20, start=20)))
    assert set(range(40)) <= set(values(everything(log)))
    consumer.close()
    producer.close()


def delete(log: KafkaLog, place: TopicPartition, *, before: int) -> None:
    """What retention does, by hand."""
    admin = kafka.KafkaAdminClient(**log._cluster.connection)
    admin.delete_records({log._cluster.wire_place(place): before})
    admin.close()


def test_records_that_retention_took_are_missed_by_name_and_never_skipped(log: KafkaLog) -> None:
    place = TopicPartition(TOPIC, partition_for(b"key-0", PARTITIONS))
    log.producer().publish(numbered(30, keys=1))
    first = log.consumer("g", [TOPIC])
    commit(first, first.poll(max_records=10, timeout=WAIT_SECONDS))
    first.close()
    delete(log, place, before=20)
    late = log.consumer("g", [TOPIC])
    for _ in range(3):
        with pytest.raises(RecordsGone, match="does not hold"):
            late.poll(max_records=10, timeout=WAIT_SECONDS)
    assert late.committed()[place] == 10
    assert values(log.read(place, start=0, max_records=3)) == [20, 21, 22]
    late.seek(place, 20)
    assert values(drain(late, count=10)) == list(range(20, 30))
    late.close()


def test_a_new_group_begins_with_what_is_there(log: KafkaLog) -> None:
    place = TopicPartition(TOPIC, partition_for(b"key-0", PARTITIONS))
    log.producer().publish(numbered(30, keys=1))
    delete(log, place, before=25)
    consumer = log.consumer("new", [TOPIC])
    assert consumer.lag() == 5
    assert values(drain(consumer, count=5)) == list(range(25, 30))
    consumer.close()


def test_positions_past_the_end_of_the_log_are_missed_by_name(log: KafkaLog) -> None:
    log.producer().publish(numbered(5, keys=1))
    consumer = log.consumer("g", [TOPIC])
    drain(consumer, count=5)
    consumer.seek(TopicPartition(TOPIC, partition_for(b"key-0", PARTITIONS)), 7)
    with pytest.raises(RecordsGone):
        consumer.poll(max_records=10, timeout=WAIT_SECONDS)
    consumer.close()


class Journal:
    """What the processes of `commit_for_ever` have noted."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def lines(self) -> list[list[str]]:
        return [line.split() for line in self.path.read_text().splitlines()] if self.path.exists() else []

    def of(self, process: ForkServerProcess) -> list[str]:
        """The outcomes of its commits."""
        return [outcome for outcome, pid, *_ in self.lines() if pid == str(process.pid)]

    def reached(self) -> dict[int, int]:
        """The next offset of each partition; fails where the log took a commit that sets it back."""
        reached: dict[int, int] = defaultdict(int)
        for outcome, _, *places in self.lines():
            for place in places if outcome == "taken" else ():
                partition, offset = map(int, place.split(":"))
                assert offset >= reached[partition], "a member that was not the owner has set the group back"
                reached[partition] = offset
        return reached


def test_a_member_that_was_frozen_for_a_session_cannot_commit(
    url: str, log: KafkaLog, tmp_path: Path
) -> None:
    journal = Journal(tmp_path / "journal")
    frozen = start(commit_for_ever, url, journal.path)
    log.producer().publish(numbered(200))
    eventually(lambda: len(journal.of(frozen)) >= 3)
    publisher = Publisher(url)
    publisher.start()
    # Frozen between taking records and committing, with luck; the publisher sees to it that there are some.
    os.kill(frozen.pid or 0, signal.SIGSTOP)
    heir = start(commit_for_ever, url, journal.path)
    eventually(lambda: len(journal.of(heir)) >= 20)
    os.kill(frozen.pid or 0, signal.SIGCONT)
    known = len(journal.of(frozen))
    eventually(lambda: len(journal.of(frozen)) > known + 5)
    publisher.stop = True
    publisher.join()
    for process in (frozen, heir):
        process.kill()
        process.join()
    assert journal.reached()
