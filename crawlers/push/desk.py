"""The desk where pushed batches are handed in: one batch, one run, one receipt."""

import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from crawlers.door import Door
from crawlers.outlet import Published
from crawlers.push.batch import Batch, ItemError, read_batch
from events.log import Producer
from store.database import snapshot, transaction
from store.intake import Outcome, Refusal, finish_run, start_run
from store.push import Pushed, note_receipt, pushed


class OtherContent(ValueError):  # noqa: N818 - reads as what happened
    """A batch came under the idempotency key of another one."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A receipt, and whether the batch had come before."""

    receipt: Pushed
    repeated: bool


class Desk:
    """Takes batches in, one at a time: the door and its producer serve one caller at once."""

    def __init__(self, engine: Engine, producer: Producer, *, clock: Callable[[], datetime]) -> None:
        self.engine = engine
        self._producer = producer
        self._clock = clock
        self._turn = threading.Lock()

    def take(self, source: str, idempotency_key: str, body: bytes) -> Taken:
        """Let a batch in, and keep what became of it under the key; the same batch again changes nothing.

        Raises:
            BatchError: the batch as a whole is none.
            OtherContent: another batch came under this key before.
            NotDelivered: neither the log nor the database has room for it; nothing is noted.
        """
        digest = hashlib.sha256(body).hexdigest()
        with self._turn:
            with snapshot(self.engine) as session:
                before = pushed(session, source, idempotency_key)
            if before is None:
                run_id, result = self._let_in(source, read_batch(body, source=source))
                noted = Pushed(source, idempotency_key, digest, result)
                with transaction(self.engine) as session:
                    note_receipt(session, noted, run_id=run_id, now=self._clock())
                return Taken(noted, repeated=False)
        if before.body_sha256 != digest:
            raise OtherContent(f"another batch came under the idempotency key {idempotency_key!r}")
        return Taken(before, repeated=True)

    def _let_in(self, source: str, batch: Batch) -> tuple[str, Mapping[str, Any]]:
        """One run over the batch: its id, and what became of it."""
        with transaction(self.engine) as session:
            run_id = start_run(session, kind="push", source=source, now=self._clock())
        door = Door(self.engine, Published(self.engine, self._producer), run_id=run_id, clock=self._clock)
        outcome = Outcome("incomplete", {}, "interrupted")
        try:
            door.admit(batch.postings)
            kept = [*map(_error, door.refusals), *map(asdict, batch.errors)]
            door.refuse_all(Refusal(f"ads[{each.item}]", each.reason, each.field) for each in batch.errors)
            outcome = Outcome("complete", {**door.counts, "listed": len(batch.postings) + len(batch.errors)})
        finally:
            with transaction(self.engine) as session:
                finish_run(session, run_id, outcome, now=self._clock())
        counts = {name: door.counts[name] for name in ("accepted", "duplicate", "rejected")}
        return run_id, {**counts, "errors": kept}


def _error(refusal: Refusal) -> dict[str, object]:
    """What the door refused, or could not read of an ad that it let in, as an error of the batch."""
    item = int(refusal.place.removeprefix("ads[").removesuffix("]"))
    return asdict(ItemError(item, refusal.field, refusal.reason))
