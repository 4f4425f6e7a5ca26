"""One step of the loop: poison, outages, the budget, and what is kept when something unforeseen happens."""

import sqlite3
from base64 import b64decode
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, Text, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from consumers.failures import PERIOD, DeadLetterBudget, Patience, Poison, Retryable, TooManyDeadLetters
from consumers.letters import dead_letters, source_of
from consumers.loop import MAX_RECORD_BYTES, Conduct, Loop, Stage
from consumers.runner import Stop
from events.embedded import EmbeddedConsumer, EmbeddedLog, EmbeddedProducer
from events.kafka_client import POLL_MS
from events.log import CommitRefused, Message, NotDelivered, TopicPartition
from events.topics import CHECKED, COLLECTED, DEAD
from events.types import JobAd
from store.database import connect, snapshot, transaction
from store.dead_letters import Decision, note_action
from store.models import ConsumerOffset
from store.postgresql import STATEMENT_MS
from tests.consumers.pipeline import POISON, conduct, rewind
from tests.factory import WEDNESDAY, checked_ad, job_ad

House = tuple[Engine, EmbeddedLog]
Make = Callable[..., Loop[JobAd]]


class Effects(DeclarativeBase):
    pass


class Effect(Effects):
    """What the tests' stage writes: one row for each event."""

    __tablename__ = "effects"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    title: Mapped[str] = mapped_column(Text)


def write(session: Session, events: Sequence[JobAd]) -> None:
    for event in events:
        session.merge(Effect(id=event.source_ad_id, title=event.title))
    session.flush()


def copy(event: JobAd) -> Sequence[Message]:
    return [Message(CHECKED, event.key, event.source_ad_id.encode())]


STAGE = Stage(name="test", topic=COLLECTED, event=JobAd, outputs=copy, effects=write)


@pytest.fixture
def stop() -> Stop:
    return Stop()


@pytest.fixture
def loop_of(house: House, stop: Stop) -> Make:
    """Makes a loop over the house; what it is given overrides the stage's functions and the conduct."""
    engine, log = house
    Effects.metadata.create_all(engine)

    def make(stage: Stage[JobAd] = STAGE, **given: Any) -> Loop[JobAd]:
        return Loop(stage, log=log, engine=engine, conduct=conduct(stop, **given))

    return make


def publish(house: House, *payloads: bytes) -> None:
    """Each payload under the same key: one partition, in order."""
    producer = house[1].producer()
    producer.publish([Message(COLLECTED, b"key", payload) for payload in payloads])
    producer.close()


def good(*numbers: int) -> list[bytes]:
    return [job_ad(number).encode() for number in numbers]


def effects(house: House) -> set[str]:
    with snapshot(house[0]) as session:
        return set(session.scalars(select(Effect.id)))


def outputs(house: House) -> list[str]:
    log = house[1]
    places = log.end_offsets(CHECKED)
    return [r.value.decode() for place in places for r in log.read(place, start=0, max_records=1000)]


def ids(*numbers: int) -> set[str]:
    return {f"A{number}" for number in numbers}


def run_dry(loop: Loop[JobAd]) -> None:
    while loop.step():
        pass
    assert loop.lag() == 0


def test_a_step_takes_a_batch_through_to_its_offsets(house: House, loop_of: Make) -> None:
    publish(house, *good(1, 2, 3))
    loop = loop_of()
    assert loop.lag() == 3
    assert loop.step() == 3
    assert loop.step() == 0
    assert effects(house) == set(outputs(house)) == ids(1, 2, 3)
    assert loop.lag() == 0
    with snapshot(house[0]) as session:
        (row,) = session.scalars(select(ConsumerOffset))
    assert (row.group, row.topic, row.next_offset) == ("test", COLLECTED, 3)


