"""What a message about objections is made of: those of one delivery that wait for an answer."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from store.announcements import Header, header
from store.models import Bureau, Case, Delivery, Employer
from store.objection_models import DeliveryObjection, Objection
from store.objections import OPEN

OBJECTIONS: Final = 50
"""Objections set out in one message; of the others it says how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldObjection:
    number: int
    received_at: datetime
    due: date
    organisation: str
    """Who objects, in their own words."""
    reasons: str
    about: str
    """What it is about, as it was written."""
    case: str
    """Number of the case; empty while it is not known which one is meant, and so for what follows."""
    division: str | None
    employer: str
    poster: str
    qualification: str
    """Canonical name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionNews(Header):
    """Objections that wait for an answer; `total` counts all."""

    total: int
    objections: tuple[ToldObjection, ...]


def objection_news(
    session: Session, delivery: Delivery, bureau: Bureau, *, limit: int = OBJECTIONS
) -> ObjectionNews:
    """The delivery as it stands now, without objections that were answered since it was planned."""
    found = _found(delivery.id)
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    rows = session.execute(found.order_by(Objection.due, Objection.number).limit(limit)).all()
    return ObjectionNews(
        **header(delivery, bureau), total=total, objections=tuple(_told(*row) for row in rows)
    )


def _found(delivery_id: str) -> Select[Objection, Case, Employer]:
    return (
        select(Objection, Case, Employer)
        .join(DeliveryObjection, DeliveryObjection.objection == Objection.number)
        .outerjoin(Case, Case.id == Objection.case_id)
        .outerjoin(Employer, Employer.id == Case.employer_id)
        .where(DeliveryObjection.delivery_id == delivery_id, Objection.state == OPEN)
    )


def _told(objection: Objection, case: Case | None, employer: Employer | None) -> ToldObjection:
    return ToldObjection(
        number=objection.number,
        received_at=objection.received_at,
        due=objection.due,
        organisation=objection.organisation,
        reasons=objection.reasons,
        about=objection.about,
        case=case.number if case else "",
        division=case.division if case else None,
        employer=employer.name if employer else "",
        poster=employer.poster if employer else "unknown",
        qualification=case.name if case else "",
    )
