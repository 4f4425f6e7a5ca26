"""Back-pressure at the door: what the log does not take waits in the database, and the run goes on slower.

A run that has nowhere to put its ads any more waits for the log to come back; where that takes too long, it
ends incomplete, and the next run fetches again what this one could not keep.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import Engine

from events.log import LogUnavailable, Message, NotDelivered, Producer, UnknownTopic
from store.database import snapshot, transaction
from store.outbox import Waiting, drain, put, waiting

logger = structlog.get_logger()

_AWAY: Final = (NotDelivered, LogUnavailable, UnknownTopic)
"""A log without topics has been away since before anybody came to create them."""


@dataclass(frozen=True, kw_only=True)
class Room:
    """How much may wait, and how long a run waits for it."""

    messages: int = 20_000
    every: float = 10.0
    """Seconds between two tries to reach the log again."""
    longest: float = 600.0
    """Seconds that a run waits without room."""
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class SpoolingProducer:
    """A producer that keeps in the database what the log does not take at the moment."""

    def __init__(
        self, producer: Producer, engine: Engine, *, now: Callable[[], datetime], room: Room | None = None
    ) -> None:
        self._producer = producer
        self._engine = engine
        self._now = now
        self._room = room or Room()
        self._next_try = self._room.clock()

    def publish(self, messages: Iterable[Message]) -> None:
        """Append all messages to the log or, durably, to what waits for it; behind what waits already.

        Raises:
            NotDelivered: the log was away for too long, and there is no room left.
        """
        batch = list(messages)
        if not batch:
            return
        if self._drained() and self._delivered(batch):
            return
        self._await_room(len(batch))
        with transaction(self._engine) as session:
            put(session, [Waiting(each.topic, each.key, each.value) for each in batch], now=self._now())

    def _drained(self) -> bool:
        """Whether nothing waits any more; tries to change that, now and then."""
        if not self._waiting():
            return True
        if self._room.clock() < self._next_try:
            return False
        try:
            while drain(self._engine, self._publish):
                pass
        except _AWAY as error:
            self._away(error)
            return False
        return True

    def _publish(self, messages: Sequence[Waiting]) -> None:
        self._producer.publish([Message(*each) for each in messages])

    def _delivered(self, batch: Sequence[Message]) -> bool:
        try:
            self._producer.publish(batch)
        except _AWAY as error:
            self._away(error)
            return False
        return True

    def _away(self, error: Exception) -> None:
        self._next_try = self._room.clock() + self._room.every
        logger.warning("the log is away; ads wait in the database", waiting=self._waiting(), error=str(error))

    def _waiting(self) -> int:
        with snapshot(self._engine) as session:
            return waiting(session)

    def _await_room(self, count: int) -> None:
        deadline = self._room.clock() + self._room.longest
        while self._waiting() + count > self._room.messages:
            if self._room.clock() >= deadline:
                raise NotDelivered(f"{self._waiting()} messages wait for the log; there is no room for more")
            self._room.sleep(self._room.every)
            self._drained()

    def close(self) -> None:
        self._producer.close()
