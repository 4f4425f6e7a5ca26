"""The books of every stage balance, and a loss anywhere is seen and named."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete

from consumers.failures import Poison
from consumers.reconcile import Account, Window, begins, reconcile
from events.embedded import EmbeddedLog
from events.log import Message
from events.topics import CHECKED, COLLECTED
from events.types import CheckedAd, JobAd, Reading
from store.database import transaction
from store.intake import Outcome, finish_run, start_run
from store.models import StoredReading
from store.outbox import Waiting, put
from tests.consumers.pipeline import pipeline, read, work
from tests.factory import WEDNESDAY, job_ad

DAY = timedelta(days=1)


class House:
    """A log whose clock the test moves, a store, and what the stages make of both."""

    def __init__(self, engine: Engine, log: EmbeddedLog) -> None:
        self.engine = engine
        self.log = log
        self.now = WEDNESDAY
        log._clock = lambda: self.now

    def publish(self, *messages: Message) -> None:
        with closing(self.log.producer()) as producer:
            producer.publish(messages)

    def collect(self, *numbers: int, run_id: str = "run") -> None:
        for number in numbers:
            ad = job_ad(number, run_id=run_id)
            self.publish(Message(COLLECTED, ad.key, ad.encode()))

    def accounts(self, window: Window | None = None) -> dict[str, Account]:
        found = reconcile(self.log, self.engine, window or Window(WEDNESDAY - DAY))
        return {account.stage: account for account in found}


@pytest.fixture
def full_house(tmp_path: Path) -> Iterator[House]:
    with pipeline(tmp_path) as (engine, log):
        yield House(engine, log)


def test_all_books_balance_while_some_is_in_flight(full_house: House) -> None:
    house = full_house
    house.collect(1, 2, 3, 4)
    house.publish(Message(COLLECTED, b"bad", b"junk"), Message(COLLECTED, b"bad", b"junk"))
    work(house.engine, house.log)
    house.collect(4, 5)
    work(house.engine, house.log, stages=["check"])
    house.collect(6)
    books = house.accounts()
    assert books["check"] == Account(stage="check", taken=9, done=5, filtered=1, dead=2, in_flight=1)
    assert books["record"] == Account(stage="record", taken=6, done=4, filtered=1, in_flight=1)
    work(house.engine, house.log)
    books = house.accounts()
    assert books["check"] == Account(stage="check", taken=9, done=6, filtered=1, dead=2)
    assert books["record"] == Account(stage="record", taken=7, done=6, filtered=1)


def test_what_the_record_stage_buries_is_dead_there_and_done_at_check(full_house: House) -> None:
    house = full_house
    house.collect(1)
    house.publish(Message(CHECKED, b"bad", b"junk"))
    work(house.engine, house.log)
    books = house.accounts()
    assert books["check"] == Account(stage="check", taken=1, done=1)
    assert books["record"] == Account(stage="record", taken=2, done=1, dead=1)


def test_replayed_letters_balance(full_house: House) -> None:
    house = full_house

    def refuse(_ad: JobAd) -> Reading:
        raise Poison("no reader")

    house.collect(1, 2)
    work(house.engine, house.log, reader=refuse)
    house.collect(1, 2)
    work(house.engine, house.log, reader=read)
    assert house.accounts()["check"] == Account(stage="check", taken=4, done=2, dead=2)


def test_an_event_that_check_lost_is_named(full_house: House) -> None:
    house = full_house
    house.collect(1, 2, 3)
    with closing(house.log.consumer("check", [COLLECTED])) as thief:
        records = thief.poll(max_records=1, timeout=1)
        thief.commit({record.place: record.offset + 1 for record in records})
    work(house.engine, house.log)
    (lost,) = records
    check = house.accounts()["check"]
    event_id = JobAd.decode(lost.value).event_id
    assert (check.taken, check.done) == (3, 2)
    assert check.missing == (f"{COLLECTED}[{lost.partition}]@{lost.offset} {event_id}",)


def test_an_ad_that_left_the_database_is_named(full_house: House) -> None:
    house = full_house
    house.collect(1, 2)
    work(house.engine, house.log)
    lost = CheckedAd.of(job_ad(2), read(job_ad(2)))
    with transaction(house.engine) as session:
        session.execute(delete(StoredReading).where(StoredReading.id == lost.event_id))
    record = house.accounts()["record"]
    assert (record.taken, record.done, len(record.missing)) == (2, 1, 1)
    assert record.missing[0].endswith(lost.event_id)


def test_a_window_takes_in_its_own_events_only(full_house: House) -> None:
    house = full_house
    for number in range(6):
        house.collect(number)
        house.now += DAY
    work(house.engine, house.log)
    middle = Window(WEDNESDAY + 2 * DAY, WEDNESDAY + 4 * DAY)
    books = house.accounts(middle)
    assert books["check"] == Account(stage="check", taken=2, done=2)
    assert books["record"] == Account(stage="record", taken=0, done=0)  # it was read later, on the sixth day


def test_the_door_is_held_to_what_its_runs_have_counted(full_house: House) -> None:
    house = full_house
    with transaction(house.engine) as session:
        runs = [start_run(session, kind="file", source=f"s{n}", now=WEDNESDAY) for n in range(3)]
        for run_id in runs:
            counts = {"accepted": 2, "duplicate": 3, "rejected": 1}
            finish_run(session, run_id, Outcome("complete", counts), now=WEDNESDAY)
        waiting = [job_ad(n, run_id=runs[1]) for n in (3, 4)]
        put(session, [Waiting(COLLECTED, ad.key, ad.encode()) for ad in waiting], now=WEDNESDAY)
    house.collect(1, 2, run_id=runs[0])
    house.collect(3, run_id=runs[1])  # published, and not yet taken out of the outbox
    house.collect(5, 5, run_id=runs[2])
    door = house.accounts()["door"]
    assert door == Account(
        stage="door", taken=18, done=4, filtered=12, in_flight=1, missing=(f"run {runs[2]} of s2",)
    )
    assert house.accounts(Window(WEDNESDAY + DAY))["door"] == Account(stage="door", taken=0, done=0)


def test_the_beginning_of_a_trimmed_log_is_known(full_house: House) -> None:
    house = full_house
    house.collect(1)
    work(house.engine, house.log)
    assert begins(house.log) is None
    house.now += 10 * DAY
    house.collect(1)
    work(house.engine, house.log)
    house.log.trim(COLLECTED, keep=DAY, needed={})
    assert begins(house.log) == WEDNESDAY + 10 * DAY
