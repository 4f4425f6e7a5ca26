"""What looking again has come to, for those who read of it: one case, a list of cases, a week or month."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, aliased

from config.months import Period
from store.models import Ad, AdVersion, Case, CaseEvent
from store.periods import in_period
from store.recheck_models import Recheck
from store.rechecks import CORRECTED, PASSED, RELAPSED, for_people


@dataclass(frozen=True, slots=True, kw_only=True)
class LookLine:
    """One ad of a case on one of its days."""

    days: int
    """After the correction."""
    due_on: date
    next_on: date | None
    """When the machine looks next; None once it has done with it."""
    outcome: str
    looked_at: datetime | None
    title: str
    url: str
    found_url: str
    """Of the ad in which the posting was published again; empty where there is none."""

    @property
    def waits_for_people(self) -> bool:
        """Has the machine done with it, and it has not passed?"""
        return self.next_on is None and self.outcome not in PASSED


@dataclass(frozen=True, slots=True)
class LookSummary:
    """What the looks of a case come to together."""

    next_on: date | None
    for_people: int
    """Ads and days that wait for a person."""


@dataclass(frozen=True, slots=True)
class PeriodOfLooks:
    """What was looked at again in a week or month."""

    outcomes: Mapping[str, int] = field(default_factory=dict)
    """Ads by what the last look of the period's came to, as it stands now."""
    for_people: int = 0
    """Of all, those that wait for a person."""
    relapses: int = 0
    """Cases that people have ended as relapses in it."""


def look_lines(session: Session, case_id: str) -> tuple[LookLine, ...]:
    """The looks of a case, by day."""
    again = aliased(Ad)
    query = (
        select(Recheck, AdVersion.title, again.url)
        .join(Ad, Ad.id == Recheck.ad_id)
        .join(AdVersion, AdVersion.id == Ad.version_id)
        .outerjoin(again, again.id == Recheck.found_ad)
        .where(Recheck.case_id == case_id)
        .order_by(Recheck.days, Recheck.ad_id)
    )
    return tuple(
        LookLine(
            days=row.days,
            due_on=row.due_on,
            next_on=row.next_on,
            outcome=row.outcome,
            looked_at=row.looked_at,
            title=title,
            url=row.url,
            found_url=found_url or "",
        )
        for row, title, found_url in session.execute(query)
    )


def look_summaries(session: Session, case_ids: Collection[str]) -> dict[str, LookSummary]:
    """Of those of the cases that are looked at again, by case."""
    waiting = func.count(case((for_people(), Recheck.ad_id)))
    query = select(Recheck.case_id, func.min(Recheck.next_on), waiting).where(Recheck.case_id.in_(case_ids))
    rows = session.execute(query.group_by(Recheck.case_id))
    return {case_id: LookSummary(next_on, count) for case_id, next_on, count in rows}


def period_of_looks(session: Session, period: Period, within: ColumnElement[bool]) -> PeriodOfLooks:
    """What was looked at in `period`, of the cases `within`."""
    counted = select(Recheck.outcome, func.count()).join(Case, Case.id == Recheck.case_id).where(within)
    outcomes = session.execute(
        counted.where(in_period(Recheck.looked_at, period))
        .group_by(Recheck.outcome)
        .order_by(Recheck.outcome)
    )
    waiting = select(func.count()).select_from(Recheck).join(Case, Case.id == Recheck.case_id)
    relapsed = select(func.count()).select_from(CaseEvent).join(Case, Case.id == CaseEvent.case_id)
    ended = CaseEvent.to_status == RELAPSED, in_period(CaseEvent.at, period)
    return PeriodOfLooks(
        outcomes=dict(outcomes.all()),
        for_people=session.scalar(waiting.where(within, for_people(), Case.status == CORRECTED)) or 0,
        relapses=session.scalar(relapsed.where(within, *ended)) or 0,
    )
