"""Every page of the console meets WCAG 2.1 A and AA, as far as axe-core can tell, wide and narrow."""

from urllib.parse import urlencode

import pytest
from selenium.webdriver import Chrome
from sqlalchemy import Engine

from reports.console.app import PAGES
from reports.console.gate import FACTOR
from tests.accessibility import faults
from tests.browser import another_page
from tests.recorded import add, violation
from tests.reports.console.browsing import Browser
from tests.reports.console.conftest import LogIn
from tests.reports.console.test_jurisdiction import LETTER, NAME, engine, notice_at, number_at

__all__ = ["engine"]
NUMBER = number_at("elsewhere")
LONG = "某某（上海）人力资源服务与技术咨询集团股份有限公司第一分公司"
SHOWN = [
    page
    for page in PAGES
    if page.method == "GET"
    and page.roles
    and page.path != "/"
    and "{file}" not in page.path
    and "{document}" not in page.path
]


def look_as(chrome: Chrome, browser: Browser) -> None:
    """Have the real browser log in as the other."""
    chrome.get(f"{browser.base}/login")
    chrome.delete_all_cookies()
    chrome.add_cookie({"name": "__Host-qingdan", "value": browser.cookie, "path": "/", "secure": True})


@pytest.mark.parametrize("role", ["reviewer", "admin"])
def test_every_page_is_accessible(chrome: Chrome, log_in: LogIn, engine: Engine, role: str) -> None:
    add(engine, violation(1, company=LONG, division="310000", url="https://jobs.example/" + "a" * 90))
    browser = log_in(role=role)
    look_as(chrome, browser)
    # What reviewers see as administrators do is looked at once.
    for page in (page for page in SHOWN if ("reviewer" if "reviewer" in page.roles else "admin") == role):
        path = page.path.format(
            number=NUMBER, letter=LETTER.event_id, objection=1, notice=notice_at("elsewhere")
        )
        chrome.get(f"{browser.base}{path}?{urlencode({'name': NAME})}")
        assert chrome.find_elements("tag name", "nav"), path
        assert list(faults(chrome)) == [], path


@pytest.mark.usefixtures("home")
def test_pages_that_tell_what_is_wrong_are_accessible(chrome: Chrome, base: str, log_in: LogIn) -> None:
    browser = log_in()
    chrome.get(f"{base}/login")
    chrome.delete_all_cookies()
    chrome.get(f"{base}/login")
    assert list(faults(chrome)) == []
    look_as(chrome, browser)
    for path in (FACTOR, "/password", f"/cases/{NUMBER}", "/cases?week=2026-W60", "/nowhere"):
        chrome.get(base + path)
        if "?" not in path and path != "/nowhere":
            # By a script, since the browser itself holds back what is empty.
            with another_page(chrome):
                chrome.execute_script("document.querySelector('main form[method=post]').submit()")
            assert chrome.find_element("css selector", "main .problem").is_displayed(), path
        assert list(faults(chrome)) == [], path
