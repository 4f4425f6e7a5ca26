"""Bureaus are told what people assigned to them, and what is late: once each, and the nearest first."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, update

from config.bureaus import bureau_above
from config.casework import Given
from config.settings import CHINA
from config.workdays import workdays
from reports.alerts.letter import letter_of
from reports.alerts.message import compose
from reports.alerts.plain import plain_text
from store.casework import act
from store.database import snapshot, transaction
from store.deliveries import ABOVE, ASSIGNED, DUTIES, REMINDED, SECTION, Unsendable, ledger
from store.duty_news import Duties
from store.models import Case
from store.news import News, last_look, news_of
from store.planning import anything_new, plan
from tests.factory import WEDNESDAY
from tests.recorded import add, violation
from tests.store.test_planning import send

HANGZHOU, ZHEJIANG, NINGBO, NATION = "330100", "330000", "330200", "000000"
NUMBER = "QD-330100-2026-000001"
Act = Callable[..., Any]


@pytest.fixture
def work(engine: Engine) -> Act:
    """Does one action in the case of Hangzhou, which is told as suspected first."""
    add(engine, violation(1, division="330106", company="杭州的单位"))
    send(engine, WEDNESDAY)

    def do(name: str, by: str = "王初核", at: datetime = WEDNESDAY, **asked: str) -> Any:
        with transaction(engine) as session:
            return act(session, NUMBER, name, Given(by=by, why="原文确有此要求", asked=asked), at)

    return do


@pytest.fixture
def dispatched(work: Act) -> Act:
    work("confirm")
    work("approve", "李复核")
    work("dispatch")
    return work


def on(day: int) -> datetime:
    """T+`day`: so many working days after the dispatch, in the morning."""
    return datetime.combine(workdays().after(WEDNESDAY.date(), day).day, WEDNESDAY.timetz())


def told(engine: Engine, now: datetime) -> list[tuple[str, str]]:
    return sorted((kind, bureau) for kind, bureau, _ in send(engine, now) if kind in DUTIES)


def the_news(engine: Engine, now: datetime) -> Duties:
    with transaction(engine) as session:
        found: list[News] = [news_of(session, each.id) for each in plan(session, now)]
    (news,) = (each for each in found if isinstance(each, Duties))
    return news


@pytest.mark.usefixtures("dispatched")
def test_a_bureau_is_told_of_what_is_assigned_once_and_by_when_to_sign(engine: Engine) -> None:
    news = the_news(engine, WEDNESDAY)
    text = plain_text(letter_of(news, {}, {}))
    assert (news.kind, news.bureau, news.email) == (ASSIGNED, HANGZHOU, "rsj-330100@bureaus.example")
    assert "待办：签收，期限 2026-11-20" in text
    assert "派发理由：原文确有此要求" in text
    assert "杭州的单位" in text
    assert told(engine, WEDNESDAY) == [(ASSIGNED, HANGZHOU)]
    with snapshot(engine) as session:
        assert not anything_new(session, WEDNESDAY)


@pytest.mark.usefixtures("dispatched")
def test_what_is_late_goes_to_the_bureau_its_section_and_the_one_above(engine: Engine) -> None:
    send(engine, WEDNESDAY)
    by_day = {day: told(engine, on(day)) for day in range(1, 31)}
    assert {day: found for day, found in by_day.items() if found} == {
        3: [(REMINDED, HANGZHOU)],
        5: [(SECTION, HANGZHOU)],
        10: [(ABOVE, ZHEJIANG)],
    }


def test_each_step_that_is_missed_is_told_anew(engine: Engine, dispatched: Act) -> None:
    assert told(engine, on(3)) == [(ASSIGNED, HANGZHOU), (REMINDED, HANGZHOU)]
    dispatched("sign", "张承办", at=on(3))
    assert told(engine, on(8)) == []
    assert told(engine, on(9)) == [(REMINDED, HANGZHOU)]


@pytest.mark.usefixtures("dispatched")
def test_nothing_is_told_of_days_off(engine: Engine) -> None:
    send(engine, WEDNESDAY)
    saturday = datetime(2026, 11, 21, 9, tzinfo=CHINA)
    assert told(engine, saturday) == told(engine, saturday + timedelta(days=1)) == []
    assert told(engine, saturday + timedelta(days=2)) == [(REMINDED, HANGZHOU)]


def test_what_is_signed_before_the_letter_leaves_is_taken_out_of_it(engine: Engine, dispatched: Act) -> None:
    with transaction(engine) as session:
        planned = [each.id for each in plan(session, on(3))]
    dispatched("sign", "张承办", at=on(3))
    with transaction(engine) as session:
        assert [news.total for each in planned if (news := last_look(session, each))] == [0, 0]
        assert {count for delivery, _, count in ledger(session) if delivery.kind in DUTIES} == {0}


def test_a_case_that_is_handed_over_is_told_to_the_other_bureau_and_no_more_to_the_first(
    engine: Engine, dispatched: Act
) -> None:
    with transaction(engine) as session:
        (before,) = [each.id for each in plan(session, WEDNESDAY)]
    dispatched("hand_over", "张承办", bureau=NINGBO)
    with transaction(engine) as session:
        news = last_look(session, before)
        assert news is not None
        assert news.total == 0, "nobody but its own bureau is told of a case"
    assert told(engine, WEDNESDAY) == [(ASSIGNED, NINGBO)]
    assert told(engine, on(3)) == [(REMINDED, NINGBO)]


def test_an_unclear_place_is_handed_from_the_nations_tray_to_whom_it_concerns(engine: Engine) -> None:
    add(engine, violation(1, division=None))
    number = "QD-000000-2026-000001"
    for name, by, asked in (
        ("confirm", "王", {}), ("approve", "李", {}), ("dispatch", "王", {}),
        ("hand_over", "张", {"bureau": HANGZHOU}),
    ):  # fmt: skip
        with transaction(engine) as session:
            act(session, number, name, Given(by=by, why="查明用工在杭州", asked=asked), WEDNESDAY)
    news = the_news(engine, WEDNESDAY)
    assert (news.bureau, [case.division for case in news.cases]) == (HANGZHOU, [None])
    assert "辖区不明" in plain_text(letter_of(news, {}, {}))


@pytest.mark.usefixtures("dispatched")
def test_a_bureau_is_never_told_what_another_has_to_do(engine: Engine) -> None:
    """At rendering too, should the case change hands between the look and the letter."""
    news = the_news(engine, WEDNESDAY)
    with transaction(engine) as session:
        session.execute(update(Case).values(bureau=NINGBO))
        stale = news_of(session, news.delivery_id)
    with pytest.raises(Unsendable, match="outside the area of bureau 330100"):
        compose(stale, sender="qingdan@qingdan.example", texts={}, packs={})


@pytest.mark.usefixtures("dispatched")
def test_whoever_heads_the_section_has_an_address_of_his_own(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(engine, on(3))
    monkeypatch.setattr("store.duty_news.section_address", lambda _: "chief@bureaus.example")
    news = the_news(engine, on(5))
    assert (news.kind, news.email) == (SECTION, "chief@bureaus.example")
    assert "已逾期 3 个工作日" in plain_text(letter_of(news, {}, {}))


def test_nobody_is_above_the_ministry() -> None:
    assert bureau_above(HANGZHOU) == ZHEJIANG
    assert bureau_above(ZHEJIANG) == bureau_above(NATION) == NATION


@given(st.dates(date(2017, 2, 1), date(2026, 12, 31)), st.integers(1, 30))
def test_what_lies_before_is_as_many_working_days_away(end: date, days: int) -> None:
    before = workdays().before(end, days)
    assert workdays().between(before, end) == days
    assert workdays().between(before + timedelta(days=1), end) == days - 1
