"""Dead letters on the console: what died, and what an administrator does about it."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from consumers.letters import letter_for
from events.log import Log, Message, Record
from events.topics import COLLECTED, DEAD
from events.types import DeadLetter, DecodeError
from reports.console.words import REFUSALS
from store.database import snapshot, transaction
from store.dead_letters import PAGE, note_letters
from store.outbox import Waiting
from store.stage_models import DeadLetterAction, OutboxMessage
from tests.factory import WEDNESDAY
from tests.reports.console.browsing import Browser
from tests.reports.console.conftest import LogIn

PAYLOAD = b"<img src=x onerror=alert(1)>\x1b\xff"


def died(number: int, *, value: bytes = PAYLOAD) -> DeadLetter:
    at = WEDNESDAY + timedelta(minutes=number)
    record = Record(COLLECTED, 0, number, b"key", value, at)
    return letter_for(record, "check", DecodeError(f"bad {number}"), now=at)


@pytest.fixture
def letter(engine: Engine, log: Log) -> DeadLetter:
    """One that its stage has entered and written."""
    found = died(1)
    with transaction(engine) as session:
        note_letters(session, [(found, "board")])
    log.producer().publish([Message(DEAD, found.key, found.encode())])
    return found


@pytest.fixture
def browser(log_in: LogIn) -> Browser:
    return log_in("周管理", "admin")


def done(engine: Engine) -> tuple[list[tuple[str, str, str]], list[Waiting]]:
    """What was done about letters, and what is to be published."""
    with snapshot(engine) as session:
        actions = [(each.action, each.actor, each.why) for each in session.scalars(select(DeadLetterAction))]
        waiting = [
            Waiting(each.topic, each.key, each.value) for each in session.scalars(select(OutboxMessage))
        ]
        return actions, waiting


def test_a_letter_is_listed_and_shown_with_its_bytes_as_text(browser: Browser, letter: DeadLetter) -> None:
    assert "check board DecodeError: bad 1 未处理" in browser.get("/dead").words
    page = browser.get(f"/dead/{letter.event_id}")
    assert f"{COLLECTED}[0]@1" in page.words
    assert "<img src=x onerror=alert(1)>[U+001B]\\xff" in page.words
    assert "<img" not in page.text


def test_a_letter_is_replayed_once_byte_for_byte(
    browser: Browser, engine: Engine, letter: DeadLetter
) -> None:
    page = f"/dead/{letter.event_id}"
    for why in ("已改正", "再来一次"):
        assert browser.post(f"{page}/replay", why=why).place == page
    assert done(engine) == ([("replayed", "周管理", "已改正")], [Waiting(COLLECTED, b"key", PAYLOAD)])
    assert "周管理 重新处理：已改正" in browser.get(page).words
    assert "没有符合条件的死信" in browser.get("/dead").words
    assert "重新处理（周管理" in browser.get("/dead?view=settled").words


def test_a_letter_is_dropped_with_a_reason(browser: Browser, engine: Engine, letter: DeadLetter) -> None:
    page = f"/dead/{letter.event_id}"
    refused = browser.post(f"{page}/drop", why=" ")
    assert (refused.status, REFUSALS["why"] in refused.words) == (409, True)
    assert done(engine) == ([], [])
    assert browser.post(f"{page}/drop", why="测试数据").place == page
    assert done(engine) == ([("dropped", "周管理", "测试数据")], [])


def test_what_the_log_has_no_more_is_not_replayed(browser: Browser, engine: Engine) -> None:
    lost = died(2)
    with transaction(engine) as session:
        note_letters(session, [(lost, "")])
    assert "原文现在读不到" in browser.get(f"/dead/{lost.event_id}").words
    assert browser.post(f"/dead/{lost.event_id}/replay", why="已改正").status == 409
    assert done(engine) == ([], [])


def test_what_is_no_letter_or_deed_is_not_found(browser: Browser, letter: DeadLetter) -> None:
    assert browser.get("/dead/none").status == 404
    assert browser.post("/dead/none/drop", why="无").status == 404
    assert browser.post(f"/dead/{letter.event_id}/burn", why="无").status == 404


def test_letters_are_filtered_and_paged(browser: Browser, engine: Engine) -> None:
    with transaction(engine) as session:
        note_letters(session, [(died(number), f"board-{number % 2}") for number in range(2 * PAGE + 4)])
    first = browser.get("/dead?source=board-1&stage=check")
    link = first.text.split('class="next"><a href="')[1].split('"')[0].replace("&amp;", "&")
    second = browser.get(link)
    assert "source=board-1" in link
    assert [page.text.count('<th scope="row">') for page in (first, second)] == [PAGE, 2]
    assert f"bad {2 * PAGE + 3} " in first.words
    assert "board-0" not in first.words
    assert "没有符合条件的死信" in browser.get("/dead?stage=record").words
