"""Bureaus are told of objections in their area: when they come, and before the answer is due."""

from datetime import datetime, timedelta

from sqlalchemy import Engine

from store.database import snapshot, transaction
from store.dead_letters import Decision
from store.deliveries import DUE_OBJECTIONS, NEW_OBJECTIONS
from store.news import News, news_of
from store.objection_news import ObjectionNews
from store.objections import Brought, answer, assign, bring, objection_line
from store.planning import anything_new, plan, untold
from tests.factory import WEDNESDAY
from tests.recorded import add, violation
from tests.store.test_planning import send

SHANGHAI, NATION = "310000", "000000"
CASE = "QD-310000-2026-000001"
DECISION = Decision("王初核", "属实", WEDNESDAY)
LAST_DAYS = datetime.fromisoformat("2026-12-04T09:00:00+08:00")
"""Three working days before the answer is due."""


def object_to(engine: Engine, about: str = CASE, receipt: str = "YY-1") -> int:
    brought = Brought(
        receipt=receipt, at=WEDNESDAY, about=about, organisation="上海测试有限公司", reasons="不是我们发布的",
        contact="", delete_contact_at=WEDNESDAY,
    )  # fmt: skip
    with transaction(engine) as session:
        return bring(session, brought).number


def settle(engine: Engine, number: int) -> None:
    with transaction(engine) as session:
        line = objection_line(session, number, NATION)
        assert line is not None
        answer(session, line, "rejected", DECISION)


def told(engine: Engine, now: datetime) -> list[tuple[str, str, int]]:
    return [each for each in send(engine, now) if each[0] in {NEW_OBJECTIONS, DUE_OBJECTIONS}]


def test_a_bureau_is_told_when_one_comes_and_reminded_once_before_its_day(engine: Engine) -> None:
    add(engine, violation(1), violation(2, division="330100"))
    object_to(engine)
    assert told(engine, WEDNESDAY) == [(NEW_OBJECTIONS, SHANGHAI, 1)]
    assert told(engine, LAST_DAYS - timedelta(days=1)) == []
    assert told(engine, LAST_DAYS) == [(DUE_OBJECTIONS, SHANGHAI, 1)]
    assert told(engine, LAST_DAYS + timedelta(days=30)) == []


def test_the_message_says_what_is_objected_to_and_by_when_it_is_answered(engine: Engine) -> None:
    add(engine, violation(1))
    object_to(engine)
    with transaction(engine) as session:
        found: list[News] = [news_of(session, each.id) for each in plan(session, WEDNESDAY)]
    (news,) = (each for each in found if isinstance(each, ObjectionNews))
    (one,) = news.objections
    assert (news.kind, news.bureau, news.total, one.number) == (NEW_OBJECTIONS, SHANGHAI, 1, 1)
    assert (one.case, one.division, one.qualification) == (CASE, SHANGHAI, "会计从业资格")
    assert (one.organisation, one.reasons, one.due.isoformat()) == (
        "上海测试有限公司", "不是我们发布的", "2026-12-09",
    )  # fmt: skip


def test_what_names_no_case_is_the_nations_until_somebody_says_which_is_meant(engine: Engine) -> None:
    add(engine, violation(1))
    number = object_to(engine, about="沪人社监令〔2026〕1号")
    assert told(engine, WEDNESDAY) == [(NEW_OBJECTIONS, NATION, 1)]
    with transaction(engine) as session:
        line = objection_line(session, number, NATION)
        assert line is not None
        assign(session, line, CASE, DECISION)
    assert told(engine, WEDNESDAY) == [(NEW_OBJECTIONS, SHANGHAI, 1)]


def test_what_is_answered_before_the_message_leaves_is_taken_out_of_it(engine: Engine) -> None:
    add(engine, violation(1))
    first, second = object_to(engine), object_to(engine, receipt="YY-2")
    with transaction(engine) as session:
        plan(session, LAST_DAYS)
    settle(engine, first)
    assert sorted(told(engine, LAST_DAYS)) == [(DUE_OBJECTIONS, SHANGHAI, 1), (NEW_OBJECTIONS, SHANGHAI, 1)]
    settle(engine, second)
    with snapshot(engine) as session:
        assert not anything_new(session, LAST_DAYS)
        assert not list(untold(session, LAST_DAYS))
