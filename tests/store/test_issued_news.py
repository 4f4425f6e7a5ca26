"""A bureau is told of each report about it that was issued, once, and of no other's."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from reports.alerts.letter import letter_of
from reports.weekly.issue import issue
from reports.weekly.publish import Order
from store.database import snapshot, transaction
from store.deliveries import REPORT, Unsendable
from store.issued_news import BUDGET, YOUNG, ReportNews, report_news
from store.models import Bureau, Delivery
from store.news import news_of
from store.planning import anything_new, plan
from tests.recorded import add, violation
from tests.store.test_issued import MONDAY, NUMBER, ORDER, SECOND, SIGNING
from tests.store.test_planning import send


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """One case of Shanghai, which was told, and the report of its week."""
    add(engine, violation(1))
    send(engine, MONDAY)
    issue(engine, ORDER, SIGNING)
    return engine


def the_news(engine: Engine) -> ReportNews:
    with transaction(engine) as session:
        (news,) = [news_of(session, each.id) for each in plan(session, MONDAY)]
    assert isinstance(news, ReportNews)
    return news


def test_a_bureau_is_told_once_of_its_report_with_its_key_points_and_files(engine: Engine) -> None:
    with snapshot(engine) as session:
        assert anything_new(session, MONDAY, daily_from=23)
    news = the_news(engine)
    assert (news.kind, news.bureau, news.report.number) == (REPORT, "310000", NUMBER)
    assert news.key.startswith("2026-W47-310000-")
    (file,) = news.files
    assert file.content is not None
    assert (file.line.name, len(file.content)) == ("weekly-internal.html", file.line.length)
    letter = letter_of(news, {}, {})
    assert letter.points[0].startswith("本期判读广告 1 条，新增疑似线索 1 条")
    assert letter.subject == "【周报】上海市 2026 年第 47 周（2026-11-23）"
    assert send(engine, MONDAY) == [(REPORT, "310000", 1)]
    assert send(engine, MONDAY) == []


def test_a_correction_is_told_too_and_names_what_it_replaces(engine: Engine) -> None:
    send(engine, MONDAY)
    issue(engine, ORDER, replace(SIGNING, reason="漏计一家\u202e单位"))
    news = the_news(engine)
    letter = letter_of(news, {}, {})
    assert (news.report.number, letter.topic) == (SECOND, "周报更正")
    facts = dict(letter.entries[0].facts)
    assert (facts["更正"], facts["原因"]) == (f"本件更正并取代 {NUMBER}", "漏计一家[U+202E]单位")


def test_public_editions_and_what_was_issued_long_ago_are_not_told(engine: Engine) -> None:
    send(engine, MONDAY)
    issue(engine, replace(ORDER, edition="public"), SIGNING)
    issue(engine, replace(ORDER, bureau="330000"), replace(SIGNING, at=MONDAY + timedelta(hours=1)))
    assert send(engine, MONDAY + YOUNG + timedelta(hours=1)) == []
    assert send(engine, MONDAY + YOUNG) == [(REPORT, "330000", 1)]


def test_what_does_not_fit_is_named_and_not_carried(engine: Engine) -> None:
    issue(engine, Order(period=ORDER.period, bureau="330000", formats=("html", "xlsx", "docx")), SIGNING)
    with transaction(engine) as session:
        plan(session, MONDAY)
        delivery = session.query(Delivery).where(Delivery.kind == REPORT, Delivery.bureau == "330000").one()
        bureau = session.get_one(Bureau, "330000")
        sizes = {each.line.format: each.line.length for each in report_news(session, delivery, bureau).files}

        def carried(budget: int) -> set[str]:
            found = report_news(session, delivery, bureau, budget=budget)
            return {each.line.format for each in found.files if each.content is not None}

        assert carried(BUDGET) == {"html", "xlsx", "docx"}
        assert carried(sizes["html"] + sizes["xlsx"]) == {"html", "xlsx"}
        assert carried(min(sizes.values()) - 1) == set()


def test_a_letter_about_another_bureaus_report_is_never_made(engine: Engine) -> None:
    news = the_news(engine)
    for wrong in (replace(news.report, bureau="310115"), replace(news.report, edition="public")):
        with pytest.raises(Unsendable, match=f"{NUMBER} is not the internal report of bureau 310000"):
            letter_of(replace(news, report=wrong), {}, {})


def test_a_file_that_is_not_what_was_issued_leaves_with_no_letter(engine: Engine) -> None:
    news = the_news(engine)
    (file,) = news.files
    with pytest.raises(Unsendable, match=r"weekly-internal.html in the database is not what was issued"):
        letter_of(replace(news, files=(replace(file, content=b"other"),)), {}, {})
