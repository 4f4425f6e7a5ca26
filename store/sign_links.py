"""签收 by a link in a letter: what the link stands for now, and signing by it without an account."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.bureaus import bureau_name
from config.casework import Given
from store.casework import act
from store.casework_models import AuditLink, CaseClock
from store.deliveries import ASSIGNED, delivery_key
from store.duties import DISPATCHED, newest_assignment
from store.duty_models import DeliveryDuty
from store.models import Case, CaseEvent, Delivery

SIGN: Final = "sign"
"""The action that such a link does; it does no other."""
SignState = Literal["open", "signed", "moved"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A case as a letter assigned it, and where it stands."""

    number: str
    bureau: str
    """Code."""
    letter: str
    """Key of the letter."""
    state: SignState
    """`moved`: it was assigned anew or to another bureau, or waits for no signature any more."""
    due: date | None
    signed_at: datetime | None
    """When it was signed for, by this link or on the console; None where it was not."""


def assignment(session: Session, delivery_id: str, number: str, *, lock: bool = False) -> Assignment | None:
    """What the letter assigned; None where it never told of the case. With `lock` it stays so."""
    query = (
        select(Delivery, DeliveryDuty.occasion, Case, CaseClock.due)
        .join(DeliveryDuty, DeliveryDuty.delivery_id == Delivery.id)
        .join(Case, Case.id == DeliveryDuty.case_id)
        .outerjoin(CaseClock, CaseClock.case_id == Case.id)
        .where(Delivery.id == delivery_id, Delivery.kind == ASSIGNED, Case.number == number)
    )
    found = session.execute(query.with_for_update(of=Case) if lock else query).one_or_none()
    if found is None:
        return None
    delivery, occasion, case, due = found
    signed_at = _signed_at(session, case.id, occasion)
    is_this = case.bureau == delivery.bureau and session.scalar(newest_assignment(case.id)) == occasion
    waits = is_this and case.status == DISPATCHED
    return Assignment(
        number=case.number,
        bureau=delivery.bureau,
        letter=delivery_key(delivery),
        state="open" if waits else "signed" if is_this and signed_at else "moved",
        due=due if waits else None,
        signed_at=signed_at if is_this else None,
    )


def sign_by_link(session: Session, assigned: Assignment, at: datetime) -> None:
    """Sign for what the letter assigned, in the name of its bureau.

    Raises:
        RefusedError: the case does not wait for a signature any more.
    """
    by = f"{bureau_name(assigned.bureau)}（经签收链接）"
    why = f"经签收链接签收，文号 {assigned.letter}"
    act(session, assigned.number, SIGN, Given(by=by, why=why, asked={}), at)


def _signed_at(session: Session, case_id: str, occasion: str) -> datetime | None:
    """When the case was first signed for after this assignment."""
    assigned = select(AuditLink.number).where(AuditLink.event_id == occasion).scalar_subquery()
    signing = (
        select(CaseEvent.at)
        .join(AuditLink, AuditLink.event_id == CaseEvent.id)
        .where(CaseEvent.case_id == case_id, CaseEvent.action == SIGN, AuditLink.number > assigned)
        .order_by(AuditLink.number)
        .limit(1)
    )
    return session.scalar(signing)
