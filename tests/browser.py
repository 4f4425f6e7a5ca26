"""A browser that looks at pages as a person would: Debian's Chromium."""

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

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


def logged(chrome: Any, log: str) -> list[dict[str, Any]]:
    """What it has noted since it was asked last: `browser` or `performance`."""
    entries: list[dict[str, Any]] = chrome.get_log(log)
    return entries
