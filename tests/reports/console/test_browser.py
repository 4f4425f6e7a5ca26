"""A real browser: log in, find a case, work it, see what changed, without error or sideways scrolling."""

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select
from sqlalchemy import Engine

from tests.browser import another_page, logged
from tests.recorded import add, violation
from tests.reports.console.conftest import PASSWORD, LogIn

CASE = "/cases/QD-310000-2026-000001"
LONG = "某某（上海）人力资源服务与技术咨询集团股份有限公司第一分公司"


def words(chrome: Chrome) -> str:
    return chrome.find_element(By.TAG_NAME, "body").text


def fits(chrome: Chrome) -> bool:
    fitting: bool = chrome.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")
    return fitting


@pytest.mark.parametrize("width", [1366, 500])
def test_a_person_works_a_case_in_a_browser(
    chrome: Chrome, base: str, log_in: LogIn, engine: Engine, width: int
) -> None:
    text = "须持有会计从业资格证。双休，五险一金，有经验者优先。"
    add(engine, violation(1, company=LONG, text=text), violation(2, url="https://jobs.example/" + "a" * 90))
    log_in()
    chrome.delete_all_cookies()
    chrome.set_window_size(width, 900)
    chrome.get(base)
    chrome.find_element(By.NAME, "name").send_keys("王初核")
    with another_page(chrome):
        chrome.find_element(By.NAME, "password").send_keys(PASSWORD, Keys.ENTER)
    assert "王初核（初核）" in words(chrome)
    assert fits(chrome)
    with another_page(chrome):
        chrome.find_element(By.NAME, "words").send_keys("会计", Keys.ENTER)
    assert LONG in words(chrome)
    chrome.get(base + CASE)
    assert fits(chrome)
    chrome.find_element(By.XPATH, "//summary[text()='初核确认']").click()
    chrome.find_element(By.CSS_SELECTOR, "details[open] textarea").send_keys("原文确有此要求")
    with another_page(chrome):
        chrome.find_element(By.CSS_SELECTOR, "details[open] button").click()
    assert "初核通过待复核" in words(chrome)
    assert chrome.current_url == base + CASE
    assert "王初核 初核确认" in words(chrome)
    assert chrome.find_element(By.TAG_NAME, "mark").text == "会计从业资格证"
    assert fits(chrome)
    assert logged(chrome, "browser") == []


@pytest.mark.parametrize("width", [1366, 500])
def test_cases_are_ticked_and_decided_together_in_a_browser(
    chrome: Chrome, base: str, log_in: LogIn, engine: Engine, width: int
) -> None:
    add(engine, *(violation(number, company=f"{LONG}{number}") for number in range(1, 4)))
    browser = log_in()
    chrome.set_window_size(width, 900)
    chrome.get(f"{base}/login")
    chrome.delete_all_cookies()
    chrome.add_cookie({"name": "__Host-qingdan", "value": browser.cookie, "path": "/", "secure": True})
    chrome.get(f"{base}/cases")
    for number in (1, 3):
        chrome.find_element(By.NAME, f"case:QD-310000-2026-{number:06d}").click()
    Select(chrome.find_element(By.NAME, "action")).select_by_visible_text("初核确认")
    with another_page(chrome):
        chrome.find_element(By.NAME, "why").send_keys("原文确有此要求", Keys.ENTER)
    assert "已办理 2 件。" in words(chrome)
    assert [each.text for each in chrome.find_elements(By.CSS_SELECTOR, "td[data-label='状态']")].count(
        "初核通过待复核"
    ) == 2
    assert fits(chrome)
    for path in ("/catalogue?name=电工证", "/curation", "/sources", "/rules"):
        chrome.get(base + path)
        assert fits(chrome), path
    assert logged(chrome, "browser") == []


def test_the_keyboard_reaches_the_text_first_and_every_field_has_a_label(
    chrome: Chrome, base: str, log_in: LogIn, engine: Engine
) -> None:
    add(engine, violation(1))
    browser = log_in()
    chrome.get(f"{base}/login")
    chrome.delete_all_cookies()
    chrome.add_cookie({"name": "__Host-qingdan", "value": browser.cookie, "path": "/", "secure": True})
    for path in ("/cases", CASE):
        chrome.get(base + path)
        chrome.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
        assert chrome.switch_to.active_element.text == "跳到正文"
        assert chrome.switch_to.active_element.value_of_css_property("outline-style") == "solid"
        unnamed = "return [...document.querySelectorAll('input:not([type=hidden]),select,textarea')]"
        assert chrome.execute_script(f"{unnamed}.filter(each => !each.labels.length).length") == 0
        levels = chrome.execute_script(
            "return [...document.querySelectorAll('h1,h2,h3')].map(each => +each.tagName[1])"
        )
        assert levels[0] == 1
        assert levels.count(1) == 1
