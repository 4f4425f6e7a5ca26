"""The delivery ledger: who is told what, written down before anything leaves the house (docs/alerts.md).

A message is sent at least once and recognised by its key, so sending it again replaces it. What is to be
told is planned by `store.planning`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from config.divisions import NATION, in_subtree
from store.models import Bureau, Delivery, DeliveryHint, DeliveryItem

NEW_CASES: Final = "new_cases"
WITHDRAWN_CASES: Final = "withdrawn_cases"
"""Cases the bureau was told of that no rule accuses any more."""
RETURNED_CASES: Final = "returned_cases"
"""Cases it was told are withdrawn, and that are suspected again."""
FOUND_AGAIN: Final = "found_again"
"""Corrected cases in whose ads the demand was found again (docs/rechecks.md)."""
NEW_HINTS: Final = "new_hints"
"""Ads in which a rule pack found something (docs/packs.md)."""
CASE_EVENT: Final = "case_event"
"""One thing that happened to a case, for a bureau's own system (`store.case_webhooks`)."""

PENDING: Final = "pending"
SENT: Final = "sent"
DEAD: Final = "dead"
SKIPPED: Final = "skipped"

MAX_ATTEMPTS: Final = 6
FIRST_PAUSE: Final = timedelta(minutes=1)
"""Pause after the first failed attempt; each later pause is twice as long."""


class Unsendable(ValueError):  # noqa: N818 - reads as what is the matter
    """This message can never be sent as it stands; trying again does not help."""


def covers(bureau: str, division: str | None) -> bool:
    """Is a case at `division` in the area of `bureau`? Unclear areas (None) are the national bureau's."""
    return bureau == NATION if division is None else in_subtree(division, bureau)


def delivery_key(delivery: Delivery) -> str:
    """Name of the message in any channel, the same however often it is sent: day, bureau, id."""
    return f"{delivery.period}-{delivery.bureau}-{delivery.id[:12]}"


def pending(session: Session, *, due_by: datetime | None = None) -> list[Delivery]:
    """Letters still to be sent, oldest first; with `due_by`, only those whose pause is over by then."""
    query = (
        select(Delivery)
        .where(Delivery.status == PENDING, Delivery.kind != CASE_EVENT)
        .order_by(Delivery.created_at, Delivery.bureau, Delivery.id)
    )
    return [d for d in session.scalars(query) if due_by is None or next_attempt(d) <= due_by]


def next_attempt(delivery: Delivery) -> datetime:
    """When a delivery that failed `attempts` times is tried again: 1, 3, 7, 15, 31 minutes after planning."""
    pauses: int = 2**delivery.attempts - 1
    return delivery.created_at + FIRST_PAUSE * pauses


def mark_sent(session: Session, delivery_id: str, *, place: str, now: datetime) -> None:
    """Note that the channel took the message; a second note changes nothing."""
    session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.status == PENDING)
        .values(status=SENT, sent_at=now, place=place, attempts=Delivery.attempts + 1, error="")
    )


def mark_failed(session: Session, delivery_id: str, *, error: str) -> None:
    """Count a failed attempt; the delivery is dead after `MAX_ATTEMPTS` of them."""
    delivery = session.get_one(Delivery, delivery_id)
    if delivery.status == PENDING:
        delivery.attempts += 1
        delivery.error = error
        delivery.status = DEAD if delivery.attempts >= MAX_ATTEMPTS else PENDING


def mark_unsendable(session: Session, delivery_id: str, *, status: str, error: str) -> None:
    """Close a delivery that no further attempt can send, as `DEAD` or `SKIPPED`, with the reason."""
    session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.status == PENDING)
        .values(status=status, error=error)
    )


def status_counts(session: Session) -> dict[str, int]:
    """How many deliveries have each status."""
    query = select(Delivery.status, func.count().label("deliveries")).group_by(Delivery.status)
    return {row.status: row.deliveries for row in session.execute(query)}


def ledger(session: Session, *, limit: int | None = None) -> Sequence[Row[Delivery, str, int]]:
    """Deliveries, newest first, each with the bureau's name and the number of cases or hints in it."""
    cases, hints = (
        select(func.count()).where(item.delivery_id == Delivery.id).scalar_subquery()
        for item in (DeliveryItem, DeliveryHint)
    )
    query = (
        select(Delivery, Bureau.name, cases + hints)
        .join(Bureau, Bureau.code == Delivery.bureau)
        .order_by(Delivery.created_at.desc(), Delivery.bureau, Delivery.id)
        .limit(limit)
    )
    return session.execute(query).all()
