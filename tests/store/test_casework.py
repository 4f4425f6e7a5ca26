"""Working a case: what an action changes, what is refused, and what is overdue."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from config.casework import Given
from store.audit import breaks, unsealed
from store.case_file import open_case_file
from store.casework import NoSuchCaseError, RefusedError, act, overdue, standing_of
from store.database import snapshot, transaction
from store.models import Case, Clue
from store.recheck_models import Recheck
from tests.factory import WEDNESDAY
from tests.recorded import add, violation

NUMBER = "QD-310000-2026-000001"
Act = Callable[..., Any]


@pytest.fixture
def work(engine: Engine) -> Act:
    """Does one action in the one case of the store."""
    add(engine, violation(1))

    def do(
        name: str, by: str = "王初核", at: datetime = WEDNESDAY, days: int | None = None, **asked: str
    ) -> Any:
        with transaction(engine) as session:
            return act(session, NUMBER, name, Given(by=by, why="经核实", days=days, asked=asked), at)

    return do


def verdicts(engine: Engine) -> list[str | None]:
    with snapshot(engine) as session:
        return list(session.scalars(select(Clue.human_verdict)))


def test_a_case_is_worked_to_its_end_and_tells_who_did_what(engine: Engine, work: Act) -> None:
    work("confirm")
    work("approve", "李复核")
    assert verdicts(engine) == ["confirmed"]
    work("dispatch")
    work("sign", "张承办")
    work("verify", "张承办", inspectors="张承办、赵监察")
    done = work("order", "张承办", days=5, document="沪人社监令〔2026〕1号")
    assert (done.status, str(done.clock.due), done.clock.step) == ("ordered", "2026-11-25", "整改反馈")
    work("correct", "张承办")
    with transaction(engine) as session:
        session.execute(update(Recheck).values(outcome="lawful", next_on=None))
    assert work("close", "钱审批", outcome="lawful").clock.due is None
    with snapshot(engine) as session:
        case = open_case_file(session, NUMBER)
        assert case is not None
        assert case.line.status == "closed"
        deeds = [(deed.actor, deed.action) for deed in case.history if deed.actor != "machine"]
        assert deeds[:2] == [("王初核", "confirm"), ("李复核", "approve")]
        assert case.history[-1].given == {"outcome": "lawful"}
        assert not list(breaks(session))


def test_what_is_refused_changes_nothing(engine: Engine, work: Act) -> None:
    work("confirm")
    with pytest.raises(RefusedError) as refused:
        work("approve")
    assert refused.value.reasons == ("by: 王初核 did confirm; approve is for somebody else",)
    with pytest.raises(RefusedError, match="machine is no person"):
        work("approve", "machine")
    with pytest.raises(RefusedError, match="no such action: forget"):
        work("forget")
    with snapshot(engine) as session:
        found = standing_of(session, NUMBER)
        assert (found.status, found.done) == ("reviewed", (("confirm", "王初核"),))
        assert unsealed(session) == 2
    assert verdicts(engine) == [None]


def test_a_false_alarm_may_be_taken_back_and_then_begins_anew(engine: Engine, work: Act) -> None:
    work("confirm")
    work("dismiss")
    assert verdicts(engine) == ["false_alarm"]
    work("reopen")
    assert verdicts(engine) == [None]
    with snapshot(engine) as session:
        assert standing_of(session, NUMBER).done == ()
    # Who confirmed it the first time may approve what another person confirms now.
    work("confirm", "李复核")
    assert work("approve", "王初核").status == "filed"


def test_a_person_outranks_a_new_ad(engine: Engine, work: Act) -> None:
    work("dismiss")
    add(engine, violation(2))
    with snapshot(engine) as session:
        assert session.scalar(select(Case.status)) == "false_alarm"
    assert sorted(verdicts(engine), key=str) == [None, "false_alarm"]


def test_a_case_that_is_handed_over_belongs_to_the_other_bureau(engine: Engine, work: Act) -> None:
    for name, by in (
        ("confirm", "王初核"),
        ("approve", "李复核"),
        ("dispatch", "王初核"),
        ("sign", "张承办"),
    ):
        work(name, by)
    assert work("hand_over", "张承办", bureau="320500").clock.step == "签收"
    with snapshot(engine) as session:
        assert session.scalar(select(Case.bureau)) == "320500"


def test_what_is_due_is_overdue_the_day_after_unless_it_is_paused(engine: Engine, work: Act) -> None:
    work("confirm")
    due = WEDNESDAY.date() + timedelta(days=2)
    with snapshot(engine) as session:
        assert overdue(session, due) == []
        assert overdue(session, due + timedelta(days=1)) == [(NUMBER, "复核", due)]
        assert overdue(session, due + timedelta(days=1), bureau="320500") == []
    for name, by in (("approve", "李复核"), ("dispatch", "王初核"), ("sign", "张承办")):
        work(name, by)
    work("verify", "张承办", inspectors="张承办、赵监察")
    work("pause", "张承办")
    with snapshot(engine) as session:
        assert overdue(session, due + timedelta(days=400)) == []
        assert standing_of(session, NUMBER).clock.paused_on == WEDNESDAY.date()


def test_there_is_no_such_case(engine: Engine, work: Act) -> None:
    work("confirm")
    with snapshot(engine) as session, pytest.raises(NoSuchCaseError):
        standing_of(session, "QD-1")
    with transaction(engine) as session, pytest.raises(NoSuchCaseError):
        act(session, "QD-1", "confirm", Given(by="王初核", why="属实", asked={}), WEDNESDAY)
