"""The budget for dead letters: in a row, among the last records, and of one source within a day."""

from dataclasses import replace
from datetime import timedelta

import pytest

from consumers.failures import PERIOD, DeadLetterBudget, TooManyDeadLetters
from consumers.letters import dead_letters, source_of
from events.types import JobAd
from store.database import transaction
from store.dead_letters import Decision, note_action
from tests.consumers.effects import STAGE, House, Make, effects, good, ids, outputs, publish, run_dry
from tests.factory import WEDNESDAY, checked_ad, job_ad


class _Impossible(JobAd):
    """An event type that no record is of, as after a bad release."""

    weather: str


def junk(source: str, number: int) -> bytes:
    """What is left of an ad whose board was redesigned."""
    return job_ad(number, source=source).encode().replace(b'"event_id"', b'"renamed"')


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


def test_the_ratio_counts_once_enough_records_were_seen() -> None:
    budget = DeadLetterBudget(ratio=0.2, window=10)
    budget = budget.after([True, True, True])
    budget = budget.after([False] * 6)
    with pytest.raises(TooManyDeadLetters, match="3 dead letters among the last 10"):
        budget.after([False])
    assert replace(budget, ratio=0.3).after([False]).after([False] * 9).recent == (False,) * 10


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
