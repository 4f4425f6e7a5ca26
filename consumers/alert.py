"""The alert stage: plans what the bureaus have to be told, and sends it through a channel.

The ledger's row is committed before the channel is called, and its outcome after. A crash in between sends
the message again under the same key, and a channel puts one key into one place.
"""

import math
import os
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Final, Protocol

import structlog
from sqlalchemy import Engine

from store.database import snapshot, transaction
from store.deliveries import (
    DEAD,
    SKIPPED,
    Unsendable,
    delivery_key,
    mark_failed,
    mark_sent,
    mark_unsendable,
    pending,
)
from store.news import News, last_look
from store.planning import anything_new, plan

logger = structlog.get_logger()

STEP_SECONDS: Final = 10.0
"""No further message is begun in a step that has taken so long: the other stages want their turn."""
FAILURES: Final = 3
"""After so many in a row the channel counts as down, and is left alone for a while."""
REST: Final = timedelta(minutes=1)

Compose = Callable[[News], EmailMessage]
"""Turns what a delivery says into a message; raises `Unsendable` where none may be made of it."""


class ChannelUnavailable(Exception):  # noqa: N818 - reads as what is the matter
    """The channel cannot take messages at the moment; trying again later may help."""


class Channel(Protocol):
    def send(self, key: str, message: EmailMessage) -> str:
        """Hand over `message` and return the place it went to; the same `key` goes to the same place.

        Raises:
            ChannelUnavailable: it was not taken, or nobody knows whether it was.
        """


class OutboxFolder:
    """Writes each message as `<key>.eml`, which every mail program opens."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, key: str, message: EmailMessage) -> str:
        target = self._folder / f"{key}.eml"
        # Two processes may send the same key at once: each writes its own file, and the last rename wins.
        draft = self._folder / f".{key}.{os.getpid()}.tmp"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as file:
                file.write(message.as_bytes())
                file.flush()
                os.fsync(file.fileno())
            draft.replace(target)
        except OSError as error:
            raise ChannelUnavailable(f"outbox {target}: {error.strerror or error}") from error
        return str(target)


class AlertStage:
    """One step plans everything new, then sends every delivery that is due, each in its own transaction."""

    def __init__(
        self,
        engine: Engine,
        compose: Compose,
        channel: Channel,
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._compose = compose
        self._channel = channel
        self._seconds = seconds
        self._down_at: datetime | None = None

    def step(self, now: datetime, *, ignore_pauses: bool = False) -> int:
        """Plan and send what is due at `now`; returns how many messages the channel took.

        With `ignore_pauses`, deliveries that failed a moment ago are tried again at once.
        """
        with snapshot(self._engine) as session:
            new = anything_new(session)
        if new:
            with transaction(self._engine) as session:
                plan(session, now)
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
            self._close(delivery_id, SKIPPED, "nothing in it holds any more")
            return False
        try:
            place = self._channel.send(key, self._compose(news))
        except Unsendable as error:
            self._close(delivery_id, DEAD, str(error))
            return False
        except ChannelUnavailable as error:
            logger.warning("alert not delivered", delivery=delivery_id, bureau=news.bureau, error=str(error))
            with transaction(self._engine) as session:
                mark_failed(session, delivery_id, error=str(error))
            raise
        with transaction(self._engine) as session:
            mark_sent(session, delivery_id, place=place, now=now)
        return True

    def _close(self, delivery_id: str, status: str, error: str) -> None:
        logger.error("alert cannot be sent", delivery=delivery_id, status=status, error=error)
        with transaction(self._engine) as session:
            mark_unsendable(session, delivery_id, status=status, error=error)
