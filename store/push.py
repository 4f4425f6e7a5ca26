"""Who may push ads, and what became of each pushed batch."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from events.ids import stable_id
from store.models import Run
from store.push_models import ApiKey, Receipt
from store.upsert import insert_new


class UnknownKey(LookupError):  # noqa: N818 - reads as what it is
    """No key of that id."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """A batch that was taken in, and what became of it."""

    source: str
    idempotency_key: str
    body_sha256: str
    result: Mapping[str, Any]
    """Counts (accepted, duplicate, rejected) and the errors of single ads."""

    @property
    def receipt(self) -> str:
        """The receipt's id."""
        return stable_id("receipt", self.source, self.idempotency_key)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def key_id_of(token: str) -> str:
    """The id of the key that a token is, or would be."""
    return stable_id("api-key", _hash(token))


def add_key(session: Session, *, name: str, source: str, token: str, now: datetime) -> str:
    """Let the bearer of `token` push ads of `source`; returns the key's id. The token is not kept."""
    key_id = key_id_of(token)
    session.add(ApiKey(id=key_id, name=name, source=source, token_sha256=_hash(token), created_at=now))
    return key_id


def source_of(session: Session, token: str) -> str | None:
    """The source whose ads the bearer of `token` may push; None for nobody."""
    query = select(ApiKey.source).where(ApiKey.token_sha256 == _hash(token), ApiKey.revoked_at.is_(None))
    return session.scalar(query)


def revoke_key(session: Session, key_id: str, *, now: datetime) -> None:
    """Let nobody push with this key any more.

    Raises:
        UnknownKey: there is none of this id.
    """
    key = session.get(ApiKey, key_id)
    if key is None:
        raise UnknownKey(f"no key {key_id}")
    key.revoked_at = key.revoked_at or now


def keys(session: Session) -> Sequence[ApiKey]:
    """All keys, the oldest first."""
    return session.scalars(select(ApiKey).order_by(ApiKey.created_at, ApiKey.id)).all()


def pushed(session: Session, source: str, idempotency_key: str) -> Pushed | None:
    """The batch that came from `source` under this key before."""
    query = select(Receipt).where(Receipt.source == source, Receipt.idempotency_key == idempotency_key)
    return _read(session.scalar(query))


def receipt(session: Session, source: str, receipt_id: str) -> Pushed | None:
    """The batch of a receipt of `source`; nobody sees those of others."""
    row = session.get(Receipt, receipt_id)
    return _read(row) if row is not None and row.source == source else None


def pushed_ads(session: Session, source: str, *, since: datetime) -> Iterator[tuple[datetime, int]]:
    """When batches of a source came, and how many new and changed ads they held, published or waiting."""
    mine = (Run.kind == "push", Run.source == source, Run.started_at >= since)
    for moment, counts in session.execute(select(Run.started_at, Run.counts).where(*mine)):
        yield moment, counts.get("accepted", 0) + counts.get("held", 0)


def _read(row: Receipt | None) -> Pushed | None:
    return None if row is None else Pushed(row.source, row.idempotency_key, row.body_sha256, row.result)


def note_receipt(session: Session, noted: Pushed, *, run_id: str, now: datetime) -> None:
    """Keep what became of a batch; the first receipt under a key stands."""
    row = {
        "id": noted.receipt,
        "source": noted.source,
        "idempotency_key": noted.idempotency_key,
        "body_sha256": noted.body_sha256,
        "run_id": run_id,
        "received_at": now,
        "result": dict(noted.result),
    }
    insert_new(session, Receipt, [row])
