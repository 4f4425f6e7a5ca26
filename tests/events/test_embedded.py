"""The embedded log keeps the contract, and what is particular to it: leases, one file, several processes."""

import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

from config.settings import CHINA
from events.embedded import MAX_POLL_BYTES, EmbeddedConsumer, EmbeddedLog
from events.embedded_group import share
from events.log import CommitRefused, LogError, LogUnavailable, Message, NotDelivered, TopicPartition
from tests.events.log_contract import (
    PARTITIONS,
    TOPIC,
    Connect,
    LogContract,
    commit,
    drain,
    drain_without_commit,
    join,
    numbered,
    values,
)
from tests.events.worker import consume, produce
from tests.processes import end, start

SESSION = timedelta(seconds=30)


class FakeClock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 18, 2, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "events.db"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def log(file: Path, clock: FakeClock) -> Iterator[EmbeddedLog]:
    log = EmbeddedLog(file, session=SESSION, clock=clock)
    log.ensure_topics([TOPIC], partitions=PARTITIONS)
    yield log
    log.close()


class TestContract(LogContract):
    @pytest.fixture
    def connect(self, file: Path) -> Connect:
        return lambda: EmbeddedLog(file)


def test_a_record_carries_the_producers_time_in_china(log: EmbeddedLog, clock: FakeClock) -> None:
    log.producer().publish(numbered(1))
    (record,) = drain(log.consumer("g", [TOPIC]), count=1)
    assert record.timestamp == clock.now
    assert record.timestamp.tzinfo is CHINA


def test_a_silent_member_keeps_its_partitions_for_a_session_and_hardly_longer(
    log: EmbeddedLog, clock: FakeClock
) -> None:
    log.producer().publish(numbered(20))
    silent = log.consumer("g", [TOPIC])
    batch = drain_without_commit(silent, count=20)
    other = log.consumer("g", [TOPIC])
    clock.now += SESSION * 0.99
    assert not other.poll(max_records=100, timeout=0)
    clock.now += SESSION * 0.1
    assert sorted(values(other.poll(max_records=100, timeout=0))) == list(range(20))
    with pytest.raises(CommitRefused):
        commit(silent, batch)


def test_a_clock_that_is_set_back_leaves_nothing_with_the_dead(log: EmbeddedLog, clock: FakeClock) -> None:
    log.producer().publish(numbered(20))
    dead, alive = log.consumer("g", [TOPIC]), log.consumer("g", [TOPIC])
    join(dead, alive)
    clock.now -= timedelta(days=1)
    assert sorted(values(drain(alive, count=20))) == list(range(20))
    with pytest.raises(CommitRefused):
        commit(dead, list(log.read(TopicPartition(TOPIC, 0), start=0, max_records=1)))


def test_polling_keeps_the_membership(log: EmbeddedLog, clock: FakeClock) -> None:
    busy, other = log.consumer("g", [TOPIC]), log.consumer("g", [TOPIC])
    join(busy, other)
    for _ in range(20):
        clock.now += SESSION / 4
        busy.poll(max_records=1, timeout=0)
        other.poll(max_records=1, timeout=0)
    assert len(busy.assignment()) == len(other.assignment()) == PARTITIONS // 2


def test_a_member_taken_for_dead_comes_back_and_reads_on_where_the_others_are(
    log: EmbeddedLog, clock: FakeClock
) -> None:
    log.producer().publish(numbered(20))
    sleeper = log.consumer("g", [TOPIC])
    drain_without_commit(sleeper, count=20)
    clock.now += SESSION
    other = log.consumer("g", [TOPIC])
    drain(other, count=20)
    other.close()
    log.producer().publish(numbered(5, start=20))
    assert sorted(values(sleeper.poll(max_records=100, timeout=0))) == [20, 21, 22, 23, 24]


def test_a_member_that_slept_alone_reads_its_uncommitted_records_again(
    log: EmbeddedLog, clock: FakeClock
) -> None:
    log.producer().publish(numbered(20))
    sleeper = log.consumer("g", [TOPIC])
    drain_without_commit(sleeper, count=20)
    clock.now += 2 * SESSION
    assert sorted(values(drain(sleeper, count=20))) == list(range(20))


def test_members_with_other_topics_do_not_reduce_each_others_share(log: EmbeddedLog) -> None:
    log.ensure_topics(["more"], partitions=3)
    one, two = log.consumer("g", [TOPIC]), log.consumer("g", ["more"])
    for consumer in (one, two, one, two):
        consumer.poll(max_records=1, timeout=0)
    assert len(one.assignment()) == PARTITIONS
    assert len(two.assignment()) == 3


@pytest.mark.parametrize(("members", "places"), [(1, 8), (3, 8), (8, 8), (9, 8), (5, 256)])
def test_shares_are_even_and_complete(members: int, places: int) -> None:
    names = [f"member-{number}" for number in range(members)]
    shares = [share(names, name, places) for name in names]
    assert sum(shares) == places
    assert max(shares) - min(shares) <= 1


