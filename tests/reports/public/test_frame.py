"""What holds for every public page: headers, no cookie, limits, errors in Chinese."""

from dataclasses import replace
from urllib.request import Request

import pytest
from limits import RateLimitItemPerMinute

from reports.limits import LIMITS, Gate, Limits
from reports.public.app import PAGES, STYLE, public
from reports.public.gate import LARGEST_FORM, Desk
from tests.crawlers.pushing import listening
from tests.reports.console.browsing import Answer, Browser

READABLE = [page.path for page in PAGES if page.method == "GET" and "{" not in page.path]


def ask_from(browser: Browser, address: str, path: str = "/") -> Answer:
    return browser.ask(Request(browser.base + path, headers={"X-Forwarded-For": address}))


def test_every_answer_carries_the_headers_and_no_cookie(browser: Browser) -> None:
    for path in (*READABLE, "/nowhere"):
        check_headers(path, browser.get(path))


def check_headers(path: str, answer: Answer) -> None:
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe-inline" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    assert answer.status == (404 if path == "/nowhere" else 200)


def test_every_page_has_one_first_heading_and_a_way_past_the_navigation(browser: Browser) -> None:
    for path in READABLE:
        if path != STYLE:
            text = browser.get(path).text
            assert text.count("<h1") == 1
            assert 'href="#main"' in text
            assert "<script" not in text


def test_what_is_refused_says_so_in_chinese(browser: Browser) -> None:
    assert "没有这个页面" in browser.get("/nowhere").words
    assert browser.post("/").status == 405
    assert browser.get("/?a=%00").status == 400


def test_one_address_is_slowed_down_and_others_are_not(desk: Desk) -> None:
    limits: Limits = {**LIMITS, "look": (RateLimitItemPerMinute(2),)}
    with listening(public(replace(desk, gate=Gate(limits)))) as base:
        browser = Browser(base)
        assert [ask_from(browser, "203.0.113.7").status for _ in range(3)] == [200, 200, 429]
        # Whoever has an IPv6 network has all its addresses.
        assert [ask_from(browser, f"2001:db8::{n}").status for n in range(3)] == [200, 200, 429]
        refused = ask_from(browser, "203.0.113.7")
    assert 1 <= int(refused.headers["retry-after"]) <= 61
    assert "稍后再试" in refused.words


@pytest.mark.parametrize("path", [page.path for page in PAGES if page.method == "POST"])
def test_what_is_no_form_is_refused(browser: Browser, path: str) -> None:
    assert browser.send(path, b"a" * (LARGEST_FORM + 1)).status == 413
    assert browser.send(path, b"text=%ff").status == 400
