"""A person who works a browser by its keyboard alone, and goes by what a screen reader would say."""

from typing import TYPE_CHECKING, Final

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from tests.processes import PATIENCE

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

_MOST: Final = 80
"""Stops of the Tab key on the way to anything."""


class Keyboard:
    def __init__(self, chrome: "Chrome") -> None:
        self._chrome = chrome

    def press(self, *keys: str) -> None:
        ActionChains(self._chrome).send_keys(*keys).perform()

    def reach(self, name: str, *tags: str) -> None:
        """Press Tab until what has the focus is one of these elements and called `name`.

        Raises:
            LookupError: it is not on the way, so nobody reaches it without a mouse.
        """
        passed = []
        for _ in range(_MOST):
            self.press(Keys.TAB)
            focused = self._chrome.switch_to.active_element
            passed.append(focused.accessible_name)
            if passed[-1] == name and focused.tag_name in tags:
                return
        raise LookupError(f"no way to {name!r}, only to {passed}")

    def write(self, name: str, text: str) -> None:
        """Fill in the next field that is called `name`."""
        self.reach(name, "input", "textarea", "select")
        self.press(text)

    def activate(self, name: str) -> None:
        """Follow the next link, press the next button or unfold the next section that is called `name`."""
        self.reach(name, "a", "button", "summary")
        self.press(Keys.ENTER)

    def sees(self, words: str) -> None:
        """Wait until these words are on the page, which may be on its way.

        Raises:
            TimeoutException: they are not to be seen.
        """
        # While one page gives way to another the driver has several errors for it.
        waiting = WebDriverWait(self._chrome, PATIENCE, ignored_exceptions=[WebDriverException])
        waiting.until(lambda chrome: words in chrome.find_element(By.TAG_NAME, "body").text, words)
