"""A browser that looks at pages as a person would: Debian's Chromium."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.processes import PATIENCE
from tests.services import missing

if TYPE_CHECKING:
    from selenium.webdriver import Chrome


@pytest.fixture(scope="module")
def chrome() -> "Iterator[Chrome]":
    """It notes what its console says and what it asks the network for."""
    from selenium.webdriver import Chrome, ChromeOptions  # takes a while, and few tests need it
    from selenium.webdriver.chrome.service import Service

    binary, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not binary or not driver:
        missing("no chromium with chromedriver on this machine")
    options = ChromeOptions()
    options.binary_location = binary
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.add_argument("--disable-background-networking")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = Chrome(options=options, service=Service(driver))
    yield browser
    browser.quit()


@contextmanager
def another_page(chrome: "Chrome") -> "Iterator[None]":
    """What is done here leads to another page, which is there in the end.

    Raises:
        TimeoutException: no other page comes.
    """
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.support.expected_conditions import staleness_of
    from selenium.webdriver.support.wait import WebDriverWait

    left = chrome.find_element("tag name", "html")
    yield
    # While one page gives way to another the driver has several errors for it.
    waiting = WebDriverWait(chrome, PATIENCE, poll_frequency=0.05, ignored_exceptions=[WebDriverException])
    waiting.until(staleness_of(left))
    waiting.until(lambda now: now.execute_script("return document.readyState") == "complete")


def logged(chrome: Any, log: str) -> list[dict[str, Any]]:
    """What it has noted since it was asked last: `browser` or `performance`."""
    entries: list[dict[str, Any]] = chrome.get_log(log)
    return entries
