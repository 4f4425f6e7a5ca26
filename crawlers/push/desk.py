"""The desk where pushed batches are handed in: one batch, one run, one receipt."""

import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Engine

from crawlers.door import Door
from crawlers.evidence import Keeper
from crawlers.held import ended, note_held
from crawlers.outlet import Outlet, Published, Staged
from crawlers.posting import storable
from crawlers.push.batch import Batch, ItemError, read_batch
from crawlers.push.burst import Bursts
from crawlers.push.slices import with_origins
from events.ids import stable_id
from events.log import Producer
from store.database import snapshot, transaction
from store.intake import Outcome, Refusal, finish_run, start_run
from store.push import Pushed, note_receipt, pushed
from store.withdrawn_ads import bring_back, withdraw

_NO_BODY: Final = hashlib.sha256(b"").hexdigest()
_NOTHING: Final[Mapping[str, Any]] = {
    "accepted": 0,
    "duplicate": 0,
    "rejected": 0,
    "withdrawn": 0,
    "back": 0,
    "errors": [],
}
"""What a receipt tells, of a request that came to nothing."""


class UnknownAd(LookupError):  # noqa: N818 - reads as what it is
    """No ad of this publisher was let in under the id."""


class OtherContent(ValueError):  # noqa: N818 - reads as what happened
    """A batch came under the idempotency key of another one."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A receipt, and whether the batch had come before."""

    receipt: Pushed
    repeated: bool


class Desk:
    """Takes batches in, one at a time: the door and its producer serve one caller at once."""

    def __init__(
        self,
        engine: Engine,
        producer: Producer,
        *,
        clock: Callable[[], datetime],
        keeper: Keeper | None = None,
    ) -> None:
        """`keeper` keeps what was pushed, ad by ad; without one nothing is kept."""
        self.engine = engine
        self._keeper = keeper
        self._producer = producer
        self._clock = clock
        self._bursts = Bursts(engine, clock)
        self._turn = threading.Lock()

    def take(self, source: str, idempotency_key: str, body: bytes, *, sender: str = "") -> Taken:
        """Let a batch in, and keep what became of it under the key; the same batch again changes nothing.

        `sender` is the id of the key that the request bore.

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
                batch = read_batch(body, source=source)
                if self._keeper is not None:
                    batch = with_origins(batch, body, sender=sender, now=self._clock())
                run_id, result = self._let_in(source, batch)
                noted = Pushed(source, idempotency_key, digest, result)
                with transaction(self.engine) as session:
                    note_receipt(session, noted, run_id=run_id, now=self._clock())
                return Taken(noted, repeated=False)
        if before.body_sha256 != digest:
            raise OtherContent(f"another batch came under the idempotency key {idempotency_key!r}")
        return Taken(before, repeated=True)

    def withdraw(self, source: str, source_ad_id: str) -> Taken:
        """Note that the publisher has taken one ad back; while it is gone, the same again changes nothing.

        Raises:
            UnknownAd: no ad of the source was let in under this id.
        """
        name = storable(source_ad_id)
        with self._turn:
            now = self._clock()
            with transaction(self.engine) as session:
                since = withdraw(session, source, [name], now).get(name)
                if since is None:
                    raise UnknownAd(f"no ad {source_ad_id[:64]!r} of yours")
                key = stable_id("withdrawn", name, since.isoformat())
                if (before := pushed(session, source, key)) is not None:
                    return Taken(before, repeated=True)
                run_id = start_run(session, kind="push", source=source, now=now)
                finish_run(session, run_id, Outcome("complete", {"listed": 1, "withdrawn": 1}), now=now)
                noted = Pushed(source, key, _NO_BODY, {**_NOTHING, "withdrawn": 1})
                note_receipt(session, noted, run_id=run_id, now=now)
        return Taken(noted, repeated=False)

    def _let_in(self, source: str, batch: Batch) -> tuple[str, Mapping[str, Any]]:
        """One run over the batch: its id, and what became of it."""
        with transaction(self.engine) as session:
            run_id = start_run(session, kind="push", source=source, now=self._clock())
        excess = self._bursts.excess(source, len(batch.postings))
        published = Published(self.engine, self._producer)
        outlet: Outlet = Staged(self.engine, run_id) if excess else published
        door = Door(self.engine, outlet, run_id=run_id, clock=self._clock, keeper=self._keeper)
        outcome = Outcome("incomplete", {}, "interrupted")
        try:
            door.admit(batch.postings)
            self._bursts.note(source, door.counts["accepted"])
            kept = list(map(_error, door.refusals))
            unknown = self._note_standing(source, batch, door)
            errors = sorted([*batch.errors, *unknown], key=lambda each: each.item)
            door.refuse_all(Refusal(f"ads[{each.item}]", each.reason, each.field) for each in errors)
            listed = len(batch.postings) + len(batch.errors) + len(batch.withdrawn)
            outcome = ended({**door.counts, "listed": listed}, excess)
        finally:
            with transaction(self.engine) as session:
                if outcome.status == "held":
                    note_held(session, run_id, outcome, self._clock())
                finish_run(session, run_id, outcome, now=self._clock())
        counts = {name: door.counts[name] for name in _NOTHING if name != "errors"}
        held = {"held": True} if excess else {}
        return run_id, {**counts, **held, "errors": [*kept, *map(asdict, errors)]}

    def _note_standing(self, source: str, batch: Batch, door: Door) -> list[ItemError]:
        """Note which ads are back and which are taken back, count them, and name those that nobody knows."""
        unusable = {each.place for each in door.refusals if not each.field}
        here = [storable(each.source_ad_id) for each in batch.postings if each.place not in unusable]
        now = self._clock()
        with transaction(self.engine) as session:
            back = bring_back(session, source, here, now)
            gone = withdraw(session, source, batch.withdrawn, now)
        door.counts.update(back=back, withdrawn=len(gone))
        unknown = {name: item for name, item in batch.withdrawn.items() if name not in gone}
        return [ItemError(item, "id", f"no ad {name[:64]!r} of yours") for name, item in unknown.items()]


def _error(refusal: Refusal) -> dict[str, object]:
    """What the door refused, or could not read of an ad that it let in, as an error of the batch."""
    item = int(refusal.place.removeprefix("ads[").removesuffix("]"))
    return asdict(ItemError(item, refusal.field, refusal.reason))
