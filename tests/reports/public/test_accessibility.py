"""Every public page meets WCAG 2.1 A and AA, as far as axe-core can tell, and leads nowhere in vain."""

import pytest
from lxml import html
from selenium.webdriver import Chrome

from reports.public.app import PAGES, STYLE
from tests.accessibility import faults
from tests.browser import another_page
from tests.reports.console.browsing import Browser

SHOWN = [page.path for page in PAGES if page.method == "GET" and page.path != STYLE and "{" not in page.path]


def test_every_page_is_accessible(chrome: Chrome, base: str) -> None:
    for path in (*SHOWN, "/catalogue?name=%E7%94%B5%E5%B7%A5", "/nowhere"):
        chrome.get(base + path)
        assert list(faults(chrome)) == [], path


def test_an_answer_is_accessible(chrome: Chrome, base: str) -> None:
    chrome.get(f"{base}/check")
    chrome.find_element("css selector", "textarea").send_keys("招聘会计，须持有会计从业资格证，男性优先。")
    with another_page(chrome):
        chrome.find_element("css selector", "main form button").click()
    assert "会计从业资格证" in chrome.find_element("tag name", "mark").text
    assert list(faults(chrome)) == []


@pytest.mark.parametrize("path", SHOWN)
def test_no_link_is_dead(browser: Browser, path: str) -> None:
    tree = html.fromstring(browser.get(path).text)
    targets = [element.get("href") or "" for element in tree.iter("a")]
    for target in targets:
        if target.startswith("/"):
            assert browser.get(target.partition("#")[0]).status == 200, target
