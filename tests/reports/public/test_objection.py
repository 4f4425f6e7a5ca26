"""Objecting to a case on the public pages, and asking for the answer by the receipt."""

import re

import pytest
from sqlalchemy import Engine, func, select

from store.database import snapshot, transaction
from store.dead_letters import Decision
from store.objection_models import Objection, ObjectionContact
from store.objections import answer, objection_line
from tests.factory import WEDNESDAY
from tests.recorded import add, violation
from tests.reports.console.browsing import Browser
from tests.reports.console.test_hostile import PAYLOADS, check

CASE = "QD-310000-2026-000001"
FORM = {
    "about": CASE,
    "organisation": "上海测试有限公司",
    "reasons": "这条信息不是我们发布的",
    "contact": "陈某 13800138000",
}


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """One suspected case of Shanghai."""
    add(engine, violation(1))
    return engine


def brought(browser: Browser, **form: str) -> str:
    """The receipt of an objection."""
    taken = browser.post("/objection", **FORM | form)
    assert taken.status == 200
    found = re.search(r"YY-[0-9]+", taken.words)
    assert found
    return found[0]


def count_of(engine: Engine) -> int:
    with snapshot(engine) as session:
        return session.scalar(select(func.count()).select_from(Objection)) or 0


def test_an_objection_is_taken_in_and_its_answer_is_told_for_the_receipt(
    browser: Browser, engine: Engine
) -> None:
    receipt = brought(browser)
    waiting = browser.post("/objection/answer", receipt=receipt.lower())
    assert "状态办理中" in waiting.words
    assert "2026-12-09 前答复" in waiting.words
    with transaction(engine) as session:
        line = objection_line(session, 1, "310000")
        assert line is not None
        answer(session, line, "rejected", Decision("李复核", "经核查，该信息由贵单位账号发布。", WEDNESDAY))
    told = browser.post("/objection/answer", receipt=receipt)
    assert "状态异议不成立" in told.words
    assert "上海市" in told.words
    assert "经核查，该信息由贵单位账号发布。" in told.words
    # Who answered is nobody's business outside.
    assert "李复核" not in told.words


def test_what_is_kept_is_masked_and_the_contact_encrypted(browser: Browser, engine: Engine) -> None:
    brought(browser, reasons="请致电 13800138000")
    with snapshot(engine) as session:
        kept = session.scalars(select(Objection)).one()
        contact = session.scalars(select(ObjectionContact)).one()
    assert "13800138000" not in kept.reasons
    assert contact.contact == f"sealed {FORM['contact']}"
    assert (contact.delete_at - WEDNESDAY).days == 90


def test_nobody_learns_whether_there_is_a_case(browser: Browser) -> None:
    told = []
    for about in (CASE, "QD-310000-2026-000009"):
        receipt = brought(browser, about=about)
        words = browser.post("/objection/answer", receipt=receipt).words
        told.append(words.replace(about, "").replace(receipt, ""))
    assert told[0] == told[1]


@pytest.mark.parametrize("left_out", ["about", "organisation", "reasons"])
def test_what_is_missing_is_told_and_nothing_typed_is_lost(
    browser: Browser, engine: Engine, left_out: str
) -> None:
    refused = browser.post("/objection", **FORM | {left_out: " "})
    assert refused.status == 400
    assert "请写明" in refused.words
    for name, typed in FORM.items():
        assert (typed in refused.text) is (name != left_out)
    assert browser.post("/objection", **FORM | {left_out: "长" * 4001}).status == 400
    assert count_of(engine) == 0


def test_what_a_program_fills_in_is_left_out_and_it_learns_nothing(browser: Browser, engine: Engine) -> None:
    receipt = brought(browser, homepage="https://spam.example")
    assert count_of(engine) == 0
    unknown = browser.post("/objection/answer", receipt=receipt)
    assert unknown.status == 404
    assert "没有这个回执号" in unknown.words


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_words_are_shown_as_text(browser: Browser, payload: str) -> None:
    check(browser.post("/objection", about=payload, organisation=payload))
    receipt = brought(browser, about=payload, organisation=payload, reasons=payload)
    check(browser.post("/objection/answer", receipt=receipt))
    check(browser.post("/objection/answer", receipt=payload))


def test_one_address_may_object_a_few_times_in_a_minute(browser: Browser) -> None:
    statuses = [browser.post("/objection", **FORM).status for _ in range(6)]
    assert statuses == [200] * 5 + [429]
