"""Every link and form of every page leads somewhere for whoever sees it, and never out of their area."""

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import html
from starlette.routing import compile_path

from reports.console.app import PAGES
from reports.console.gate import LOGIN
from store.accounts import ROLES
from tests.reports.console.browsing import Answer, Browser
from tests.reports.console.conftest import LogIn
from tests.reports.console.test_jurisdiction import engine, leaks

__all__ = ["engine"]
LEFT_ALONE = {"/console.css"}
FORMS = [(compile_path(page.path)[0], page.roles) for page in PAGES if page.method == "POST"]


def attributes(answer: Answer, tag: str, name: str, **where: str) -> Iterator[str]:
    """What the elements of a page say in one of their attributes, given what they say in others."""
    for element in html.fromstring(answer.text).iter(tag):
        if all(element.get(other) == value for other, value in where.items()):
            yield element.get(name) or ""


def links(answer: Answer, at: str) -> Iterator[str]:
    """Where the links of a page lead within the console, and its forms when nothing is filled in."""
    for target in (*attributes(answer, "a", "href"), *attributes(answer, "form", "action", method="get")):
        address = urljoin(at, target)
        if not urlsplit(address).netloc:
            yield address.partition("#")[0]


def is_for(action: str, role: str) -> bool:
    """Is there a page that takes a form with this address from this role?"""
    address = urlsplit(action).path
    return any(path.match(address) and (not roles or role in roles) for path, roles in FORMS)


def followed(browser: Browser, address: str) -> Answer:
    answer = browser.get(address)
    return browser.get(answer.place) if answer.status == 303 else answer


def read_through(browser: Browser) -> Iterator[tuple[str, Answer]]:
    """Every page that can be reached from the first, each once."""
    waiting, known = ["/"], {"/", *LEFT_ALONE}
    while waiting:
        address = waiting.pop()
        answer = followed(browser, address)
        yield address, answer
        new = set(links(answer, address)) - known
        known |= new
        waiting += sorted(new)


@pytest.mark.parametrize("area", ["330100", "000000"])
@pytest.mark.parametrize("role", ROLES)
def test_no_link_is_dead_or_leads_sideways(log_in: LogIn, role: str, area: str) -> None:
    reached = set()
    for address, answer in read_through(log_in(role=role, bureau=area)):
        assert answer.status == 200, address
        assert list(leaks(answer, area)) == [], address
        actions = attributes(answer, "form", "action", method="post")
        assert [action for action in actions if not is_for(action, role)] == [], address
        reached.add(urlsplit(address).path)
    # What nothing leads to is found by nobody.
    unreached = {
        page.path
        for page in PAGES
        if page.method == "GET" and role in page.roles and (area == "000000" or not page.nationwide)
        if not any(compile_path(page.path)[0].match(path) for path in reached)
    }
    assert unreached == set()
    assert LOGIN not in reached
