"""What bureaus have to do: cases that people assigned to them, and steps that are past their day.

A late step is told three times, by how many working days it is late (`escalation` in config/casework.yaml):
to the bureau, to whoever heads its section, and to the bureau above. To whom a case belongs is for people to
say, so the area of such news is the bureau that has the case, not the place of work.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

from sqlalchemy import Select, String, cast, delete, exists, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from config.bureaus import bureau_above
from config.casework import casework
from config.workdays import workdays
from store.casework_models import AuditLink, CaseClock
from store.deliveries import ABOVE, ASSIGNED, REMINDED, SECTION
from store.duty_models import DeliveryDuty
from store.models import Case, CaseEvent, Delivery

DISPATCHED: Final = "dispatched"
"""The status of a case that waits for the signature of its bureau."""
LATE: Final = (REMINDED, SECTION, ABOVE)

Duty = tuple[str, str, tuple[str, str]]
"""The bureau to tell, the one that has the case, and the key: id of the case, and occasion."""


def assigned(session: Session) -> Iterator[Duty]:
    """Cases that wait for a signature, of whose assignment their bureau was not told."""
    told = exists().where(
        DeliveryDuty.kind == ASSIGNED,
        DeliveryDuty.case_id == Case.id,
        DeliveryDuty.occasion == CaseEvent.id,
    )
    query = (
        select(Case.id, Case.bureau, CaseEvent.id)
        .join(CaseEvent, CaseEvent.case_id == Case.id)
        .where(Case.status == DISPATCHED, CaseEvent.id == newest_assignment(Case.id).scalar_subquery(), ~told)
    )
    for case_id, bureau, event_id in session.execute(query):
        yield bureau, bureau, (case_id, event_id)


def newest_assignment(case_id: str | InstrumentedAttribute[str]) -> Select[str]:
    """Id of the event that last assigned the case."""
    assigning = aliased(CaseEvent)
    return (
        select(assigning.id)
        .join(AuditLink, AuditLink.event_id == assigning.id)
        .where(assigning.case_id == case_id, assigning.to_status == DISPATCHED)
        .order_by(AuditLink.number.desc())
        .limit(1)
    )


def late(session: Session, kind: str, today: date) -> Iterator[Duty]:
    """Cases whose step is so late on `today` that news of this kind is due, and was not told."""
    missed = workdays().before(today, casework().escalation.days(kind))
    told = exists().where(
        DeliveryDuty.kind == kind,
        DeliveryDuty.case_id == Case.id,
        DeliveryDuty.occasion == cast(CaseClock.due, String),
    )
    query = (
        select(Case.id, Case.bureau, cast(CaseClock.due, String))
        .join(CaseClock, CaseClock.case_id == Case.id)
        .where(CaseClock.due <= missed, CaseClock.paused_on.is_(None), ~told)
    )
    for case_id, bureau, due in session.execute(query):
        yield bureau_above(bureau) if kind == ABOVE else bureau, bureau, (case_id, due)


def take_back_done(session: Session, delivery: Delivery) -> None:
    """Take out of a delivery what was signed, done, put off or handed over since it was planned."""
    mine = DeliveryDuty.delivery_id == delivery.id
    query = (
        select(DeliveryDuty.case_id, DeliveryDuty.occasion, Case, CaseClock)
        .join(Case, Case.id == DeliveryDuty.case_id)
        .outerjoin(CaseClock, CaseClock.case_id == Case.id)
        .where(mine)
    )
    done = [
        (case_id, occasion)
        for case_id, occasion, case, clock in session.execute(query)
        if not _holds(delivery, occasion, case, clock)
    ]
    session.execute(
        delete(DeliveryDuty).where(mine, tuple_(DeliveryDuty.case_id, DeliveryDuty.occasion).in_(done))
    )


def _holds(delivery: Delivery, occasion: str, case: Case, clock: CaseClock | None) -> bool:
    bureau = bureau_above(case.bureau) if delivery.kind == ABOVE else case.bureau
    if bureau != delivery.bureau:
        return False
    if delivery.kind == ASSIGNED:
        return case.status == DISPATCHED
    return clock is not None and clock.paused_on is None and str(clock.due) == occasion