def test_huge_records_cannot_fill_the_memory(log: EmbeddedLog) -> None:
    huge = b"x" * (MAX_POLL_BYTES // 2)
    log.producer().publish([Message(TOPIC, b"k", huge)] * 3)
    consumer = log.consumer("g", [TOPIC])
    assert [len(consumer.poll(max_records=10, timeout=0)) for _ in range(3)] == [2, 1, 0]


def test_no_partition_starves_behind_a_full_one(log: EmbeddedLog) -> None:
    log.producer().publish(numbered(1000, keys=1))
    log.producer().publish(numbered(40, start=1000, keys=40))
    consumer = log.consumer("g", [TOPIC])
    batches = [consumer.poll(max_records=10, timeout=0) for _ in range(PARTITIONS)]
    assert {record.partition for batch in batches for record in batch} == set(range(PARTITIONS))


def test_a_locked_file_is_an_outage(log: EmbeddedLog, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("events.embedded_file.BUSY_SECONDS", 0.05)
    producer, consumer = log.producer(), log.consumer("g", [TOPIC])
    blocker = sqlite3.connect(file, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(NotDelivered, match="locked"):
        producer.publish(numbered(1))
    with pytest.raises(LogUnavailable, match="locked"):
        consumer.poll(max_records=1, timeout=0)
    blocker.execute("ROLLBACK")
    blocker.close()
    producer.publish(numbered(1))
    assert values(consumer.poll(max_records=1, timeout=0)) == [0]


def test_a_full_disk_delivers_nothing(log: EmbeddedLog) -> None:
    producer = log.producer()
    with producer._file.write() as db:
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count = {pages + 4}")
    with pytest.raises(NotDelivered, match="full"):
        producer.publish([Message(TOPIC, b"k", b"x" * 100_000)] * 10)
    assert sum(log.end_offsets(TOPIC).values()) == 0


def test_a_file_of_another_kind_or_version_is_refused(file: Path, tmp_path: Path, log: EmbeddedLog) -> None:
    (tmp_path / "prose").write_text("no database at all, but long enough to be looked at\n" * 20)
    with pytest.raises(LogError, match="not a database"):
        EmbeddedLog(tmp_path / "prose")
    log.close()
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA user_version=7")
    db.close()
    with pytest.raises(LogError, match="format 7"):
        EmbeddedLog(file)


def test_an_unreachable_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LogUnavailable, match=r"file/events\.db"):
        EmbeddedLog(tmp_path / "file" / "events.db")


def test_what_is_published_is_forced_to_the_disk_and_commits_are_not(log: EmbeddedLog) -> None:
    for connection, level in ((log.producer()._file, 2), (log.consumer("g", [TOPIC])._file, 1)):
        with connection.read() as db:
            assert db.execute("PRAGMA synchronous").fetchone() == (level,)
            assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_an_unknown_partition_is_named(log: EmbeddedLog) -> None:
    with pytest.raises(LogError, match="no partition 99"):
        log.read(TopicPartition(TOPIC, 99), start=0, max_records=1)


def kill(process: ForkServerProcess) -> None:
    process.kill()
    process.join()


def test_a_killed_producer_leaves_whole_batches_and_all_acknowledged(
    log: EmbeddedLog, file: Path, tmp_path: Path
) -> None:
    acks = tmp_path / "acks"
    producer = start(produce, file, acks, 0, 1_000_000)
    while not acks.exists() or len(acks.read_text().split()) < 30:
        assert producer.is_alive()
        time.sleep(0.01)
    kill(producer)
    acknowledged = int(acks.read_text().split()[-1])
    durable = sum(log.end_offsets(TOPIC).values())
    numbers = values(drain_without_commit(log.consumer("g", [TOPIC]), count=durable))
    assert sorted(numbers) == list(range(len(numbers)))
    assert len(numbers) % 20 == 0
    assert len(numbers) >= acknowledged
    log.producer().publish(numbered(10, start=len(numbers)))
    assert sum(log.end_offsets(TOPIC).values()) == len(numbers) + 10


def test_three_members_and_two_producers_in_processes_of_their_own(
    log: EmbeddedLog, file: Path, tmp_path: Path
) -> None:
    journal = tmp_path / "journal"
    processes = [start(consume, file, journal, 4000) for _ in range(3)]
    processes += [start(produce, file, tmp_path / "acks", first, 2000) for first in (0, 2000)]
    assert [end(process) for process in processes] == [0] * 5
    numbers = [number for numbers in _journal(journal).values() for number in numbers]
    assert sorted(numbers) == list(range(4000))
    assert sum(log.end_offsets(TOPIC).values()) == 4000


@pytest.mark.usefixtures("log")
def test_a_killed_member_is_replaced_and_only_its_last_batch_is_repeated(file: Path, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    victim, survivor = (start(consume, file, journal, 6000) for _ in range(2))
    producer = start(produce, file, tmp_path / "acks", 0, 6000)
    while len(_journal(journal).get(victim.pid or 0, [])) < 200:
        assert victim.is_alive()
        time.sleep(0.01)
    kill(victim)
    assert [end(producer), end(survivor)] == [0, 0]
    done = _journal(journal)
    first, second = done[victim.pid or 0], done[survivor.pid or 0]
    assert sorted({*first, *second}) == list(range(6000))
    assert len(set(second)) == len(second)
    assert len(set(first) & set(second)) <= 20


def _journal(journal: Path) -> dict[int, list[int]]:
    """The numbers that each process handled, in order."""
    done: dict[int, list[int]] = defaultdict(list)
    if journal.exists():
        for line in journal.read_text().splitlines():
            pid, number = line.split()
            done[int(pid)].append(int(number))
    return done


def test_a_consumer_whose_first_poll_met_an_outage_starts_at_the_committed_offset(
    log: EmbeddedLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.producer().publish(numbered(20))
    consumer = log.consumer("g", [TOPIC])

    def fail(_self: EmbeddedConsumer) -> dict[int, int]:
        raise LogUnavailable("gone")

    with monkeypatch.context() as outage:
        outage.setattr(EmbeddedConsumer, "_stored", fail)
        with pytest.raises(LogUnavailable):
            consumer.poll(max_records=100, timeout=0)
    assert len(consumer.poll(max_records=100, timeout=0)) == 20
