"""Signatures, as the authors of Standard Webhooks verify them."""

import base64
import json
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from config.clock import now_in_china
from config.settings import SettingsError
from consumers.alert import AlertStage
from consumers.signature import PREFIX, Signer
from consumers.webhook import Webhook
from tests.consumers.receiving import receiving
from tests.consumers.test_alert import COMPOSE
from tests.factory import WEDNESDAY
from tests.recorded import add, violation

TOLERATED = timedelta(minutes=5)


def secret(byte: int, length: int = 32) -> str:
    return PREFIX + base64.b64encode(bytes([byte]) * length).decode()


OLD, NEW, OTHER = secret(1), secret(2), secret(3)


def signed(body: bytes, *secrets: str, at: datetime | None = None) -> Mapping[str, str]:
    return Signer(secrets, lambda: at or now_in_china(), setting="SECRETS").headers("2026-11-18-1", body)


def is_genuine(given_secret: str, body: bytes, headers: Mapping[str, str]) -> bool:
    try:
        Verifier(given_secret).verify(body, dict(headers), json_parse=False)
    except WebhookVerificationError:
        return False
    return True


@settings(max_examples=30)
@given(st.text(st.characters(codec="utf-8")))
def test_what_is_signed_is_genuine_and_what_was_changed_is_not(text: str) -> None:
    body = text.encode()
    headers = signed(body, NEW)
    assert is_genuine(NEW, body, headers)
    assert not is_genuine(NEW, body + b" ", headers)
    assert not is_genuine(NEW, body, {**headers, "webhook-id": "another"})
    assert not is_genuine(OTHER, body, headers)


def test_while_a_secret_is_replaced_both_verify() -> None:
    body = json.dumps({"a": "证"}).encode()
    headers = signed(body, NEW, OLD)
    assert len(headers["webhook-signature"].split()) == 2
    assert [is_genuine(each, body, headers) for each in (NEW, OLD, OTHER)] == [True, True, False]


@pytest.mark.parametrize("away", [-TOLERATED - timedelta(seconds=5), TOLERATED + timedelta(seconds=5)])
def test_what_is_sent_again_later_is_refused(away: timedelta) -> None:
    assert not is_genuine(NEW, b"{}", signed(b"{}", NEW, at=now_in_china() + away))


@pytest.mark.parametrize(
    "wrong", ["", "open-sesame", secret(1)[6:], secret(1, 23), secret(1, 65), f"{PREFIX}not base64", PREFIX]
)
def test_what_is_no_secret_is_refused_and_not_repeated(wrong: str) -> None:
    with pytest.raises(SettingsError, match="SECRETS") as refused:
        Signer([wrong], now_in_china, setting="SECRETS")
    assert wrong in {"", PREFIX} or wrong not in str(refused.value)


def test_an_alert_is_signed_as_it_is_sent(engine: Engine) -> None:
    add(engine, violation(1))
    signer = Signer([NEW, OLD], now_in_china, setting="SECRETS")
    with receiving() as receiver:
        webhook = Webhook(receiver.place, signer=signer)
        assert AlertStage(engine, COMPOSE, webhook).step(WEDNESDAY) == 1
        ((key, body),) = receiver.taken.items()
        (headers,) = receiver.headers
    assert headers["webhook-id"] == key
    assert is_genuine(OLD, body, headers)
