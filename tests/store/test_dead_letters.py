"""Dead letters as pages list them, and what is decided about one."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from events.types import DeadLetter
from store.database import snapshot, transaction
from store.dead_letters import (
    AskedLetters,
    Decision,
    LetterLine,
    count_open,
    drop,
    letter_line,
    letters,
    note_letters,
    replay,
)
from store.outbox import Waiting, waiting_values
from tests.factory import WEDNESDAY

DECISION = Decision("周管理", "已改正", WEDNESDAY)


def died(number: int, group: str = "check") -> DeadLetter:
    return DeadLetter(
        event_id=DeadLetter.id_for("ads.collected", 0, number, group), topic="ads.collected", partition=0,
        offset=number, group=group, record_key="a2V5", value="AP8=", reason=f"bad {number}",
        died_at=WEDNESDAY + timedelta(minutes=number // 2),
    )  # fmt: skip


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """Six letters of two stages and sources, two of each minute."""
    with transaction(engine) as session:
        note_letters(
            session, [(died(n, "record" if n == 5 else "check"), f"board-{n % 2}") for n in range(6)]
        )
    return engine


def listed(engine: Engine, *, limit: int = 10, **asked: str | bool) -> list[LetterLine]:
    with snapshot(engine) as session:
        found = letters(session, AskedLetters(**asked), limit=limit)  # type: ignore[arg-type]
        session.expunge_all()
        return found


def test_pages_go_on_behind_the_last_letter_and_miss_none(engine: Engine) -> None:
    whole = [line.entry.id for line in listed(engine)]
    assert [line.entry.died_at for line in listed(engine)][::2] == [
        WEDNESDAY + timedelta(minutes=minute) for minute in (2, 1, 0)
    ]
    paged: list[str] = []
    while page := listed(engine, limit=1, after=paged[-1] if paged else ""):
        paged.extend(line.entry.id for line in page)
    assert paged == whole
    assert len(whole) == 6


def test_letters_are_found_by_stage_and_source(engine: Engine) -> None:
    assert [line.entry.reason for line in listed(engine, stage="record")] == ["bad 5"]
    assert {line.entry.reason for line in listed(engine, source="board-0")} == {"bad 0", "bad 2", "bad 4"}
    assert listed(engine, stage="record", source="board-0") == []


def test_what_is_replayed_goes_through_the_outbox_and_is_no_longer_open(engine: Engine) -> None:
    with transaction(engine) as session:
        replay(session, died(1), DECISION)
        drop(session, died(2).event_id, DECISION)
    assert {line.action.action for line in listed(engine, settled=True) if line.action} == {
        "replayed",
        "dropped",
    }
    assert [line.action for line in listed(engine)] == [None] * 4
    with snapshot(engine) as session:
        assert list(waiting_values(session, "ads.collected")) == [b"\0\xff"]
        assert count_open(session) == 4
    assert Waiting(*died(1).original) == Waiting("ads.collected", b"key", b"\0\xff")


def test_one_letter_is_found_with_what_was_done_about_it(engine: Engine) -> None:
    with transaction(engine) as session:
        drop(session, died(1).event_id, DECISION)
        line = letter_line(session, died(1).event_id, lock=True)
        assert line is not None
        assert line.action is not None
        assert (line.action.actor, line.action.why) == ("周管理", "已改正")
        assert letter_line(session, "none") is None
