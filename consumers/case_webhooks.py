"""The stage that tells bureaus' own systems what happens to their cases, each over a webhook of its own.

One receiver's messages go out in the order in which things happened. When it does not take one, those behind
it wait, and it is left alone for twice as long as the time before; the others are not kept waiting.
"""

import json
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Engine

from consumers.alert import STEP_SECONDS
from consumers.channel import ChannelUnavailable, attempt
from consumers.receiver import by_bureau, receiver_at
from consumers.signature import Signer
from consumers.webhook import Webhook
from store.audit import seal
from store.case_webhooks import plan_events, told_event, waiting_events
from store.database import snapshot, transaction
from store.deliveries import FIRST_PAUSE, delivery_key
from store.models import Delivery

SETTING: Final = "QINGDAN_CASE_WEBHOOKS"
PLANNED_EVERY: Final = timedelta(minutes=1)
_SEALED_AT_ONCE: Final = 10_000


class _Receiver(BaseModel):
    model_config = ConfigDict(extra="forbid")

    url: str
    secrets: Annotated[list[str], Field(min_length=1)]


def webhooks_of(
    written: str, clock: Callable[[], datetime], *, inside: Collection[str]
) -> Mapping[str, Webhook]:
    """By the code of the bureau, as the setting names them; `inside` are hosts that may lie in the house.

    Raises:
        SettingsError: the setting is no such object, or names no bureau, address or secret.
    """
    receivers = by_bureau(written, _Receiver, setting=SETTING)
    return {
        bureau: Webhook(
            receiver_at(each.url, setting=SETTING, inside=inside),
            signer=Signer(each.secrets, clock, setting=SETTING),
        )
        for bureau, each in receivers.items()
    }


class CaseWebhookStage:
    """One step seals and plans what is new, then sends what is due to each receiver."""

    def __init__(
        self,
        engine: Engine,
        webhooks: Mapping[str, Webhook],
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._webhooks = webhooks
        self._seconds = seconds
        self._plan_at: datetime | None = None
        self._rest_until: dict[str, datetime] = {}

    def step(self, now: datetime) -> int:
        """Plan and send what is due at `now`; returns how many messages were taken."""
        if not self._webhooks:
            return 0
        if self._plan_at is None or now >= self._plan_at:
            self._plan(now)
            self._plan_at = now + PLANNED_EVERY
        end = self._seconds() + STEP_SECONDS
        return sum(self._tell(bureau, now, end) for bureau in self._webhooks)

    def _plan(self, now: datetime) -> None:
        sealed = _SEALED_AT_ONCE
        while sealed == _SEALED_AT_ONCE:
            with transaction(self._engine) as session:
                sealed = seal(session, limit=_SEALED_AT_ONCE)
        with transaction(self._engine) as session:
            plan_events(session, self._webhooks, now)

    def _tell(self, bureau: str, now: datetime, end: float) -> int:
        """Send what waits for one receiver, as long as it takes it and there is time."""
        if now < self._rest_until.get(bureau, now):
            return 0
        told = 0
        for delivery in self._waiting(bureau):
            if self._seconds() > end:
                break
            try:
                told += self._send(delivery, now)
            except ChannelUnavailable:
                self._rest_until[bureau] = now + FIRST_PAUSE * 2**delivery.attempts
                break
        return told

    def _waiting(self, bureau: str) -> Sequence[Delivery]:
        with snapshot(self._engine) as session:
            return waiting_events(session, bureau)

    def _send(self, delivery: Delivery, now: datetime) -> bool:
        with snapshot(self._engine) as session:
            told = told_event(session, delivery.content_id)
        body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        webhook, key = self._webhooks[delivery.bureau], delivery_key(delivery)

        def post() -> str:
            webhook.post(key, body, "application/json")
            return webhook.place(key)

        return attempt(self._engine, delivery.id, post, now)
