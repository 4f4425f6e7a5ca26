"""What lies in the store at a glance, for the end of a run, without clues that do not count."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.cases import FOR_REVIEW, WITHDRAWN, counting, shown_status
from store.findings import hints
from store.models import Ad, Case, Clue, Rejection, UnknownCredential

TOP: Final = 5


@dataclass(frozen=True, slots=True)
class Overview:
    ads: int
    clues: int
    cases: int
    hints: int
    """Ads in which a rule pack finds something, for each pack."""
    rejections: int
    unknown: int
    """Credential names in the curation tray."""
    severities: dict[str, int]
    """Clues by severity."""
    qualifications: list[tuple[str, int]]
    """The names with the most clues, and how many."""


def overview(session: Session) -> Overview:
    """Counts over everything recorded."""
    severities = session.execute(
        select(Clue.severity, func.count()).where(counting()).group_by(Clue.severity)
    )
    many = func.count(Clue.id).desc()
    top = select(Clue.name, func.count(Clue.id)).where(counting()).group_by(Clue.name)
    top = top.order_by(many, Clue.name).limit(TOP)
    return Overview(
        ads=_count(session, Ad),
        clues=session.scalar(select(func.count(Clue.id)).where(counting())) or 0,
        cases=session.scalar(
            select(func.count(Case.id)).where(shown_status().not_in((WITHDRAWN, FOR_REVIEW)))
        )
        or 0,
        hints=_hints(session),
        rejections=_count(session, Rejection),
        unknown=session.scalar(select(func.count(UnknownCredential.name.distinct()))) or 0,
        severities=dict(severities.all()),
        qualifications=[(name, count) for name, count in session.execute(top)],
    )


def _hints(session: Session) -> int:
    found = hints()
    each = select(found.c.ad_id, found.c.pack).distinct().subquery()
    return session.scalar(select(func.count()).select_from(each)) or 0


def _count(session: Session, table: type[Ad | Rejection]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0
