"""The delivery ledger: who is told what, written down before anything leaves the house (docs/alerts.md).

A message is sent at least once and recognised by its key, so sending it again replaces it; a case is
announced to a bureau once for each kind of message. SQL's own unique keys hold both promises, also when
two processes plan at the same moment.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Row, Select, exists, func, select, update
from sqlalchemy.orm import Session

from config.divisions import NATION, in_subtree
from config.settings import CHINA
from events.ids import stable_id
from store.cases import SUSPECTED, shown_status
from store.database import one_at_a_time
from store.models import Bureau, Case, Delivery, DeliveryItem
from store.upsert import insert_new

NEW_CASES: Final = "new_cases"

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


def _unannounced() -> Select[str, str, str | None]:
    announced = exists().where(
        DeliveryItem.case_id == Case.id, DeliveryItem.bureau == Case.bureau, DeliveryItem.kind == NEW_CASES
    )
    return select(Case.id, Case.bureau, Case.division).where(shown_status() == SUSPECTED, ~announced)


def anything_new(session: Session) -> bool:
    """Is there a suspected case, with a clue that stands, that its bureau was not told of? Reads only."""
    return session.execute(_unannounced().limit(1)).first() is not None


def plan_new_cases(session: Session, now: datetime) -> list[Delivery]:
    """Write one pending delivery for each bureau that has cases it was not told of, and return them.

    Cases outside their bureau's area are never sent: they are written down as a skipped delivery with the
    reason, and are planned afresh once the case is handed to another bureau.
    """
    one_at_a_time(session.connection(), "planning deliveries")
    groups: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for case_id, bureau, division in session.execute(_unannounced()):
        groups[bureau, covers(bureau, division)].append(case_id)
    rows = [
        _delivery(bureau, sorted(case_ids), inside=inside, now=now)
        for (bureau, inside), case_ids in sorted(groups.items())
    ]
    insert_new(session, Delivery, [row for row, _ in rows])
    insert_new(session, DeliveryItem, [item for _, items in rows for item in items])
    planned = [row["id"] for row, _ in rows if row["status"] == PENDING]
    return [session.get_one(Delivery, delivery_id) for delivery_id in planned]


def _delivery(
    bureau: str, case_ids: Sequence[str], *, inside: bool, now: datetime
) -> tuple[dict[str, object], list[dict[str, object]]]:
    content_id = stable_id(NEW_CASES, *case_ids)
    period = now.astimezone(CHINA).date().isoformat()
    delivery_id = stable_id("delivery", bureau, NEW_CASES, period, content_id)
    row: dict[str, object] = {
        "id": delivery_id,
        "bureau": bureau,
        "kind": NEW_CASES,
        "period": period,
        "content_id": content_id,
        "status": PENDING if inside else SKIPPED,
        "attempts": 0,
        "created_at": now,
        "sent_at": None,
        "place": "",
        "error": "" if inside else f"{len(case_ids)} case(s) lie outside the area of bureau {bureau}",
    }
    items: list[dict[str, object]] = [
        {"delivery_id": delivery_id, "case_id": case_id, "bureau": bureau, "kind": NEW_CASES}
        for case_id in case_ids
    ]
    return row, items


def pending(session: Session, *, due_by: datetime | None = None) -> list[Delivery]:
    """Deliveries still to be sent, oldest first; with `due_by`, only those whose pause is over by then."""
    query = (
        select(Delivery)
        .where(Delivery.status == PENDING)
        .order_by(Delivery.created_at, Delivery.bureau, Delivery.id)
    )
    return [d for d in session.scalars(query) if due_by is None or next_attempt(d) <= due_by]


def still_pending(session: Session, delivery_id: str) -> bool:
    return session.get_one(Delivery, delivery_id).status == PENDING


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
    """Deliveries, newest first, each with the bureau's name and the number of cases in it."""
    cases = (
        select(func.count())
        .select_from(DeliveryItem)
        .where(DeliveryItem.delivery_id == Delivery.id)
        .scalar_subquery()
    )
    query = (
        select(Delivery, Bureau.name, cases)
        .join(Bureau, Bureau.code == Delivery.bureau)
        .order_by(Delivery.created_at.desc(), Delivery.bureau, Delivery.id)
        .limit(limit)
    )
    return session.execute(query).all()
