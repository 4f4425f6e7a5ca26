"""The delivery ledger: who is told what, written down before anything leaves the house (docs/alerts.md).

A message is sent at least once and recognised by its key, so sending it again replaces it. What is to be
told is planned by `store.planning`.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from config.divisions import NATION, in_subtree
from store.duty_models import DeliveryDuty
from store.models import Bureau, Delivery, DeliveryHint, DeliveryItem
from store.notice_models import DeliveryNotice
from store.objection_models import DeliveryObjection

NEW_CASES: Final = "new_cases"
WITHDRAWN_CASES: Final = "withdrawn_cases"
"""Cases the bureau was told of that no rule accuses any more."""
RETURNED_CASES: Final = "returned_cases"
"""Cases it was told are withdrawn, and that are suspected again."""
FOUND_AGAIN: Final = "found_again"
"""Corrected cases in whose ads the demand was found again (docs/rechecks.md)."""
NEW_HINTS: Final = "new_hints"
"""Ads in which a rule pack found something (docs/packs.md)."""
NEW_OBJECTIONS: Final = "new_objections"
"""Objections to cases that wait for an answer (docs/cases.md)."""
DUE_OBJECTIONS: Final = "due_objections"
"""Those of them whose answer is due in a few days."""
ASSIGNED: Final = "assigned"
"""Cases that people assigned to the bureau (`store.duties`)."""
REMINDED: Final = "reminded"
"""Cases of which a step is past its day."""
SECTION: Final = "to_section"
"""The same, later, for whoever heads the section."""
ABOVE: Final = "to_above"
"""The same, later still, for the bureau above."""
REPORT: Final = "issued_report"
"""A report that was issued (`store.issued_news`)."""
PLATFORM_NOTICE: Final = "platform_notice"
"""A notice to the operator of a board (`store.notices`)."""
NOTICE_REMINDER: Final = "notice_reminder"
"""A letter that reminds it of what it has not answered (`store.notice_reminders`)."""
NOTICE_LATE: Final = "notice_late"
"""Notices past their day, to the bureau that issued them (`store.late_notices`)."""
NOTICE_ABOVE: Final = "notice_above"
"""The same, later, to the bureau above."""
CASE_EVENT: Final = "case_event"
"""One thing that happened to a case, for a bureau's own system (`store.case_webhooks`)."""
DUTIES: Final = frozenset((ASSIGNED, REMINDED, SECTION, ABOVE))
LATE_NOTICES: Final = frozenset((NOTICE_LATE, NOTICE_ABOVE))
LETTERS: Final = (
    DUTIES
    | LATE_NOTICES
    | {
        NEW_CASES,
        WITHDRAWN_CASES,
        RETURNED_CASES,
        FOUND_AGAIN,
        NEW_HINTS,
        NEW_OBJECTIONS,
        DUE_OBJECTIONS,
        REPORT,
    }
)
"""What goes to a bureau's address, and is planned by `store.planning`."""

PENDING: Final = "pending"
SENT: Final = "sent"
DEAD: Final = "dead"
SKIPPED: Final = "skipped"

MAX_ATTEMPTS: Final = 6
FIRST_PAUSE: Final = timedelta(minutes=1)
"""Pause after the first failed attempt; each later pause is twice as long."""


class Unsendable(ValueError):  # noqa: N818 - reads as what is the matter
    """This message can never be sent as it stands; trying again does not help."""


def new_delivery(bureau: str, kind: str, period: str, content_id: str, now: datetime) -> dict[str, Any]:
    """The row of a new delivery that waits to be sent, but for its id."""
    return {
        "bureau": bureau,
        "kind": kind,
        "period": period,
        "content_id": content_id,
        "status": PENDING,
        "attempts": 0,
        "created_at": now,
        "sent_at": None,
        "place": "",
        "error": "",
    }


def covers(bureau: str, division: str | None) -> bool:
    """Is a case at `division` in the area of `bureau`? Unclear areas (None) are the national bureau's."""
    return bureau == NATION if division is None else in_subtree(division, bureau)


def delivery_key(delivery: Delivery) -> str:
    """Name of the message in any channel, the same however often it is sent: day, bureau, id."""
    return f"{delivery.period}-{delivery.bureau}-{delivery.id[:12]}"


def pending(
    session: Session, *, kinds: Collection[str] = LETTERS, due_by: datetime | None = None
) -> list[Delivery]:
    """What is still to be sent, oldest first; with `due_by`, only what is due by then."""
    query = (
        select(Delivery)
        .where(Delivery.status == PENDING, Delivery.kind.in_(kinds))
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
    """Deliveries, newest first, each with the bureau's name and how many things it tells of."""
    counts = [
        select(func.count()).where(item.delivery_id == Delivery.id).scalar_subquery()
        for item in (DeliveryItem, DeliveryHint, DeliveryObjection, DeliveryDuty, DeliveryNotice)
    ]
    query = (
        select(Delivery, Bureau.name, sum(counts[1:], start=counts[0]))
        .join(Bureau, Bureau.code == Delivery.bureau)
        .order_by(Delivery.created_at.desc(), Delivery.bureau, Delivery.id)
        .limit(limit)
    )
    return session.execute(query).all()
