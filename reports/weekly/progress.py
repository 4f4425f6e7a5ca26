"""Sections 9 and 10: how far the cases have come, and what looking again has found."""

from collections import Counter
from datetime import datetime
from typing import Final

from reports.weekly.figures import share
from reports.weekly.model import Count, LookingAgain, Progress
from reports.weekly.wording import CLOSED, DELIVERIES, STATUSES
from store.rechecks import CONCLUDED
from store.weekly_rows import WeekRows

AGES: Final = ((7, "7 天以内"), (30, "8—30 天"), (90, "31—90 天"))
"""Upper bound in days and label; whatever is older has a class of its own."""
OLDEST: Final = "90 天以上"


def progress_of(rows: WeekRows) -> Progress:
    """The state of all cases of the subtree that were opened before the week's end."""
    statuses = Counter(case.status for case in rows.cases)
    still_open = [case for case in rows.cases if case.status not in CLOSED]
    now = rows.as_of or rows.scope.week.end
    ages = Counter(_age(case.opened_at, now) for case in still_open)
    return Progress(
        opened=sum(case.opened_at >= rows.scope.week.start for case in rows.cases),
        open_cases=len(still_open),
        statuses=_counts(statuses, STATUSES),
        ages=tuple(
            Count(label=label, count=ages[label], share=share(ages[label], len(still_open)))
            for label in (*(label for _, label in AGES), OLDEST)
        ),
        alerts=_counts(Counter(rows.deliveries), DELIVERIES),
    )


def looks_of(rows: WeekRows) -> LookingAgain:
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
