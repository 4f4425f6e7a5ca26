"""What a message about duties is made of: the cases of one delivery, the step that is due, and since when."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from config.bureaus import bureau_name, section_address
from config.settings import CHINA
from config.workdays import workdays
from store.announcements import Header, header
from store.casework_models import CaseClock
from store.deliveries import SECTION
from store.duty_models import DeliveryDuty
from store.models import Bureau, Case, CaseEvent, Delivery, Employer

CASES: Final = 50
"""Cases named in one message; of the others it says how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyCase:
    number: str
    division: str | None
    bureau: str
    """Code of the one that has the case."""
    bureau_name: str
    employer: str
    """Empty where the ad names none."""
    poster: str
    qualification: str
    """Canonical name."""
    step: str
    """What is due, in Chinese."""
    due: date
    late: int
    """Working days since; 0 while there is time."""
    reason: str
    """Why it was assigned, in the words of who did; empty for what is late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties(Header):
    """Cases with something to do; `total` counts all."""

    total: int
    cases: tuple[DutyCase, ...]


def duties(session: Session, delivery: Delivery, bureau: Bureau, *, limit: int = CASES) -> Duties:
    """The delivery as it stands now, the longest overdue first."""
    found = _found(delivery)
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    rows = session.execute(found.order_by(CaseClock.due, Case.number).limit(limit)).all()
    today = delivery.created_at.astimezone(CHINA).date()
    told = header(delivery, bureau)
    if delivery.kind == SECTION:
        told["email"] = section_address(bureau.code)
    return Duties(**told, total=total, cases=tuple(_case(*row, today=today) for row in rows))


def _found(delivery: Delivery) -> Select[Case, CaseClock, Employer, str | None]:
    return (
        select(Case, CaseClock, Employer, CaseEvent.reason)
        .join(DeliveryDuty, DeliveryDuty.case_id == Case.id)
        .join(CaseClock, CaseClock.case_id == Case.id)
        .outerjoin(CaseEvent, CaseEvent.id == DeliveryDuty.occasion)
        .outerjoin(Employer, Employer.id == Case.employer_id)
        .where(DeliveryDuty.delivery_id == delivery.id, CaseClock.due.is_not(None))
    )


def _case(
    case: Case, clock: CaseClock, employer: Employer | None, reason: str | None, *, today: date
) -> DutyCase:
    due = clock.due or today
    return DutyCase(
        number=case.number,
        division=case.division,
        bureau=case.bureau,
        bureau_name=bureau_name(case.bureau),
        employer=employer.name if employer else "",
        poster=employer.poster if employer else "unknown",
        qualification=case.name,
        step=clock.step,
        due=due,
        late=max(workdays().between(due, today), 0),
        reason=reason or "",
    )
