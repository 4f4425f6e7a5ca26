"""Messages that a transaction decided on, kept until the log has them.

What is decided and what is published cannot come apart: a message is put here in the transaction that decides
on it, and deleted after the log has acknowledged it. A crash in between publishes it again, under the same
event id. Nobody remembers "the last number published": numbers are given out before transactions commit, so a
smaller one may become visible later.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Engine, delete, func, insert, select
from sqlalchemy.orm import Session

from store.database import snapshot, transaction
from store.stage_models import OutboxMessage

BATCH: Final = 200
"""Messages read and published at a time."""


class Waiting(NamedTuple):
    """A message that the log has yet to get."""

    topic: str
    key: bytes
    value: bytes


def put(session: Session, messages: Iterable[Waiting], *, now: datetime) -> None:
    """Keep `messages`, in their order, with the caller's transaction."""
    rows = [{**message._asdict(), "created_at": now} for message in messages]
    if rows:
        session.execute(insert(OutboxMessage), rows)


def waiting(session: Session) -> int:
    """How many messages the log has yet to get."""
    return session.scalar(select(func.count()).select_from(OutboxMessage)) or 0


def waiting_since(session: Session) -> datetime | None:
    """When the oldest of them was put here."""
    return session.scalar(select(func.min(OutboxMessage.created_at)))


def drain(engine: Engine, publish: Callable[[Sequence[Waiting]], None]) -> int:
    """Publish the oldest messages, a batch of them; returns how many, 0 when none waits.

    `publish` returns once the log has them all, and raises otherwise; what it raises goes through, and the
    batch stays. Two that drain at once publish some messages twice.
    """
    with snapshot(engine) as session:
        oldest = (
            select(OutboxMessage.id, OutboxMessage.topic, OutboxMessage.key, OutboxMessage.value)
            .order_by(OutboxMessage.id)
            .limit(BATCH)
        )
        rows = session.execute(oldest).all()
    if rows:
        publish([Waiting(topic, key, value) for _, topic, key, value in rows])
        with transaction(engine) as session:
            session.execute(delete(OutboxMessage).where(OutboxMessage.id.in_([row[0] for row in rows])))
    return len(rows)


def waiting_values(session: Session, topic: str) -> Iterator[bytes]:
    """The messages for `topic` that the log has yet to get."""
    query = select(OutboxMessage.value).where(OutboxMessage.topic == topic).order_by(OutboxMessage.id)
    yield from session.scalars(query.execution_options(yield_per=BATCH))
