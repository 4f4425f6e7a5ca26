"""Chat groups are told through robots that fail in every way, also with an answer of 200."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import Engine
from structlog.testing import capture_logs

from config.packs import in_use
from config.settings import SettingsError
from consumers.alert import AlertStage
from consumers.robots import Robots, RobotStage, robots_of
from reports.alerts.brief import brief
from reports.alerts.links import Links
from store.database import snapshot
from store.deliveries import FIRST_PAUSE, LETTERS, MAX_ATTEMPTS, ledger
from tests.consumers.receiving import INSIDE, Handler, Receiver, fail, hang_up, receiving
from tests.consumers.test_alert import COMPOSE, Broken
from tests.factory import WEDNESDAY
from tests.recorded import add, change_case, violation

BEIJING, SHENZHEN = "110000", "440300"
SECRET = "open-sesame"
TAKEN = {"wecom": {"errcode": 0, "errmsg": "ok"}, "dingtalk": {"errcode": 0}, "feishu": {"code": 0}}
REFUSED = {
    "wecom": {"errcode": 93000, "errmsg": "invalid webhook url"},
    "dingtalk": {"errcode": 310000, "errmsg": "sign not match"},
    "feishu": {"code": 19021, "msg": "sign match fail"},
}
SAY = partial(brief, packs=in_use(), links=Links("https://console.example"))


@pytest.fixture
def receivers() -> Iterator[dict[str, Receiver]]:
    with ExitStack() as closing:
        found = {sort: closing.enter_context(receiving()) for sort in TAKEN}
        for sort, receiver in found.items():
            receiver.answer = json.dumps(TAKEN[sort]).encode()
        yield found


def robots(receivers: dict[str, Receiver], *, bureau: str = BEIJING, secret: str = "") -> Robots:
    places = {sort: {"url": each.url, "secret": secret} for sort, each in receivers.items()}
    return robots_of(json.dumps({bureau: places}), lambda: WEDNESDAY, inside=INSIDE)


@pytest.fixture
def stage(engine: Engine, receivers: dict[str, Receiver]) -> RobotStage:
    return RobotStage(engine, robots(receivers), SAY)


@pytest.fixture(autouse=True)
def _letters(engine: Engine) -> None:
    """One for Beijing, which the mail server did not take, and one for Shenzhen."""
    add(engine, violation(1, division="110105", company="北京的单位"))
    add(engine, violation(2, division="440305", company="深圳的单位"))
    with capture_logs():
        AlertStage(engine, COMPOSE, Broken(BEIJING)).step(WEDNESDAY)


def said(receiver: Receiver) -> list[str]:
    """The text of what a robot took."""
    messages = [json.loads(body) for body in receiver.taken.values()]
    return [
        str((each.get("text") or each["content"]).get("content") or each["content"]["text"])
        for each in messages
    ]


def fates(engine: Engine) -> dict[str, tuple[str, int]]:
    with snapshot(engine) as session:
        return {d.kind: (d.status, d.attempts) for d, _, _ in ledger(session) if d.kind not in LETTERS}


def test_each_robot_of_a_bureau_tells_each_letter_once(
    engine: Engine, receivers: dict[str, Receiver], stage: RobotStage
) -> None:
    assert stage.step(WEDNESDAY) == 3
    assert stage.step(WEDNESDAY + timedelta(hours=1)) == 0
    for receiver in receivers.values():
        (text,) = said(receiver)
        assert "【疑似线索待初核】北京市 1 件（2026-11-18）" in text
        assert "北京的单位" in text
        assert "深圳" not in text
    assert fates(engine) == dict.fromkeys(TAKEN, ("sent", 1))


def test_what_the_robots_expect(receivers: dict[str, Receiver], stage: RobotStage) -> None:
    stage.step(WEDNESDAY)
    shapes: dict[str, Any] = {}
    for sort, receiver in receivers.items():
        (body,) = receiver.taken.values()
        shapes[sort] = {
            key: sorted(found) if isinstance(found, dict) else found
            for key, found in json.loads(body).items()
        }
    plain = {"msgtype": "text", "text": ["content"]}
    assert shapes == {"wecom": plain, "dingtalk": plain, "feishu": {"msg_type": "text", "content": ["text"]}}


def test_messages_are_signed_where_a_robot_demands_it(engine: Engine, receivers: dict[str, Receiver]) -> None:
    signed = {sort: receivers[sort] for sort in ("dingtalk", "feishu")}
    assert RobotStage(engine, robots(signed, secret=SECRET), SAY).step(WEDNESDAY) == 2
    asked = parse_qs(urlsplit(receivers["dingtalk"].paths[0]).query)
    moment = str(int(WEDNESDAY.timestamp() * 1000))
    assert asked == {
        "county": ["1"],
        "timestamp": [moment],
        "sign": [signature(SECRET, f"{moment}\n{SECRET}")],
    }
    message = json.loads(next(iter(receivers["feishu"].taken.values())))
    seconds = str(int(WEDNESDAY.timestamp()))
    assert (message["timestamp"], message["sign"]) == (seconds, signature(f"{seconds}\n{SECRET}", ""))


def signature(key: str, words: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), words.encode(), hashlib.sha256).digest()).decode()


@pytest.mark.parametrize("sort", TAKEN)
def test_a_refusal_in_an_answer_of_200_is_no_success(
    engine: Engine, receivers: dict[str, Receiver], stage: RobotStage, sort: str
) -> None:
    receivers[sort].answer = json.dumps(REFUSED[sort]).encode()
    with capture_logs() as logs:
        assert stage.step(WEDNESDAY) == 2
    (line,) = [line for line in logs if line["log_level"] == "warning"]
    assert line["error"] in {
        "127.0.0.1: errcode 93000 invalid webhook url",
        "127.0.0.1: errcode 310000 sign not match",
        "127.0.0.1: code 19021 sign match fail",
    }
    assert fates(engine)[sort] == ("pending", 1)
    receivers[sort].answer = json.dumps(TAKEN[sort]).encode()
    assert stage.step(WEDNESDAY + FIRST_PAUSE) == 1
    assert fates(engine)[sort] == ("sent", 2)


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b"{}", b'{"errcode": "0"}', b'{"errcode": null}'])
def test_an_answer_that_says_nothing_is_no_success(
    engine: Engine, receivers: dict[str, Receiver], answer: bytes
) -> None:
    receivers["wecom"].answer = answer
    with capture_logs():
        assert RobotStage(engine, robots({"wecom": receivers["wecom"]}), SAY).step(WEDNESDAY) == 0
    assert fates(engine) == {"wecom": ("pending", 1)}


@pytest.mark.parametrize("behave", [fail, hang_up])
def test_a_robot_that_fails_keeps_no_other_waiting_and_is_dead_in_the_end(
    engine: Engine, receivers: dict[str, Receiver], stage: RobotStage, behave: Callable[[Handler], None]
) -> None:
    receivers["wecom"].behave = behave
    with capture_logs():
        told = [stage.step(WEDNESDAY + timedelta(minutes=minute)) for minute in range(64)]
    assert sum(told) == told[0] == 2
    assert fates(engine) == {"wecom": ("dead", MAX_ATTEMPTS), "dingtalk": ("sent", 1), "feishu": ("sent", 1)}
    assert len(receivers["wecom"].asked) == MAX_ATTEMPTS


def test_what_does_not_hold_any_more_is_not_told(engine: Engine, stage: RobotStage) -> None:
    change_case(engine, violation(1, division="110105", company="北京的单位"), status="false_alarm")
    with capture_logs():
        assert stage.step(WEDNESDAY) == 0
    assert fates(engine) == dict.fromkeys(TAKEN, ("skipped", 0))


def test_old_letters_are_not_told_to_a_new_robot(engine: Engine, stage: RobotStage) -> None:
    assert stage.step(WEDNESDAY + timedelta(days=1, seconds=1)) == 0
    assert fates(engine) == {}


def test_without_robots_nothing_is_planned(engine: Engine) -> None:
    assert RobotStage(engine, {}, SAY).step(WEDNESDAY) == 0
    assert fates(engine) == {}


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("[]", "QINGDAN_ALERT_ROBOTS"),
        ('{"999999": {}}', "999999"),
        ('{"110000": {"telegram": {"url": "https://host/open-sesame"}}}', "telegram"),
        ('{"110000": {"wecom": {"url": "http://host/open-sesame"}}}', "QINGDAN_INSIDE_HOSTS"),
        ('{"110000": {"wecom": {"key": "open-sesame"}}}', "url"),
    ],
)
def test_what_is_wrong_with_the_setting_is_told_without_its_secrets(written: str, named: str) -> None:
    with pytest.raises(SettingsError, match="QINGDAN_ALERT_ROBOTS") as refused:
        robots_of(written, lambda: WEDNESDAY, inside=INSIDE)
    assert named in str(refused.value)
    assert SECRET not in str(refused.value)
