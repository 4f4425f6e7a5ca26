"""签收 by a link, from the letter in the mailbox to the page: looking signs nothing, signing works once."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from functools import partial

import pytest
from aiosmtpd.controller import Controller
from limits import RateLimitItemPerMinute
from selenium.webdriver import Chrome
from sqlalchemy import Engine

from config.casework import Given
from consumers.alert import AlertStage
from consumers.mail import MailServer
from reports.alerts.links import Links
from reports.console.app import console
from reports.console.gate import Desk
from reports.limits import Gate
from reports.sign_links import HOLDS
from store.casework import act, standing_of
from store.database import snapshot, transaction
from tests.accessibility import faults
from tests.browser import another_page
from tests.consumers.test_alert import COMPOSE
from tests.consumers.test_mail import Mailbox, free_port
from tests.crawlers.pushing import listening
from tests.factory import WEDNESDAY, Clock
from tests.recorded import add, violation
from tests.reports.console.browsing import Browser

KEY = bytes(range(32))
NUMBER = "QD-330100-2026-000001"
CONSOLE = "https://console.example"


def do(engine: Engine, name: str, by: str, **asked: str) -> None:
    with transaction(engine) as session:
        act(session, NUMBER, name, Given(by=by, why="原文确有此要求", asked=asked), WEDNESDAY)


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """A case that waits for the signature of Hangzhou."""
    add(engine, violation(1, division="330106", company="杭州的单位"))
    for name, by in (("confirm", "王初核"), ("approve", "李复核"), ("dispatch", "王初核")):
        do(engine, name, by)
    return engine


@pytest.fixture
def desk(desk: Desk) -> Desk:
    return replace(desk, sign_key=KEY)


@pytest.fixture
def link(engine: Engine) -> str:
    """The path of the link in the letter that the bureau was mailed."""
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        say = partial(COMPOSE, links=Links(CONSOLE, KEY))
        AlertStage(engine, say, MailServer(f"smtp://127.0.0.1:{server.port}")).step(WEDNESDAY)
    finally:
        server.stop()
    (envelope,) = box.envelopes
    assert isinstance(envelope.content, bytes)
    letter = message_from_bytes(envelope.content, policy=default)
    bodies = [part.get_content() for sort in ("plain", "html") if (part := letter.get_body((sort,)))]
    found: set[str] = {each for body in bodies for each in re.findall(rf"{CONSOLE}(/sign/[\w.-]+)", body)}
    assert len(found) == 1, "the same in text and HTML"
    return found.pop()


def status(engine: Engine) -> str:
    with snapshot(engine) as session:
        found: str = standing_of(session, NUMBER).status
        return found


def test_looking_signs_nothing_and_signing_signs_once(
    engine: Engine, base: str, link: str, clock: Clock
) -> None:
    pages = [Browser(base).get(link) for _ in range(2)]
    for page in pages:
        assert (page.status, status(engine)) == (200, "dispatched")
    page = pages[0]
    assert "杭州市人力资源和社会保障局" in page.words
    assert "签收期限2026-11-20" in page.words.replace(" ", "")
    assert "杭州的单位" not in page.text, "the page says no more than is needed to sign"
    browser = Browser(base)
    browser.get(link)
    signed = browser.post(link)
    moment = f"{clock():%Y-%m-%d %H:%M}"
    assert (signed.status, status(engine)) == (200, "signed")
    assert f"于 {moment} 签收" in signed.words
    clock.now += timedelta(days=30)
    for later in (browser.post(link), Browser(base).get(link)):
        assert (later.status, f"于 {moment} 签收" in later.words, "确认签收" in later.words) == (
            200,
            True,
            False,
        )


def test_a_form_from_elsewhere_signs_nothing(engine: Engine, base: str, link: str) -> None:
    assert Browser(base).post(link).status == 403
    browser = Browser(base)
    browser.get(link)
    assert browser.post(link, token="0" * 64).status == 403
    assert status(engine) == "dispatched"


@pytest.mark.parametrize(
    "change",
    [
        lambda link: link[:-1] + "AB"[link.endswith("A")],
        lambda link: link.replace(".330100.", ".330200."),
        lambda _: "/sign/x",
    ],
)
def test_a_link_that_was_tampered_with_is_no_page(
    engine: Engine, base: str, link: str, change: Callable[[str], str]
) -> None:
    browser = Browser(base)
    browser.get(link)
    assert browser.get(change(link)).status == 404
    assert browser.post(change(link)).status == 404
    assert status(engine) == "dispatched"


def test_an_expired_link_says_so_and_signs_nothing(
    engine: Engine, base: str, link: str, clock: Clock
) -> None:
    browser = Browser(base)
    clock.now = WEDNESDAY + HOLDS
    assert browser.get(link).status == 200
    clock.now += timedelta(seconds=1)
    for answer in (browser.get(link), browser.post(link)):
        assert (answer.status, "已经过期" in answer.words) == (410, True)
    assert status(engine) == "dispatched"


def test_the_link_of_a_bureau_that_handed_the_case_over_signs_nothing(
    engine: Engine, base: str, link: str
) -> None:
    browser = Browser(base)
    browser.get(link)
    do(engine, "hand_over", "张承办", bureau="330200")
    for answer in (browser.post(link), browser.get(link)):
        assert (answer.status, "已经移交" in answer.words) == (409, True)
    assert status(engine) == "dispatched"


def test_a_console_without_a_key_has_no_such_page(desk: Desk, base: str, link: str) -> None:
    with listening(console(replace(desk, sign_key=b""))) as off:
        assert Browser(off).get(link).status == 404
    assert Browser(base).get(link).status == 200


def test_every_state_of_the_page_is_accessible(
    chrome: Chrome, engine: Engine, base: str, link: str, clock: Clock
) -> None:
    chrome.get(base + link)
    assert chrome.find_element("css selector", "main form button").is_displayed()
    assert list(faults(chrome)) == []
    clock.now = WEDNESDAY + HOLDS + timedelta(seconds=1)
    chrome.get(base + link)
    assert "已经过期" in chrome.page_source
    assert list(faults(chrome)) == []
    clock.now = WEDNESDAY
    chrome.get(base + link)
    with another_page(chrome):
        chrome.find_element("css selector", "main form button").click()
    assert status(engine) == "signed"
    assert list(faults(chrome)) == []
    chrome.get(f"{base}/sign/x")
    assert list(faults(chrome)) == []


def test_the_page_of_a_case_that_was_handed_over_is_accessible(
    chrome: Chrome, engine: Engine, base: str, link: str
) -> None:
    do(engine, "hand_over", "张承办", bureau="330200")
    chrome.get(base + link)
    assert "已经移交" in chrome.page_source
    assert list(faults(chrome)) == []


class TestGuessing:
    @pytest.fixture
    def gate(self) -> Gate:
        return Gate({"stranger": (RateLimitItemPerMinute(2),)})

    def test_who_guesses_is_soon_told_to_wait(self, base: str) -> None:
        browser = Browser(base)
        assert [browser.get(f"/sign/{guess}").status for guess in "abc"] == [404, 404, 429]
