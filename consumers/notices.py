"""The stage that sends platform notices and reminders: to the operator of the board, or into the outbox.

The ledger's row is written together with the issuing of the notice, or the release of the reminder, before
anything leaves. A reminder in which nothing waits for an answer any more is skipped.
"""

import time
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from functools import partial

from sqlalchemy import Engine

from consumers.alert import NOTHING_LEFT, STEP_SECONDS
from consumers.channel import Channel, ChannelUnavailable, attempt, close
from store.database import snapshot
from store.deliveries import NOTICE_REMINDER, PLATFORM_NOTICE, SKIPPED, delivery_key, pending
from store.models import Delivery
from store.notice_reminders import still_open

Compose = Callable[[Delivery], EmailMessage]
"""Makes the message of a delivery, without `To` where nobody's address is known; may raise `Unsendable`."""


class NoticeStage:
    """One step sends every notice that is due."""

    def __init__(
        self,
        engine: Engine,
        compose: Compose,
        channel: Channel,
        outbox: Channel,
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._compose = compose
        self._channel = channel
        self._outbox = outbox
        self._seconds = seconds

    def step(self, now: datetime, *, ignore_pauses: bool = False) -> int:
        """Send what is due at `now`; returns how many were taken.

        With `ignore_pauses`, those that failed a moment ago are tried again.
        """
        with snapshot(self._engine) as session:
            due_by = None if ignore_pauses else now
            waiting = pending(session, kinds={PLATFORM_NOTICE, NOTICE_REMINDER}, due_by=due_by)
        end, sent = self._seconds() + STEP_SECONDS, 0
        for delivery in waiting:
            if self._seconds() > end:
                break
            if self._is_settled(delivery):
                close(self._engine, delivery.id, SKIPPED, NOTHING_LEFT)
                continue
            try:
                sent += attempt(self._engine, delivery.id, partial(self._hand_over, delivery), now)
            except ChannelUnavailable:
                break
        return sent

    def _is_settled(self, delivery: Delivery) -> bool:
        if delivery.kind != NOTICE_REMINDER:
            return False
        with snapshot(self._engine) as session:
            return not still_open(session, delivery)

    def _hand_over(self, delivery: Delivery) -> str:
        message = self._compose(delivery)
        channel = self._channel if message["To"] else self._outbox
        return channel.send(delivery_key(delivery), message)
