"""What happens to cases, for the bureaus' own systems: planned along the audit chain, told one by one.

Each event is a delivery of the ledger (`store.deliveries`). What was sealed before a webhook was first met is
not told.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from config.settings import CHINA
from events.ids import stable_id
from store.audit import head
from store.cases import SUSPECTED
from store.casework_models import AuditLink
from store.database import one_at_a_time
from store.deliveries import CASE_EVENT, PENDING, new_delivery
from store.jurisdiction import within
from store.models import Case, CaseEvent, Delivery
from store.objections import ANSWERED, OBJECTED
from store.upsert import insert_new
from store.webhook_models import WebhookPosition

OPENED: Final = "opened"
_OBJECTIONS: Final = {
    OBJECTED: "objection.received",
    **dict.fromkeys(ANSWERED.values(), "objection.answered"),
}
"""What happens to an objection, by the action in the history of its case."""


def plan_events(session: Session, bureaus: Collection[str], now: datetime) -> None:
    """Write one pending delivery for each event that a bureau's webhook was not told of yet."""
    one_at_a_time(session.connection(), "planning case events")
    newest = head(session).number
    for bureau in sorted(bureaus):
        position = session.get(WebhookPosition, bureau)
        if position is None:
            session.add(WebhookPosition(bureau=bureau, number=newest))
        elif position.number < newest:
            rows = [_delivery(bureau, event_id, now) for event_id in _events(session, position, newest)]
            insert_new(session, Delivery, rows)
            position.number = newest


def waiting_events(session: Session, bureau: str) -> list[Delivery]:
    """What the bureau's webhook is still to be told, in the order in which it happened."""
    query = (
        select(Delivery)
        .join(CaseEvent, CaseEvent.id == Delivery.content_id)
        .join(AuditLink, AuditLink.event_id == CaseEvent.id)
        .where(Delivery.status == PENDING, Delivery.kind == CASE_EVENT, Delivery.bureau == bureau)
    )
    # What the machine notes is sealed later than what people do.
    return list(session.scalars(query.order_by(CaseEvent.at, CaseEvent.action != OPENED, AuditLink.number)))


def told_event(session: Session, event_id: str) -> Mapping[str, Any]:
    """What is told of an event: it never changes, so a message is the same however often it is sent."""
    query = select(CaseEvent, Case).join(Case, Case.id == CaseEvent.case_id).where(CaseEvent.id == event_id)
    event, case = session.execute(query).one()
    told = {"number": case.number, "qualification": case.name, "action": event.action}
    if event.action in _OBJECTIONS:
        told |= {"objection": event.given["objection"]}
    else:
        told |= {"status": SUSPECTED if event.action == OPENED else event.to_status}
    sort = {OPENED: "case.opened", **_OBJECTIONS}.get(event.action, "case.changed")
    return {"type": sort, "timestamp": event.at.isoformat(), "data": told}


def _events(session: Session, position: WebhookPosition, newest: int) -> Collection[str]:
    query = (
        select(CaseEvent.id)
        .join(AuditLink, AuditLink.event_id == CaseEvent.id)
        .join(Case, Case.id == CaseEvent.case_id)
        .where(AuditLink.number > position.number, AuditLink.number <= newest, within(position.bureau))
        .where(or_(CaseEvent.action.in_((OPENED, *_OBJECTIONS)), CaseEvent.to_status != ""))
    )
    return session.scalars(query).all()


def _delivery(bureau: str, event_id: str, now: datetime) -> dict[str, Any]:
    return {
        "id": stable_id("delivery", bureau, CASE_EVENT, event_id),
        **new_delivery(bureau, CASE_EVENT, now.astimezone(CHINA).date().isoformat(), event_id, now),
    }
