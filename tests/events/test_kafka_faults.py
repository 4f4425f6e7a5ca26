"""What Kafka's brokers and members may do to us: each fault on a real broker that the test owns."""

import gc
import os
import random
import signal
import struct
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import kafka
import pytest

from config.settings import CHINA
from consumers.failures import Patience
from events import kafka_client
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
from tests.events import worker
from tests.events.log_contract import PARTITIONS, TOPIC, WAIT_SECONDS, commit, drain, join, numbered, values
from tests.events.worker import (
    SESSION,
    commit_for_ever,
    freeze_before_commit,
    freeze_before_joining_again,
)
from tests.kafka.broker import Brokers
from tests.kafka.fixtures import CLIENT_LEFTOVERS, fresh
from tests.processes import end, start

pytestmark = CLIENT_LEFTOVERS

RESUMED_SECONDS = 60.0
"""What the fault catalogue allows until everything goes on by itself after an outage."""


@pytest.fixture
def url(brokers: Brokers) -> str:
    return fresh(brokers.url)


@pytest.fixture
def log(brokers: Brokers, url: str) -> Iterator[KafkaLog]:
    log = KafkaLog.at(url, options="{}", replication=1)
    log.ensure_topics([TOPIC], partitions=PARTITIONS)
    yield log
    log.close()
    gc.collect()
    if brokers[0].ended():
        brokers.start()


def everything(log: KafkaLog) -> list[Record]:
    def read() -> list[Record]:
        ends = log.end_offsets(TOPIC).items()
        return [record for place, end in ends for record in log.read(place, start=0, max_records=end)]

    return Patience(pause=pause)(read)


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


