"""Signing by the link of a letter: once, for the assignment that the letter told of, and for no later one."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from store.database import transaction
from store.models import CaseEvent
from store.planning import plan
from store.sign_links import Assignment, assignment, sign_by_link
from tests.factory import WEDNESDAY
from tests.store.test_duties import HANGZHOU, NINGBO, NUMBER, Act, dispatched, work

__all__ = ["dispatched", "work"]
LATER = WEDNESDAY + timedelta(hours=1)


@pytest.fixture
def letter(engine: Engine, dispatched: Act) -> str:  # noqa: ARG001 - it was dispatched
    """The delivery that assigns the case to Hangzhou."""
    return planned(engine)


def planned(engine: Engine) -> str:
    with transaction(engine) as session:
        (delivery,) = plan(session, WEDNESDAY)
        return delivery.id


def seen(engine: Engine, letter: str) -> Assignment:
    with transaction(engine) as session:
        found = assignment(session, letter, NUMBER)
        assert found is not None
        return found


def sign(engine: Engine, letter: str, at: datetime = LATER) -> None:
    with transaction(engine) as session:
        found = assignment(session, letter, NUMBER, lock=True)
        assert found is not None
        sign_by_link(session, found, at)


def test_what_is_signed_stands_in_the_history_with_the_bureau_and_the_way(
    engine: Engine, letter: str
) -> None:
    before = seen(engine, letter)
    assert (before.state, before.bureau, str(before.due)) == ("open", HANGZHOU, "2026-11-20")
    sign(engine, letter)
    after = seen(engine, letter)
    assert (after.state, after.signed_at, after.due) == ("signed", LATER, None)
    with transaction(engine) as session:
        (event,) = session.scalars(select(CaseEvent).where(CaseEvent.action == "sign"))
        assert event.actor == "杭州市人力资源和社会保障局（经签收链接）"
        assert event.reason == f"经签收链接签收，文号 {before.letter}"
        assert event.to_status == "signed"


def test_it_stays_signed_whatever_is_done_next(engine: Engine, letter: str, dispatched: Act) -> None:
    dispatched("sign", "张承办", at=LATER)
    dispatched("no_action", "张承办", at=LATER + timedelta(days=1), outcome="unfounded")
    assert (seen(engine, letter).state, seen(engine, letter).signed_at) == ("signed", LATER)


def test_a_case_that_was_handed_over_is_signed_for_by_the_next_letter_only(
    engine: Engine, letter: str, dispatched: Act
) -> None:
    dispatched("hand_over", "张承办", bureau=NINGBO)
    second = planned(engine)
    assert (seen(engine, letter).state, seen(engine, second).state) == ("moved", "open")
    dispatched("hand_over", "李承办", bureau=HANGZHOU)
    third = planned(engine)
    states = [seen(engine, each).state for each in (letter, second, third)]
    assert states == ["moved", "moved", "open"], (
        "the first letter told of another assignment to the same bureau"
    )
    sign(engine, third)
    states = [seen(engine, each).state for each in (letter, second, third)]
    assert states == ["moved", "moved", "signed"]


def test_what_a_letter_never_told_of_is_not_there(engine: Engine, letter: str) -> None:
    with transaction(engine) as session:
        assert assignment(session, letter, "QD-330100-2026-000002") is None
        assert assignment(session, "0" * 32, NUMBER) is None
