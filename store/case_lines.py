"""What every list of cases says of one: its status, whom it is about, and the clues that stand in it."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from store.cases import UNJUDGED, standing
from store.models import Case, Clue

SEVERITIES: Final = ("red", "orange", "yellow", "grey", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSummary:
    """A case, as far as all lists say the same."""

    number: str
    status: str
    severity: str
    """The gravest among its clues that stand: red, orange, yellow or grey."""
    bureau: str
    employer: str
    name: str
    clues: int
    """Those that stand."""
    added: int
    """Those of them that were found after people had judged the others."""
    opened_at: datetime


@dataclass(slots=True)
class Tally:
    """The clues that stand in a case."""

    severities: set[str]
    clues: int = 0
    undecided: int = 0


def tallies(session: Session, case_ids: Collection[str]) -> dict[str, Tally]:
    """The clues that stand in these cases, by case."""
    mine = and_(Clue.case_id.in_(case_ids), standing())
    undecided = func.count(case((Clue.human_verdict.is_(None), Clue.id)))
    counts = select(Clue.case_id, Clue.severity, func.count(), undecided).where(mine)
    found: dict[str, Tally] = defaultdict(lambda: Tally(set()))
    for case_id, severity, *numbers in session.execute(counts.group_by(Clue.case_id, Clue.severity)):
        tally = found[case_id]
        tally.severities.add(severity)
        tally.clues += numbers[0]
        tally.undecided += numbers[1]
    return found


def summary(found: Case, status: str, employer: str | None, tally: Tally) -> dict[str, Any]:
    """The fields of a `CaseSummary`."""
    return {
        "number": found.number,
        "status": status,
        "severity": next((level for level in SEVERITIES if level in tally.severities), ""),
        "bureau": found.bureau,
        "employer": employer or "",
        "name": found.name,
        "clues": tally.clues,
        "added": 0 if found.status in UNJUDGED else tally.undecided,
        "opened_at": found.opened_at,
    }


def has_clue(wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a clue that stands in the case is as `wanted`."""
    return select(Clue.id).where(Clue.case_id == Case.id, standing(), wanted).exists()


def has_added() -> ColumnElement[bool]:
    """Whether clues were found in the case after people had judged the others."""
    return and_(Case.status.not_in(UNJUDGED), has_clue(Clue.human_verdict.is_(None)))
