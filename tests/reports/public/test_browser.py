"""A real browser: an employer checks an ad and looks a paper up, at a desk and on a phone."""

from itertools import pairwise

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser import another_page, logged
from tests.reports.console.test_browser import fits, words

LONG = "https://jobs.example/" + "a" * 300


@pytest.mark.parametrize("width", [1366, 500])
def test_an_employer_checks_an_ad_and_looks_the_paper_up(chrome: Chrome, base: str, width: int) -> None:
    chrome.set_window_size(width, 900)
    chrome.get(base)
    assert fits(chrome)
    with another_page(chrome):
        chrome.find_element(By.LINK_TEXT, "招聘信息自查").click()
    chrome.find_element(By.NAME, "title").send_keys("会计")
    text = chrome.find_element(By.NAME, "text")
    text.send_keys("须持有会计从业资格证。", Keys.ENTER, f"<script>alert(1)</script>{LONG}")
    with another_page(chrome):
        text.submit()
    assert "疑似违规要求 “会计从业资格证”" in words(chrome)
    assert chrome.find_element(By.TAG_NAME, "mark").text == "会计从业资格证"
    assert "<script>alert(1)</script>" in words(chrome)
    assert fits(chrome)
    typed = chrome.find_element(By.NAME, "text").get_property("value")
    assert typed == f"须持有会计从业资格证。\n<script>alert(1)</script>{LONG}"
    with another_page(chrome):
        chrome.find_element(By.LINK_TEXT, "会计从业资格").click()
    assert "沿革" in words(chrome)
    assert "2017-11-05起" in words(chrome)
    assert fits(chrome)
    assert logged(chrome, "browser") == []


@pytest.mark.parametrize("width", [1366, 500])
def test_an_employer_objects_and_asks_for_the_answer(chrome: Chrome, base: str, width: int) -> None:
    chrome.set_window_size(width, 900)
    chrome.get(base)
    with another_page(chrome):
        chrome.find_element(By.LINK_TEXT, "提出异议").click()
    assert fits(chrome)
    assert not chrome.find_element(By.NAME, "homepage").is_displayed()
    for name, typed in (("about", LONG), ("organisation", "上海测试有限公司"), ("reasons", "不是我们发布的")):
        chrome.find_element(By.NAME, name).send_keys(typed)
    with another_page(chrome):
        chrome.find_element(By.CSS_SELECTOR, "main form button").click()
    receipt = chrome.find_element(By.TAG_NAME, "code").text
    assert fits(chrome)
    with another_page(chrome):
        chrome.find_element(By.LINK_TEXT, "查看答复").click()
    chrome.find_element(By.NAME, "receipt").send_keys(receipt)
    with another_page(chrome):
        chrome.find_element(By.CSS_SELECTOR, "main form button").click()
    assert "办理中" in words(chrome)
    assert fits(chrome)


def test_the_keyboard_reaches_the_text_first_and_every_field_has_a_label(chrome: Chrome, base: str) -> None:
    for path in ("/", "/check", "/catalogue?name=%E7%94%B5%E5%B7%A5%E8%AF%81"):
        chrome.get(base + path)
        chrome.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
        assert chrome.switch_to.active_element.text == "跳到正文"
        unnamed = "return [...document.querySelectorAll('input,select,textarea')]"
        assert chrome.execute_script(f"{unnamed}.filter(each => !each.labels.length).length") == 0
        levels = chrome.execute_script(
            "return [...document.querySelectorAll('h1,h2,h3')].map(each => +each.tagName[1])"
        )
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
