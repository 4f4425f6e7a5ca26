"""What axe-core finds wrong with a page for people who see badly, use no mouse, or have it read to them."""

from collections.abc import Iterator
from importlib.resources import files
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

WIDTHS: Final = (1366, 500)
"""Pixels of a screen in an office, and of the narrowest window that Chromium opens."""
_RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")
"""The criteria of WCAG 2.1 of the levels A and AA."""
_AXE: Final = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
_RUN: Final = """
const [rules, done] = arguments;
axe.run(document, {runOnly: {type: "tag", values: rules}}).then(found => done(
    found.violations.flatMap(each => each.nodes.map(node => `${each.id}: ${node.html}`))));
"""


def faults(chrome: "Chrome") -> Iterator[str]:
    """What is wrong with the page that is open, at every width, with all that folds unfolded."""
    chrome.execute_script("document.querySelectorAll('details').forEach(each => { each.open = true })")
    chrome.execute_script(_AXE)
    for width in WIDTHS:
        chrome.set_window_size(width, 900)
        for fault in chrome.execute_async_script(_RUN, _RULES):
            yield f"{width}: {fault}"
        if chrome.execute_script("return document.documentElement.scrollWidth > window.innerWidth"):
            yield f"{width}: the page has to be scrolled sideways"
