"""Objections against cases: what they name, when they are due, what may be answered, what they hold back."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DatabaseError

from config.casework import Given
from store.access_models import Read
from store.audit import breaks, head
from store.casework import act
from store.database import snapshot, transaction
from store.dead_letters import Decision
from store.models import CaseEvent
from store.objections import (
    Brought,
    ObjectionLine,
    ObstacleError,
    Outcome,
    answer,
    assign,
    bring,
    by_receipt,
    change_contacts,
    contact_of,
    forget_contacts,
    is_late,
    note_contact_read,
    objection_line,
    objections,
    objections_to,
)
from store.release import clues
from tests.factory import WEDNESDAY
from tests.recorded import add, violation

NUMBER = "QD-310000-2026-000001"
RECEIPT = "YY-AAAA-BBBB-CCCC-DDDD"
DECISION = Decision("李复核", "招聘信息并非本单位发布", WEDNESDAY + timedelta(days=1))


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """One suspected case of Shanghai."""
    add(engine, violation(1))
    return engine


def brought(engine: Engine, **given: Any) -> int:
    fields: dict[str, Any] = {
        "receipt": RECEIPT,
        "at": WEDNESDAY,
        "about": NUMBER,
        "organisation": "上海测试有限公司",
        "reasons": "不是我们发布的",
        "contact": "sealed",
        "delete_contact_at": WEDNESDAY + timedelta(days=90),
    }
    with transaction(engine) as session:
        return bring(session, Brought(**fields | given)).number


def line_of(engine: Engine, number: int, area: str = "000000") -> ObjectionLine | None:
    with snapshot(engine) as session:
        return objection_line(session, number, area)


def answered(engine: Engine, number: int, outcome: Outcome, decision: Decision = DECISION) -> None:
    with transaction(engine) as session:
        line = objection_line(session, number, "000000", lock=True)
        assert line is not None
        answer(session, line, outcome, decision)


def done(engine: Engine, *actions: str) -> None:
    for action in actions:
        with transaction(engine) as session:
            given = Given(
                by=f"{action}的人", why="属实", asked={"inspectors": "甲、乙"} if action == "verify" else {}
            )
            act(session, NUMBER, action, given, WEDNESDAY)


def told(engine: Engine) -> list[tuple[str, str]]:
    with snapshot(engine) as session:
        query = select(CaseEvent.actor, CaseEvent.action).where(CaseEvent.action.startswith("objec"))
        return [(actor, action) for actor, action in session.execute(query.order_by(CaseEvent.at))]


def published(engine: Engine) -> int:
    with snapshot(engine) as session:
        return len(list(clues(session)))


def test_an_objection_names_its_case_and_is_due_in_working_days(engine: Engine) -> None:
    number = brought(engine, about=f"案号 {NUMBER.lower()}")
    line = line_of(engine, number)
    assert line is not None
    assert line.case is not None
    assert line.case.number == NUMBER
    # Fifteen working days; no holiday lies between.
    assert line.objection.due == date(2026, 12, 9)
    assert not is_late(line.objection, date(2026, 12, 9))
    assert is_late(line.objection, date(2026, 12, 10))
    assert told(engine) == [("machine", "objected")]
    with snapshot(engine) as session:
        assert [each.number for each in objections_to(session, NUMBER)] == [number]


def test_the_receipt_alone_leads_to_it_and_is_not_kept(engine: Engine) -> None:
    number = brought(engine)
    with snapshot(engine) as session:
        for typed in (RECEIPT, " yy aaaa bbbb cccc dddd "):
            found = by_receipt(session, typed)
            assert found is not None
            assert found.objection.number == number
            assert RECEIPT not in found.objection.receipt_sha256
        assert by_receipt(session, "YY-AAAA-BBBB-CCCC-DDDE") is None


@pytest.mark.parametrize(("area", "seen"), [("310000", 1), ("330000", 0), ("000000", 2)])
def test_a_bureau_sees_those_of_its_cases_and_the_nation_those_without_one(
    engine: Engine, area: str, seen: int
) -> None:
    numbers = [brought(engine), brought(engine, receipt="b", about="https://board.example/1")]
    with snapshot(engine) as session:
        assert len(objections(session, area, answered=False, limit=9)) == seen
        assert objections(session, area, answered=True, limit=9) == []
        found = [number for number in numbers if objection_line(session, number, area)]
    assert len(found) == seen


def test_one_that_names_no_case_is_assigned_by_a_person_once(engine: Engine) -> None:
    number = brought(engine, about="沪人社监令〔2026〕1号")
    for case, obstacle in ((f"{NUMBER[:-1]}9", "no_case"), (NUMBER, None), (NUMBER, "answered")):
        with transaction(engine) as session:
            line = objection_line(session, number, "000000", lock=True)
            assert line is not None
            if obstacle is None:
                assign(session, line, case, DECISION)
                continue
            with pytest.raises(ObstacleError) as error:
                assign(session, line, case, DECISION)
            assert error.value.what == obstacle
    assert line_of(engine, number, "310000") is not None
    assert told(engine) == [("李复核", "objected")]


def test_a_rejection_is_told_in_the_chain_and_stays_as_it_is(engine: Engine) -> None:
    number = brought(engine, contact="")
    answered(engine, number, "rejected")
    with pytest.raises(ObstacleError, match="answered"):
        answered(engine, number, "upheld")
    assert told(engine) == [("machine", "objected"), ("李复核", "objection_rejected")]
    with snapshot(engine) as session:
        assert head(session).number == 1
        assert list(breaks(session)) == []
    for statement in ("UPDATE objections SET answer = 'x'", "DELETE FROM objections"):
        with pytest.raises(DatabaseError), transaction(engine) as session:
            session.execute(text(statement))


def test_one_is_upheld_once_people_have_ended_the_case(engine: Engine) -> None:
    number = brought(engine)
    with pytest.raises(ObstacleError, match="case_open"):
        answered(engine, number, "upheld")
    done(engine, "dismiss")
    answered(engine, number, "upheld")
    assert [action for _, action in told(engine)] == ["objected", "objection_upheld"]
    unknown = brought(engine, receipt="b", about="不知道")
    with pytest.raises(ObstacleError, match="no_case"):
        answered(engine, unknown, "upheld")


def test_a_case_that_is_worked_on_can_be_revoked(engine: Engine) -> None:
    number = brought(engine)
    done(engine, "confirm", "approve", "dispatch", "sign", "verify", "revoke")
    answered(engine, number, "upheld")
    line = line_of(engine, number)
    assert line is not None
    assert line.case is not None
    assert line.case.status == "false_alarm"


def test_an_objection_that_stands_holds_the_case_back_from_the_dataset(engine: Engine) -> None:
    assert published(engine) == 1
    number = brought(engine)
    assert published(engine) == 0
    add(
        engine, violation(1), violation(1, text="须持有会计从业资格证。急聘")
    )  # a replay, and what comes anew
    assert published(engine) == 0
    answered(engine, number, "rejected")
    assert published(engine) == 1


def test_contacts_are_read_on_record_re_encrypted_and_forgotten(engine: Engine) -> None:
    number = brought(engine)
    with transaction(engine) as session:
        assert change_contacts(session, str.upper) == 1
        line = objection_line(session, number, "310000")
        assert line is not None
        note_contact_read(session, line, DECISION)
    with transaction(engine) as session:
        read = session.scalars(select(Read)).one()
        assert (read.what, read.subject, read.bureau) == ("objection", str(number), "310000")
        assert contact_of(session, number) == "SEALED"
        forget_contacts(session, WEDNESDAY + timedelta(days=89))
        assert contact_of(session, number) == "SEALED"
        forget_contacts(session, WEDNESDAY + timedelta(days=90))
    with snapshot(engine) as session:
        assert contact_of(session, number) == ""
