"""Sections 9 and 10: how far the cases have come, and what looking again has found."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from config.months import Month, Period
from reports.weekly.figures import share
from reports.weekly.model import Count, Edition, LookingAgain, Objections, Progress, UnitLine
from reports.weekly.regions import UNCLEAR, region_name, region_of
from reports.weekly.wording import CLOSED, DELIVERIES, STATUSES
from store.cases import FALSE_ALARM
from store.rechecks import CONCLUDED
from store.weekly_rows import CaseRow, PeriodRows

AGES: Final = ((7, "7 天以内"), (30, "8—30 天"), (90, "31—90 天"))
"""Upper bound in days and label; whatever is older has a class of its own."""
OLDEST: Final = "90 天以上"


_STEPS: Final = {
    "suspected": "suspected",
    "reviewed": "suspected",
    "filed": "confirmed",
    "dispatched": "confirmed",
    "signed": "verifying",
    "verifying": "verifying",
    "ordered": "ordered",
    "corrected": "corrected",
}
"""Status of an open case → the column that it is counted in."""


class Worked(NamedTuple):
    """What was done with cases in a period."""

    opened: int
    confirmed: int
    excluded: int
    ended: int
    open_cases: int
    """At its end."""


def worked(cases: Iterable[CaseRow], period: Period) -> Worked:
    """What was done in `period`; of a case that was reopened only what was done last."""
    start, end = period.start, period.end

    def lies_in(moment: datetime | None) -> bool:
        return moment is not None and start <= moment < end

    ended = Counter(case.status == FALSE_ALARM for case in cases if lies_in(case.ended_at))
    return Worked(
        opened=sum(lies_in(case.opened_at) for case in cases),
        confirmed=sum(lies_in(case.confirmed_at) for case in cases),
        excluded=ended[True],
        ended=ended[False],
        open_cases=sum(case.opened_at < end and is_open(case, end) for case in cases),
    )


def is_open(case: CaseRow, at: datetime) -> bool:
    """Was something left to do in a case at this moment, as far as its present state tells?"""
    return case.status not in CLOSED or (case.ended_at is not None and case.ended_at >= at)


def progress_of(rows: PeriodRows) -> Progress:
    """The state of all cases of the subtree that were opened before the period's end.

    Raises:
        OutsideScopeError: a case belongs to a bureau of another area.
    """
    end = rows.scope.period.end
    open_cases = [case for case in rows.cases if is_open(case, end)]
    ages = Counter(_age(case.opened_at, rows.as_of or end) for case in open_cases)
    units = unit_lines(rows)
    return Progress(
        opened=worked(rows.cases, rows.scope.period).opened,
        open_cases=len(open_cases),
        overdue=sum(unit.overdue for unit in units),
        units=units,
        objections=Objections(
            received=rows.objections.received,
            upheld=rows.objections.upheld,
            rejected=rows.objections.rejected,
            waiting=rows.objections.waiting,
            overdue=rows.objections.overdue,
        ),
        statuses=_counts(Counter(case.status for case in rows.cases), STATUSES),
        ages=tuple(
            Count(label=label, count=ages[label], share=share(ages[label], len(open_cases)))
            for label in (*(label for _, label in AGES), OLDEST)
        ),
        alerts=_counts(Counter(rows.deliveries), DELIVERIES),
    )


def unit_lines(rows: PeriodRows) -> tuple[UnitLine, ...]:
    """The work by child of the division, where most is overdue first; the bureau's own comes last."""
    units: dict[str, list[CaseRow]] = {}
    for case in rows.cases:
        units.setdefault(region_of(case.bureau, rows.scope.root), []).append(case)
    lines = [_unit_line(code, cases, rows) for code, cases in units.items()]
    return tuple(sorted(lines, key=lambda line: (line.code == UNCLEAR, -line.overdue, line.code)))


def names_units(edition: Edition, period: Period) -> bool:
    """Does a report tell of the work of each unit by its name? In public the monthly circular alone does."""
    return edition == "internal" or isinstance(period, Month)


def _unit_line(code: str, cases: Sequence[CaseRow], rows: PeriodRows) -> UnitLine:
    period = rows.scope.period
    open_cases = [case for case in cases if is_open(case, period.end)]
    steps = Counter(_STEPS.get(case.status, "") for case in open_cases)
    return UnitLine(
        code=code,
        name=region_name(code, rows.scope.root) if code else "本级",
        open_cases=len(open_cases),
        suspected=steps["suspected"],
        confirmed=steps["confirmed"],
        verifying=steps["verifying"],
        ordered=steps["ordered"],
        corrected=steps["corrected"],
        overdue=sum(case.due is not None and case.due < rows.day for case in open_cases),
        ended=worked(cases, period).ended,
    )


def looks_of(rows: PeriodRows) -> LookingAgain:
    """Section 10: what looking again at the ads of corrected cases has come to."""
    found = rows.looks
    return LookingAgain(
        outcomes=_counts(Counter(found.outcomes), CONCLUDED),
        for_people=found.for_people,
        relapses=found.relapses,
    )


def _age(opened: datetime, now: datetime) -> str:
    days = (now - opened).days
    return next((label for bound, label in AGES if days <= bound), OLDEST)


def _counts(found: Counter[str], labels: dict[str, str]) -> tuple[Count, ...]:
    known = [code for code in labels if found[code]]
    unknown = sorted(code for code in found if code not in labels)
    whole = found.total()
    return tuple(
        Count(label=labels.get(code, code), count=found[code], share=share(found[code], whole))
        for code in (*known, *unknown)
    )
