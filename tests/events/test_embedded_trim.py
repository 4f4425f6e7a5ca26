"""Trimming the embedded log: what is old and read goes, and nothing else."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.embedded import EmbeddedLog
from events.log import Message, RecordsGone, TopicPartition
from tests.events.log_contract import drain, values

TOPIC = "numbers"
PLACE = TopicPartition(TOPIC, 0)
START = datetime(2026, 8, 1, tzinfo=UTC)
DAY = timedelta(days=1)


class Log(EmbeddedLog):
    """One partition, and a record for each day since `START`."""

    def __init__(self, path: Path, *, days: int) -> None:
        self.now = START
        super().__init__(path, clock=lambda: self.now)
        self.ensure_topics([TOPIC], partitions=1)
        with closing(self.producer()) as producer:
            for number in range(days):
                producer.publish([Message(TOPIC, b"key", str(number).encode())])
                self.now += DAY

    def read_up_to(self, group: str, offset: int) -> None:
        with closing(self.consumer(group, [TOPIC])) as consumer:
            consumer.poll(max_records=0, timeout=0)
            consumer.commit({PLACE: offset})

    def held(self) -> list[int]:
        return values(self.read(PLACE, start=0, max_records=1000))


Make = Callable[..., Log]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Make]:
    """Makes a log of so many days, of which two groups have read so much."""
    logs: list[Log] = []

    def make(days: int, *, check: int, report: int) -> Log:
        log = Log(tmp_path / f"{len(logs)}.db", days=days)
        log.read_up_to("check", check)
        log.read_up_to("report", report)
        logs.append(log)
        return log

    yield make
    for log in logs:
        log.close()


def test_what_is_old_and_read_by_all_goes(made: Make) -> None:
    log = made(20, check=20, report=20)
    assert log.trim(TOPIC, keep=5 * DAY, needed={}) == 15
    assert log.held() == [15, 16, 17, 18, 19]
    assert log.start_offsets(TOPIC) == {PLACE: 15}
    assert log.end_offsets(TOPIC) == {PLACE: 20}
    assert log.trim(TOPIC, keep=5 * DAY, needed={}) == 0


def test_what_somebody_has_yet_to_read_stays(made: Make) -> None:
    log = made(20, check=20, report=8)
    assert log.trim(TOPIC, keep=5 * DAY, needed={}) == 8
    assert log.held()[0] == 8
    assert log.trim(TOPIC, keep=5 * DAY, needed={PLACE: 3}) == 0


def test_what_the_database_has_yet_to_record_stays(made: Make) -> None:
    log = made(20, check=20, report=20)
    assert log.trim(TOPIC, keep=5 * DAY, needed={PLACE: 3}) == 3
    assert log.held()[0] == 3


def test_what_nobody_has_ever_read_stays(tmp_path: Path) -> None:
    with closing(Log(tmp_path / "events.db", days=20)) as log:
        assert log.trim(TOPIC, keep=5 * DAY, needed={}) == 0
        assert len(log.held()) == 20


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    days=st.integers(0, 12),
    read=st.tuples(st.integers(0, 12), st.integers(0, 12)),
    keep=st.integers(0, 14),
    needed=st.none() | st.integers(0, 12),
)
def test_trimming_leaves_exactly_what_is_young_or_needed(
    made: Make, days: int, read: tuple[int, int], keep: int, needed: int | None
) -> None:
    check, report = (min(each, days) for each in read)
    log = made(days, check=check, report=report)
    log.trim(TOPIC, keep=keep * DAY, needed={} if needed is None else {PLACE: needed})
    limit = min(check, report, days if needed is None else needed, max(days - keep, 0))
    assert log.held() == list(range(limit, days))


def test_a_group_reads_on_behind_what_was_trimmed_and_a_new_one_begins_there(made: Make) -> None:
    log = made(20, check=18, report=20)
    log.trim(TOPIC, keep=5 * DAY, needed={})
    with closing(log.consumer("check", [TOPIC])) as consumer:
        assert consumer.lag() == 2
        assert values(drain(consumer, count=2)) == [18, 19]
    with closing(log.consumer("new", [TOPIC])) as consumer:
        assert consumer.lag() == 5
        assert values(drain(consumer, count=5)) == [15, 16, 17, 18, 19]


def test_who_goes_back_behind_the_beginning_is_told_so_each_time(made: Make) -> None:
    log = made(20, check=20, report=20)
    log.trim(TOPIC, keep=5 * DAY, needed={})
    with closing(log.consumer("check", [TOPIC])) as consumer:
        consumer.poll(max_records=0, timeout=0)
        consumer.seek(PLACE, 3)
        for _ in range(2):
            with pytest.raises(RecordsGone, match=r"numbers\[0\] begins at 15, and check has read up to 3"):
                consumer.poll(max_records=1, timeout=0)


def test_a_log_from_before_there_was_trimming_is_brought_up_to_date(tmp_path: Path) -> None:
    file = tmp_path / "events.db"
    Log(file, days=3).close()
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("ALTER TABLE places DROP COLUMN start")
        db.execute("PRAGMA user_version=1")
    with closing(EmbeddedLog(file)) as log:
        assert log.start_offsets(TOPIC) == {PLACE: 0}
        assert values(log.read(PLACE, start=0, max_records=10)) == [0, 1, 2]