@pytest.mark.parametrize("days", [-1, 1])
def test_a_record_bears_the_brokers_time_where_a_producers_clock_is_wrong(log: KafkaLog, days: int) -> None:
    now = datetime.now(CHINA)
    claimed = now + timedelta(days=days)
    client = kafka.KafkaProducer(**log._cluster.connection)
    topic = log._cluster.wire(TOPIC)
    sent = client.send(topic, b"value", partition=0, timestamp_ms=int(claimed.timestamp() * 1000))
    sent.get(timeout=30)
    client.close()
    (record,) = log.read(TopicPartition(TOPIC, 0), start=0, max_records=1)
    assert abs(record.timestamp - now) < timedelta(minutes=5)


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
    """What members in processes of their own have noted."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def notes(self, kind: str) -> list[tuple[int, int, int]]:
        """The partition, first and next offset of what was `taken`, `committed` or `refused`."""
        lines = [line.split() for line in self.path.read_text().splitlines()] if self.path.exists() else []
        ranges = [each.split(":") for what, _, *ranges in lines if what == kind for each in ranges]
        return [(int(partition), int(first), int(next_)) for partition, first, next_ in ranges]

    def taken(self) -> dict[int, set[int]]:
        """The offsets of each partition that somebody has been given."""
        taken: dict[int, set[int]] = defaultdict(set)
        for partition, first, next_ in self.notes("taken"):
            taken[partition].update(range(first, next_))
        return taken


def commits(log: KafkaLog, group: str) -> Iterator[tuple[int, int]]:
    """Partition and offset of each commit of `group` that the brokers took, from their own record."""
    reader = kafka.KafkaConsumer(group_id=None, **kafka_client.READER, **log._cluster.connection)
    offsets = "__consumer_offsets"
    places = [kafka.TopicPartition(offsets, number) for number in reader.partitions_for_topic(offsets)]
    reader.assign(places)
    reader.seek_to_beginning()
    ends = reader.end_offsets(places)
    while any(reader.position(place) < end for place, end in ends.items()):
        for records in reader.poll(timeout_ms=1000).values():
            for record in records:
                named, topic, partition = _commit_key(record.key)
                if named == log._cluster.wire(group) and topic and record.value:
                    yield partition, struct.unpack_from(">q", record.value, 2)[0]
    reader.close()


def _commit_key(key: bytes) -> tuple[str, str, int]:
    """Group, topic and partition; the topic is empty where the record is not about a commit."""
    version, size = struct.unpack_from(">hh", key)
    group = key[4 : 4 + size].decode()
    if version > 1:
        return group, "", 0
    (length,) = struct.unpack_from(">h", key, 4 + size)
    topic = key[6 + size : 6 + size + length].decode()
    return group, topic, struct.unpack_from(">i", key, 6 + size + length)[0]


def assert_never_set_back(log: KafkaLog, group: str) -> None:
    reached: dict[int, int] = defaultdict(int)
    for partition, offset in commits(log, group):
        assert offset >= reached[partition], "the brokers took a commit from somebody who was not the owner"
        reached[partition] = offset
    assert sum(reached.values()) > 0


def caught_up(log: KafkaLog) -> bool:
    return log._cluster.committed("g") == log.end_offsets(TOPIC)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal")


def kill(process: ForkServerProcess) -> None:
    process.kill()
    process.join()


def test_a_member_that_was_frozen_for_a_session_cannot_commit(
    url: str, log: KafkaLog, journal: Journal
) -> None:
    log.producer().publish(numbered(200))
    frozen = start(freeze_before_commit, url, journal.path)
    eventually(lambda: state_of(frozen) == "T")
    heir = start(commit_for_ever, url, journal.path)
    eventually(lambda: caught_up(log))
    os.kill(frozen.pid or 0, signal.SIGCONT)
    assert end(frozen) == 0
    assert journal.notes("refused")
    assert_never_set_back(log, "g")
    kill(heir)


def test_a_member_that_was_left_out_while_it_joined_begins_anew_where_the_others_were(
    url: str, log: KafkaLog, journal: Journal
) -> None:
    log.producer().publish(numbered(400))
    frozen = start(freeze_before_joining_again, url, journal.path)
    eventually(lambda: bool(journal.notes("committed")))
    heir = start(commit_for_ever, url, journal.path)
    eventually(lambda: state_of(frozen) == "T")
    log.producer().publish(numbered(400, start=400))
    eventually(lambda: caught_up(log))
    kill(heir)
    os.kill(frozen.pid or 0, signal.SIGCONT)
    log.producer().publish(numbered(400, start=800))
    eventually(lambda: caught_up(log))
    kill(frozen)
    assert_never_set_back(log, "g")


def state_of(process: ForkServerProcess) -> str:
    """The letter that the kernel has for it; T is stopped."""
    return Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


@pytest.mark.usefixtures("log")
def test_members_that_are_busy_when_the_brokers_answer_find_their_shares_soon(url: str) -> None:
    with closing(worker.connect(url)) as log, closing(worker.connect(url)) as other:
        members = [log.consumer("g", [TOPIC]), other.consumer("g", [TOPIC])]
        rounds = 0
        while [len(member.assignment()) for member in members] != [2, 2] and rounds < 12:
            for member in members:
                assert not member.poll(max_records=1, timeout=0)
                time.sleep(0.2)
            rounds += 1
        for member in members:
            member.close()
        assert rounds < 12


def test_members_that_come_and_go_lose_nothing_and_set_nobody_back(
    url: str, log: KafkaLog, journal: Journal
) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")  # noqa: T201 - shown when the test fails
    chance = random.Random(seed)
    publisher = Publisher(url)
    publisher.start()
    members = [start(commit_for_ever, url, journal.path) for _ in range(2)]
    for _ in range(5):
        time.sleep(chance.uniform(0.1, 1.5))
        leaving = members.pop(chance.randrange(len(members)))
        members.append(start(commit_for_ever, url, journal.path))
        if chance.random() < 0.5:
            kill(leaving)
        else:
            # Falls silent for longer than a session, and comes back among the others.
            os.kill(leaving.pid or 0, signal.SIGSTOP)
            time.sleep(SESSION.total_seconds() * chance.uniform(0.5, 1.5))
            os.kill(leaving.pid or 0, signal.SIGCONT)
            members.append(leaving)
    publisher.stop = True
    publisher.join()
    ends = {place.partition: end for place, end in log.end_offsets(TOPIC).items()}
    eventually(lambda: caught_up(log), seconds=RESUMED_SECONDS)
    for member in members:
        kill(member)
    assert journal.taken() == {partition: set(range(end)) for partition, end in ends.items()}
    assert_never_set_back(log, "g")
