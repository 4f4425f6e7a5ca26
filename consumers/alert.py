"""The alert stage: plans what the bureaus have to be told, and sends it through a channel.

The ledger's row is committed before the channel is called, and its outcome after. A crash in between sends
the message again under the same key, and a channel puts one key into one place.
"""

import math
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Final

import structlog
from sqlalchemy import Engine

from consumers.channel import Channel, ChannelUnavailable, attempt, close
from store.database import snapshot, transaction
from store.deliveries import SKIPPED, delivery_key, pending
from store.news import News, last_look
from store.planning import anything_new, plan

logger = structlog.get_logger()

STEP_SECONDS: Final = 10.0
"""No further message is begun in a step that has taken so long: the other stages want their turn."""
FAILURES: Final = 3
"""After so many in a row the channel counts as down, and is left alone for a while."""
REST: Final = timedelta(minutes=1)
NOTHING_LEFT: Final = "nothing in it holds any more"

Compose = Callable[[News], EmailMessage]
"""Turns what a delivery says into a message; raises `Unsendable` where none may be made of it."""


class AlertStage:
    """One step plans everything new, then sends every delivery that is due, each in its own transaction."""

    def __init__(
        self,
        engine: Engine,
        compose: Compose,
        channel: Channel,
        *,
        daily_from: int | None = None,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """With `daily_from`, an hour, bureaus get what is not urgent once a day (`store.planning.plan`)."""
        self._engine = engine
        self._compose = compose
        self._channel = channel
        self._daily_from = daily_from
        self._seconds = seconds
        self._down_at: datetime | None = None

    def step(self, now: datetime, *, ignore_pauses: bool = False) -> int:
        """Plan and send what is due at `now`; returns how many messages the channel took.

        With `ignore_pauses`, what waits for the daily letter is planned now, and deliveries that failed a
        moment ago are tried again.
        """
        daily_from = None if ignore_pauses else self._daily_from
        with snapshot(self._engine) as session:
            new = anything_new(session, now, daily_from=daily_from)
        if new:
            with transaction(self._engine) as session:
                plan(session, now, daily_from=daily_from)
        if self._rests(now) and not ignore_pauses:
            return 0
        with snapshot(self._engine) as session:
            waiting = [
                (d.id, delivery_key(d)) for d in pending(session, due_by=None if ignore_pauses else now)
            ]
        return self._send(waiting, now, seconds=math.inf if ignore_pauses else STEP_SECONDS)

    def _rests(self, now: datetime) -> bool:
        """Whether the channel was down a moment ago."""
        return self._down_at is not None and abs(now - self._down_at) < REST

    def _send(self, waiting: Sequence[tuple[str, str]], now: datetime, *, seconds: float) -> int:
        """Send one after the other, as long as the channel takes them and there is time; how many it took."""
        end = self._seconds() + seconds
        sent = failures = 0
        for delivery_id, key in waiting:
            try:
                sent += self._deliver(delivery_id, key, now)
                failures = 0
            except ChannelUnavailable:
                failures += 1
            if failures == FAILURES:
                logger.warning("the channel for alerts is down", failures=failures)
                self._down_at = now
            if failures == FAILURES or self._seconds() > end:
                break
        return sent

    def _deliver(self, delivery_id: str, key: str, now: datetime) -> bool:
        with transaction(self._engine) as session:
            news = last_look(session, delivery_id)
        if news is None:
            return False
        if not news.total:
            close(self._engine, delivery_id, SKIPPED, NOTHING_LEFT)
            return False
        return attempt(self._engine, delivery_id, lambda: self._channel.send(key, self._compose(news)), now)
