"""What a message about withdrawn cases is made of: those of one delivery, and when each was announced."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from store.announcements import Header, header
from store.cases import WITHDRAWN, shown_status
from store.deliveries import NEW_CASES, delivery_key
from store.models import Bureau, Case, Clue, Delivery, DeliveryItem, Employer

CASES: Final = 200
"""Cases named in one message; of the others it says how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawnCase:
    number: str
    division: str | None
    employer: str
    """Empty where the ad names none."""
    poster: str
    qualification: str
    """Canonical name."""
    announced_at: datetime
    announced_in: str
    """Key of the message that told of the case."""
    rules: str
    """Version of the rules that no longer accuse it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawals(Header):
    """Cases that were announced and that no rule accuses any more; `total` counts all."""

    total: int
    cases: tuple[WithdrawnCase, ...]


def withdrawals(session: Session, delivery: Delivery, bureau: Bureau, *, limit: int = CASES) -> Withdrawals:
    """The delivery as it stands now, without cases that came back since it was planned."""
    found = _withdrawn(delivery.id)
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    rows = session.execute(found.order_by(Case.number).limit(limit))
    cases = tuple(_case(*row, rules=_rules(session, row[0])) for row in rows)
    return Withdrawals(**header(delivery, bureau), total=total, cases=cases)


def _withdrawn(delivery_id: str) -> Select[Case, Employer | None, Delivery]:
    told = aliased(DeliveryItem)
    first = and_(told.case_id == Case.id, told.bureau == DeliveryItem.bureau, told.kind == NEW_CASES)
    return (
        select(Case, Employer, Delivery)
        .join(DeliveryItem, DeliveryItem.case_id == Case.id)
        .join(told, first)
        .join(Delivery, Delivery.id == told.delivery_id)
        .outerjoin(Employer, Employer.id == Case.employer_id)
        .where(DeliveryItem.delivery_id == delivery_id, shown_status() == WITHDRAWN)
    )


def _rules(session: Session, case: Case) -> str:
    """The rules that withdrew the clue that stood longest."""
    last = select(Clue.withdrawn_rules).where(Clue.case_id == case.id)
    return session.scalar(last.order_by(Clue.withdrawn_at.desc(), Clue.id).limit(1)) or ""


def _case(case: Case, employer: Employer | None, announced: Delivery, *, rules: str) -> WithdrawnCase:
    return WithdrawnCase(
        number=case.number,
        division=case.division,
        employer=employer.name if employer else "",
        poster=employer.poster if employer else "unknown",
        qualification=case.name,
        announced_at=announced.sent_at or announced.created_at,
        announced_in=delivery_key(announced),
        rules=rules,
    )
