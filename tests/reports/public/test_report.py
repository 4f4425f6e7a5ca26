"""Reporting an ad on the public pages, and asking what became of it by the receipt."""

import re
from dataclasses import replace
from typing import Never

import pytest
from fastapi import HTTPException
from sqlalchemy import Engine, select

from reports.public.app import public
from reports.public.gate import Desk
from reports.public.words import REPORT_PROBLEMS
from store.database import snapshot
from store.public_report_models import PublicReport, ReportContact, ReportedMatter
from tests.crawlers.pushing import listening
from tests.reports.console.browsing import Browser
from tests.reports.console.test_hostile import PAYLOADS, check

URL = "https://jobs.example/1"
TEXT = "招聘会计一名，须持有会计从业资格证"


def reported(browser: Browser, **form: str) -> str:
    """The receipt of a report."""
    taken = browser.post("/report", **form)
    assert taken.status == 200
    found = re.search(r"JB-[0-9]+", taken.words)
    assert found
    return found[0]


def matters(engine: Engine) -> list[tuple[str, str]]:
    with snapshot(engine) as session:
        return [(each.kind, each.state) for each in session.scalars(select(ReportedMatter))]


def test_a_page_and_a_text_are_reported_and_followed_by_receipt(browser: Browser, engine: Engine) -> None:
    page = reported(browser, url=URL)
    text = reported(browser, text=TEXT, employer="某公司", note="致电 13800138000", contact="陈某")
    assert sorted(matters(engine)) == [("page", "waiting"), ("text", "collected")]
    assert "已收到，待处理" in browser.post("/report/status", receipt=page.lower()).words
    assert "已收录，待判读" in browser.post("/report/status", receipt=text).words
    with snapshot(engine) as session:
        kept = session.get(PublicReport, text)
        assert kept is not None
        assert (kept.channel, kept.employer) == ("web", "某公司")
        assert "13800138000" not in kept.note
        assert session.scalars(select(ReportContact.contact)).all() == ["sealed 陈某"]


def test_what_was_reported_before_is_told_to_whoever_asks_later(browser: Browser) -> None:
    reported(browser, url=URL)
    again = reported(browser, url=URL)
    told = browser.post("/report/status", receipt=again).words
    assert "此前已有相同线索，已合并（已收到，待处理）" in told


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, ""),
        ({"url": URL, "text": TEXT}, ""),
        ({"url": "jobs.example"}, "url"),
        ({"url": f"{URL}?{'长' * 2000}"}, "url"),
        ({"text": "会计"}, "text"),
        ({"text": TEXT, "note": "长" * 2001}, ""),
    ],
)
def test_what_is_no_report_is_told_and_nothing_typed_is_lost(
    browser: Browser, engine: Engine, form: dict[str, str], field: str
) -> None:
    refused = browser.post("/report", **form, board="某招聘网")
    assert refused.status == 400
    assert REPORT_PROBLEMS[field] in refused.words
    assert 'value="某招聘网"' in refused.text
    assert all(typed in refused.text for typed in form.values())
    assert matters(engine) == []


def test_what_a_program_fills_in_is_left_out_and_it_learns_nothing(browser: Browser, engine: Engine) -> None:
    receipt = reported(browser, url=URL, homepage="https://spam.example")
    assert matters(engine) == []
    unknown = browser.post("/report/status", receipt=receipt)
    assert unknown.status == 404
    assert "没有这个回执号" in unknown.words


def test_a_report_that_finds_no_room_is_refused_with_a_page(desk: Desk) -> None:
    def full(_form: object) -> Never:
        raise HTTPException(503, "no room at the moment", {"Retry-After": "60"})

    with listening(public(replace(desk, intake=replace(desk.intake, report=full)))) as base:
        refused = Browser(base).post("/report", text=TEXT)
    assert (refused.status, refused.headers["retry-after"]) == (503, "60")
    assert "现在无法受理" in refused.words


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_words_are_shown_as_text(browser: Browser, payload: str) -> None:
    check(browser.post("/report", url=payload, text=payload, note=payload, employer=payload))
    check(browser.post("/report/status", receipt=payload))