def test_poison_of_every_kind_becomes_letters_and_blocks_nothing(house: House, loop_of: Make) -> None:
    for number, bad in enumerate(POISON):
        publish(house, *good(*range(49 * number, 49 * (number + 1))), bad)
    loop = loop_of(batch=100)
    run_dry(loop)
    assert effects(house) == ids(*range(49 * len(POISON)))
    letters = list(dead_letters(house[1]))
    assert sorted(b64decode(letter.value) for letter in letters) == sorted(POISON)
    assert all(b64decode(letter.record_key) == b"key" for letter in letters)
    assert {(letter.group, letter.topic) for letter in letters} == {("test", COLLECTED)}
    assert {letter.died_at for letter in letters} == {WEDNESDAY}
    assert all(": " in letter.reason for letter in letters)
    assert loop.counts == {"done": 49 * len(POISON), "dead": len(POISON)}


def test_a_record_too_large_to_be_an_ad_is_poison_unread(house: House, loop_of: Make) -> None:
    publish(house, job_ad(1, text="证" * (MAX_RECORD_BYTES // 3 + 1)).encode())
    run_dry(loop_of())
    (letter,) = dead_letters(house[1])
    assert letter.reason.startswith("Poison: ")
    assert str(MAX_RECORD_BYTES) in letter.reason


def test_one_bad_row_does_not_sink_its_batch(house: House, loop_of: Make) -> None:
    def refuse_two(session: Session, events: Sequence[JobAd]) -> None:
        write(session, events)
        if any(event.source_ad_id == "A2" for event in events):
            raise Poison("two is no number")

    publish(house, *good(1, 2, 3))
    run_dry(loop_of(replace(STAGE, effects=refuse_two)))
    assert effects(house) == set(outputs(house)) == ids(1, 3)
    (letter,) = dead_letters(house[1])
    assert letter.reason == "Poison: two is no number"
    assert b64decode(letter.value) == job_ad(2).encode()


def test_a_row_that_the_database_refuses_is_poison(house: House, loop_of: Make) -> None:
    def insert(session: Session, events: Sequence[JobAd]) -> None:
        session.add_all(Effect(id=event.source_ad_id, title=event.title or None) for event in events)

    publish(house, *good(1), job_ad(2, title="").encode(), *good(3))
    run_dry(loop_of(replace(STAGE, effects=insert)))
    assert effects(house) == ids(1, 3)
    (letter,) = dead_letters(house[1])
    assert letter.reason.startswith("IntegrityError: NOT NULL constraint failed")


def test_poison_met_while_reading_is_a_letter_too(house: House, loop_of: Make) -> None:
    def refuse(_event: JobAd) -> Sequence[Message]:
        raise Poison("not today")

    publish(house, *good(1))
    run_dry(loop_of(replace(STAGE, outputs=refuse)))
    assert not effects(house)
    assert [letter.reason for letter in dead_letters(house[1])] == ["Poison: not today"]


def test_an_outage_is_waited_out_and_the_batch_is_kept(house: House, loop_of: Make) -> None:
    failures = [
        Retryable("no answer"),
        NotDelivered("no log"),
        OperationalError("", {}, ValueError("locked")),
    ]

    def fail_first(session: Session, events: Sequence[JobAd]) -> None:
        write(session, events)
        if failures:
            raise failures.pop()

    publish(house, *good(1, 2))
    loop = loop_of(replace(STAGE, effects=fail_first))
    assert loop.step() == 2
    assert effects(house) == set(outputs(house)) == ids(1, 2)
    assert loop.lag() == 0


def test_a_locked_database_is_waited_out(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loop_of: Make
) -> None:
    loop_of().close()
    monkeypatch.setattr("store.database.BUSY_SECONDS", 0.02)
    impatient = connect(str(house[0].url))
    blocker = sqlite3.connect(tmp_path / "qingdan.db", isolation_level=None)
    waits: list[float] = []

    def pause(seconds: float) -> bool:
        waits.append(seconds)
        if len(waits) == 3:
            blocker.execute("ROLLBACK")
        return False

    publish(house, *good(1))
    patience = Patience(pause=pause, first=1, longest=3, chance=lambda: 1.0)
    how = Conduct(clock=lambda: WEDNESDAY, patience=patience)
    loop = Loop(STAGE, log=house[1], engine=impatient, conduct=how)
    blocker.execute("BEGIN IMMEDIATE")
    assert loop.step() == 1
    assert waits == [1, 2, 3]
    assert effects(house) == ids(1)
    loop.close()
    impatient.dispose()
    blocker.close()


@pytest.mark.parametrize("stopping", [False, True])
def test_an_outage_that_lasts_ends_the_step_and_keeps_the_batch(
    house: House, stop: Stop, loop_of: Make, *, stopping: bool
) -> None:
    tries = []

    def unreachable(_session: Session, _events: Sequence[JobAd]) -> None:
        tries.append(1)
        raise Retryable("no answer")

    stop.requested = stopping
    publish(house, *good(1))
    loop = loop_of(replace(STAGE, effects=unreachable), patience=Patience(pause=stop.pause, first=0, tries=4))
    with pytest.raises(Retryable, match="no answer"):
        loop.step()
    assert len(tries) == (1 if stopping else 4)
    assert loop.lag() == 1
    assert not outputs(house)


def test_something_unforeseen_goes_through_and_offsets_stay(house: House, loop_of: Make) -> None:
    broken = [True]

    def sometimes(session: Session, events: Sequence[JobAd]) -> None:
        write(session, events)
        if broken:
            raise ZeroDivisionError

    publish(house, *good(1, 2))
    loop = loop_of(replace(STAGE, effects=sometimes))
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            loop.step()
    assert not effects(house)
    assert loop.lag() == 2
    broken.clear()
    run_dry(loop)  # one by one, since nobody knows which of them it was
    assert effects(house) == ids(1, 2)


def test_the_budget_stops_a_stage_that_understands_nothing(house: House, loop_of: Make) -> None:
    publish(house, *good(*range(30)))
    broken = replace(STAGE, event=_Impossible)
    loop = loop_of(broken, batch=10, budget=DeadLetterBudget(consecutive=15))
    loop.step()
    with pytest.raises(TooManyDeadLetters, match="more than 15"):
        loop.step()
    assert loop.lag() == 20
    assert len(list(dead_letters(house[1]))) == 10
    loop.close()
    run_dry(loop_of())
    assert effects(house) == ids(*range(10, 30))


class _Impossible(JobAd):
    """An event type that no record is of, as after a bad release."""

    weather: str


def test_letters_that_cannot_be_written_stop_the_stage(
    house: House, monkeypatch: pytest.MonkeyPatch, loop_of: Make
) -> None:
    publish(house, *good(1), b"bad")
    loop = loop_of()
    whole = EmbeddedProducer.publish

    def refuse_letters(self: EmbeddedProducer, messages: Sequence[Message]) -> None:
        if any(message.topic == DEAD for message in messages):
            raise NotDelivered("no room for the dead")
        whole(self, messages)

    with monkeypatch.context() as outage:
        outage.setattr(EmbeddedProducer, "publish", refuse_letters)
        with pytest.raises(NotDelivered, match="no room"):
            loop.step()
    assert loop.lag() == 2
    run_dry(loop)
    assert len(list(dead_letters(house[1]))) == 1


def test_partitions_that_were_lost_meanwhile_are_left_to_their_new_owner(
    house: House, monkeypatch: pytest.MonkeyPatch, loop_of: Make
) -> None:
    publish(house, *good(1))
    house[1].producer().publish([Message(COLLECTED, b"other", *good(2))])
    lost = next(place for place, end in house[1].end_offsets(COLLECTED).items() if end)
    loop = loop_of()
    commit = EmbeddedConsumer.commit

    def refuse(self: EmbeddedConsumer, offsets: dict[TopicPartition, int]) -> None:
        if lost in offsets:
            raise CommitRefused("another owner")
        commit(self, offsets)

    with monkeypatch.context() as rebalance:
        rebalance.setattr(EmbeddedConsumer, "commit", refuse)
        assert loop.step() == 2
    assert effects(house) == ids(1, 2)
    assert loop.lag() == 1


def test_patience_doubles_its_waits_with_jitter_up_to_the_longest() -> None:
    waits: list[float] = []

    def pause(seconds: float) -> bool:
        waits.append(seconds)
        return False

    patience = Patience(first=1, longest=5, tries=6, pause=pause, chance=lambda: 0.0)

    def fail() -> None:
        raise Retryable

    with pytest.raises(Retryable):
        patience(fail)
    assert waits == [0.5, 1, 2, 2.5, 2.5]


def test_patience_ends_before_the_log_takes_the_partitions_away() -> None:
    now = 0.0

    def wait(seconds: float) -> bool:
        nonlocal now
        now += seconds
        return False

    def time_out() -> None:
        wait(STATEMENT_MS / 1000)
        raise Retryable

    with pytest.raises(Retryable):
        Patience(pause=wait, clock=lambda: now)(time_out)
    assert 120 < now < POLL_MS / 1000


def test_the_ratio_counts_once_enough_records_were_seen() -> None:
    budget = DeadLetterBudget(ratio=0.2, window=10)
    budget = budget.after([True, True, True])
    budget = budget.after([False] * 6)
    with pytest.raises(TooManyDeadLetters, match="3 dead letters among the last 10"):
        budget.after([False])
    assert replace(budget, ratio=0.3).after([False]).after([False] * 9).recent == (False,) * 10


def test_letters_written_twice_count_once(house: House, loop_of: Make) -> None:
    publish(house, b"bad")
    for _ in range(2):
        loop = loop_of()
        run_dry(loop)
        loop.close()
        rewind(house[1], "test", COLLECTED)
    assert sum(house[1].end_offsets(DEAD).values()) == 2
    assert len(list(dead_letters(house[1]))) == 1


def junk(source: str, number: int) -> bytes:
    """What is left of an ad whose board was redesigned."""
    return job_ad(number, source=source).encode().replace(b'"event_id"', b'"renamed"')


def test_the_budget_of_a_source_outlives_the_process(house: House, loop_of: Make) -> None:
    """A redesigned board among good ones: never many in a row, and a new process each time."""
    for number in range(6):
        publish(house, *good(2 * number, 2 * number + 1), junk("redesigned", number))
    budget = DeadLetterBudget(of_source=4)
    for _ in range(4):
        loop = loop_of(batch=3, budget=budget)
        loop.step()
        loop.close()
    for _ in range(2):
        loop = loop_of(batch=3, budget=budget)
        with pytest.raises(TooManyDeadLetters, match="5 open dead letters of source redesigned within a day"):
            loop.step()
        assert loop.lag() == 6
        loop.close()
    assert len(list(dead_letters(house[1]))) == 4
    assert set(outputs(house)) == ids(*range(8))


def test_settled_letters_make_room_in_the_budget_and_old_ones_do_not_count(
    house: House, loop_of: Make
) -> None:
    budget = DeadLetterBudget(of_source=2)
    for number in range(2):
        publish(house, junk("redesigned", number), junk("other", number))
    first = loop_of(budget=budget)
    run_dry(first)
    first.close()
    publish(house, junk("redesigned", 2))
    later = loop_of(budget=budget, clock=lambda: WEDNESDAY + PERIOD + timedelta(seconds=1))
    run_dry(later)
    later.close()
    with transaction(house[0]) as session:
        for letter in dead_letters(house[1]):
            note_action(session, letter.event_id, "dropped", Decision("mei", "test page", WEDNESDAY))
    publish(house, junk("redesigned", 3), junk("redesigned", 4))
    run_dry(loop_of(budget=budget))


@pytest.mark.parametrize(
    ("value", "source"),
    [
        (job_ad(1).encode(), "board"),
        (checked_ad(job_ad(1)).encode(), "board"),
        (junk("智联", 1), "智联"),
        (b'{"source": 7}', ""),
        (b'{"ad": []}', ""),
        (b'{"source": "a\\u0000b"}', "ab"),
        (b"[" * 100_000, ""),
        (b"\xff", ""),
        (b"", ""),
    ],
)
def test_the_source_of_a_damaged_record(value: bytes, source: str) -> None:
    assert source_of(value) == source
