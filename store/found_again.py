"""What a message about looking again is made of: corrected cases in whose ads the demand was found again."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from store.announcements import Header, header
from store.models import Bureau, Case, Delivery, DeliveryItem, Employer
from store.recheck_lines import LookLine, look_lines
from store.rechecks import FAILED, found_again

CASES: Final = 50
"""Cases named in one message; of the others it says how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCase:
    number: str
    division: str | None
    employer: str
    """Empty where the ad names none."""
    poster: str
    qualification: str
    """Canonical name."""
    looks: tuple[LookLine, ...]
    """Those that found something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAgain(Header):
    """Cases whose correction did not hold, as far as the machine can see; `total` counts all."""

    total: int
    cases: tuple[FoundCase, ...]


def found_again_news(
    session: Session, delivery: Delivery, bureau: Bureau, *, limit: int = CASES
) -> FoundAgain:
    """The delivery as it stands now, without cases that people have taken up since it was planned."""
    found = _found(delivery.id)
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    rows = session.execute(found.order_by(Case.number).limit(limit)).all()
    cases = tuple(_case(session, case, employer) for case, employer in rows)
    return FoundAgain(**header(delivery, bureau), total=total, cases=cases)


def _found(delivery_id: str) -> Select[Case, Employer | None]:
    return (
        select(Case, Employer)
        .join(DeliveryItem, DeliveryItem.case_id == Case.id)
        .outerjoin(Employer, Employer.id == Case.employer_id)
        .where(DeliveryItem.delivery_id == delivery_id, found_again())
    )


def _case(session: Session, case: Case, employer: Employer | None) -> FoundCase:
    return FoundCase(
        number=case.number,
        division=case.division,
        employer=employer.name if employer else "",
        poster=employer.poster if employer else "unknown",
        qualification=case.name,
        looks=tuple(each for each in look_lines(session, case.id) if each.outcome in FAILED),
    )
