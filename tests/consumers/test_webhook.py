"""Alerts to a receiver over HTTP that fails in every way: in the end it has each message once."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email import message_from_bytes

import pytest
from sqlalchemy import Engine
from structlog.testing import capture_logs

from consumers.alert import FAILURES, REST, STEP_SECONDS, AlertStage
from consumers.webhook import Webhook
from store.database import snapshot
from store.deliveries import ledger
from tests.consumers.receiving import (
    SECONDS,
    Handler,
    Receiver,
    accept,
    ask_for_patience,
    drip,
    fail,
    hang_up,
    receiving,
    take_and_hang_up,
    take_and_say_nothing,
)
from tests.consumers.test_alert import COMPOSE
from tests.factory import WEDNESDAY
from tests.recorded import add, violation

BUREAUS = ("110105", "440305", "310115", "510104", "420106")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def alerts(engine: Engine, receiver: Receiver) -> AlertStage:
    webhook = Webhook(receiver.place, token="open-sesame", seconds=SECONDS)
    return AlertStage(engine, COMPOSE, webhook)


def statuses(engine: Engine) -> list[tuple[str, int]]:
    with snapshot(engine) as session:
        return [(delivery.status, delivery.attempts) for delivery, _, _ in ledger(session)]


def accuse(engine: Engine, count: int) -> None:
    """One message for each of so many bureaus."""
    add(engine, *(violation(n, division=code, company=f"公司{n}") for n, code in enumerate(BUREAUS[:count])))


def test_a_message_arrives_whole_under_its_key(
    engine: Engine, receiver: Receiver, alerts: AlertStage, now: datetime
) -> None:
    accuse(engine, 1)
    assert alerts.step(now) == 1
    ((key, body),) = receiver.taken.items()
    assert key.startswith("2026-11-18-110000-")
    assert "<rsj-110000@bureaus.example>" in str(message_from_bytes(body)["To"])
    assert receiver.authorizations == {"Bearer open-sesame"}
    with snapshot(engine) as session:
        ((delivery, _, _),) = ledger(session)
        assert (delivery.status, delivery.place) == ("sent", f"127.0.0.1 {key}")


@pytest.mark.parametrize(
    ("behave", "error"),
    [
        (fail, "answered 500"),
        (ask_for_patience, "answered 429"),
        (hang_up, "RemoteDisconnected"),
        (take_and_hang_up, "RemoteDisconnected"),
        (take_and_say_nothing, "no answer within 0.5 s"),
        (drip, "no answer within 0.5 s"),
    ],
)
def test_a_receiver_that_fails_has_each_message_once_in_the_end(
    behave: Callable[[Handler], None], error: str, engine: Engine, receiver: Receiver, alerts: AlertStage
) -> None:
    now = WEDNESDAY
    accuse(engine, 2)
    receiver.behave = behave
    started = time.monotonic()
    with capture_logs() as logs:
        assert alerts.step(now) == 0
    assert time.monotonic() - started < 2 * 5 * SECONDS, "a drip would take many times as long"
    assert all(error in line["error"] for line in logs)
    assert statuses(engine) == [("pending", 1)] * 2
    assert alerts.step(now) == 0, "not before its time"
    receiver.behave = accept
    assert alerts.step(now + timedelta(minutes=1)) == 2
    assert statuses(engine) == [("sent", 2)] * 2
    assert len(receiver.taken) == 2
    assert sorted(receiver.asked) == sorted(2 * list(receiver.taken)), "the same keys again"


def test_a_redirection_is_refused(
    engine: Engine, receiver: Receiver, alerts: AlertStage, now: datetime
) -> None:
    accuse(engine, 1)
    with receiving() as inner:
        receiver.behave = lambda handler: handler.answer(307, Location=inner.url)
        with capture_logs() as logs:
            assert alerts.step(now) == 0
        assert inner.asked == []
    assert logs[0]["error"] == "127.0.0.1 answered 307: redirections are not followed"


def test_a_receiver_that_is_gone_is_not_asked_again(
    engine: Engine, receiver: Receiver, alerts: AlertStage, now: datetime
) -> None:
    accuse(engine, 1)
    receiver.behave = lambda handler: handler.answer(410)
    with capture_logs():
        assert alerts.step(now) == 0
    assert statuses(engine) == [("dead", 0)]
    assert alerts.step(now + timedelta(days=1)) == 0
    assert len(receiver.asked) == 1


def test_a_receiver_that_is_down_is_left_alone_for_a_while(
    engine: Engine, receiver: Receiver, alerts: AlertStage, now: datetime
) -> None:
    accuse(engine, 5)
    receiver.behave = fail
    assert alerts.step(now) == 0
    assert len(receiver.asked) == FAILURES
    assert sorted(statuses(engine)) == [("pending", 0)] * 2 + [("pending", 1)] * 3
    assert alerts.step(now + REST / 2) == 0
    assert len(receiver.asked) == FAILURES
    receiver.behave = accept
    assert alerts.step(now + REST) == 5
    assert len(receiver.taken) == 5


def test_a_slow_receiver_does_not_keep_the_other_stages_waiting(
    engine: Engine, receiver: Receiver, now: datetime
) -> None:
    accuse(engine, 5)
    passed = 0.0

    def slowly(handler: Handler) -> None:
        nonlocal passed
        passed += STEP_SECONDS * 0.6
        accept(handler)

    receiver.behave = slowly
    webhook = Webhook(receiver.place)
    alerts = AlertStage(engine, COMPOSE, webhook, seconds=lambda: passed)
    assert [alerts.step(now) for _ in range(4)] == [2, 2, 1, 0]
    assert len(receiver.asked) == len(receiver.taken) == 5
