"""The stage that tells bureaus' chat groups what letters there are, through 企业微信, 钉钉 and 飞书.

A robot answers 200 also where it refused a message, and says why in the body. It knows no keys: a message
whose answer was lost is told again.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote_plus

from pydantic import BaseModel, ConfigDict, SecretStr
from sqlalchemy import Engine

from consumers.alert import NOTHING_LEFT, STEP_SECONDS
from consumers.channel import ChannelUnavailable, attempt, close
from consumers.receiver import by_bureau, receiver_at
from consumers.webhook import Webhook
from store.database import snapshot, transaction
from store.deliveries import FIRST_PAUSE, SKIPPED, delivery_key, pending
from store.models import Delivery
from store.news import News, news_of
from store.robots import Sort, plan_robots

SETTING: Final = "QINGDAN_ALERT_ROBOTS"
_ANSWER_BYTES: Final = 1 << 14

Brief = Callable[[News, int], str]
"""What a delivery says, in so many bytes; raises `Unsendable` where none may be told."""


@dataclass(frozen=True, slots=True)
class _Manner:
    """How robots of one sort are spoken to."""

    budget: int
    """Bytes of text in one message."""
    code: str
    """What of an answer is 0 where the message was taken."""
    words: Callable[[str], dict[str, Any]]


def _text(words: str) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": words}}


# 企业微信 takes 2,048 bytes of text; the others 20,000 bytes of message, of which some are not text.
_MANNERS: Final[Mapping[Sort, _Manner]] = {
    "wecom": _Manner(2048, "errcode", _text),
    "dingtalk": _Manner(18_000, "errcode", _text),
    "feishu": _Manner(18_000, "code", lambda words: {"msg_type": "text", "content": {"text": words}}),
}


class _Place(BaseModel):
    model_config = ConfigDict(extra="forbid")

    url: str
    secret: SecretStr = SecretStr("")
    """With which messages are signed, where the robot was set up so (加签、签名校验)."""


class Robot:
    """One robot of one group."""

    def __init__(
        self, sort: Sort, place: _Place, clock: Callable[[], datetime], *, inside: Collection[str]
    ) -> None:
        """`inside` are hosts that may lie in the house.

        Raises:
            SettingsError: the address may not be posted to.
        """
        self._sort, self._place, self._clock, self._inside = sort, place, clock, inside
        self._receiver = receiver_at(place.url, setting=SETTING, inside=inside)

    @property
    def budget(self) -> int:
        return _MANNERS[self._sort].budget

    def tell(self, key: str, words: str) -> str:
        """Hand over `words`, and return the place they went to.

        Raises:
            ChannelUnavailable: they were not taken, or nobody knows whether they were.
            Unsendable: the robot is gone.
        """
        manner = _MANNERS[self._sort]
        signed, message = self._signed(manner.words(words))
        body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
        webhook = Webhook(receiver_at(self._place.url + signed, setting=SETTING, inside=self._inside))
        answer = webhook.post(key, body, "application/json; charset=utf-8", answer_bytes=_ANSWER_BYTES)
        if problem := _problem(answer, manner.code):
            raise ChannelUnavailable(f"{self._receiver.host}: {problem}")
        return webhook.place(key)

    def _signed(self, message: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """What a signature adds to the address, and the message with it; neither without a secret."""
        secret = self._place.secret.get_secret_value()
        if not secret:
            return "", message
        now = self._clock().timestamp()
        if self._sort == "dingtalk":
            moment = str(int(now * 1000))
            signature = _signature(secret, f"{moment}\n{secret}")
            return f"&timestamp={moment}&sign={quote_plus(signature)}", message
        moment = str(int(now))
        return "", message | {"timestamp": moment, "sign": _signature(f"{moment}\n{secret}", "")}


def _signature(key: str, signed: str) -> str:
    return base64.b64encode(hmac.digest(key.encode(), signed.encode(), hashlib.sha256)).decode()


def _problem(answer: bytes, code: str) -> str:
    """Why a robot did not take a message; empty where it did."""
    try:
        said = json.loads(answer)
    except ValueError:
        return "the answer is no JSON"
    if not isinstance(said, dict) or code not in said:
        return f"the answer says no {code}"
    words = str(said.get("errmsg") or said.get("msg") or "")
    return "" if said[code] == 0 else f"{code} {said[code]} {' '.join(words.split())[:200]}"


Robots = Mapping[tuple[str, str], Robot]
"""By bureau and sort."""


def robots_of(written: str, clock: Callable[[], datetime], *, inside: Collection[str]) -> Robots:
    """By bureau and sort, as the setting names them; `inside` are hosts that may lie in the house.

    Raises:
        SettingsError: the setting is no such object, or names no bureau, sort or address.
    """
    places = by_bureau(written, dict[Sort, _Place], setting=SETTING)
    return {
        (bureau, sort): Robot(sort, place, clock, inside=inside)
        for bureau, robots in places.items()
        for sort, place in robots.items()
    }


class RobotStage:
    """One step plans what is new, then tells what is due to each robot."""

    def __init__(
        self,
        engine: Engine,
        robots: Robots,
        brief: Brief,
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._robots = robots
        self._brief = brief
        self._seconds = seconds
        self._rest_until: dict[tuple[str, str], datetime] = {}

    def step(self, now: datetime) -> int:
        """Plan and tell what is due at `now`; returns how many messages were taken."""
        if not self._robots:
            return 0
        with transaction(self._engine) as session:
            plan_robots(session, self._robots, now)
        with snapshot(self._engine) as session:
            waiting = pending(session, kinds=_MANNERS, due_by=now)
        end = self._seconds() + STEP_SECONDS
        told = 0
        for delivery in waiting:
            if self._seconds() > end:
                break
            told += self._tell(delivery, now)
        return told

    def _tell(self, delivery: Delivery, now: datetime) -> bool:
        """Tell one robot one thing, unless it did not take one a moment ago; whether it took it."""
        which = delivery.bureau, delivery.kind
        if which not in self._robots or now < self._rest_until.get(which, now):
            return False
        with snapshot(self._engine) as session:
            news = news_of(session, delivery.content_id)
        if not news.total:
            close(self._engine, delivery.id, SKIPPED, NOTHING_LEFT)
            return False
        robot, key = self._robots[which], delivery_key(delivery)
        try:
            return attempt(
                self._engine, delivery.id, lambda: robot.tell(key, self._brief(news, robot.budget)), now
            )
        except ChannelUnavailable:
            self._rest_until[which] = now + FIRST_PAUSE
            return False
