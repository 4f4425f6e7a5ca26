"""The list of cases that a person of the console works through, by what they ask for, page by page."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal

from sqlalchemy import ColumnElement, and_, case, func, literal_column, or_, select, tuple_
from sqlalchemy.orm import Session

from config.casework import casework
from config.weeks import Week
from store.case_file import SEVERITIES
from store.cases import FOR_REVIEW, SUSPECTED, UNJUDGED, WITHDRAWN, shown_status, standing
from store.casework_models import CaseClock
from store.jurisdiction import within
from store.models import Case, CaseEvent, Clue, Employer

View = Literal["open", "new", "mine", "added", "overdue", "all"]

PAGE: Final = 50
"""Cases on one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whose list, and what of it. What is empty does not matter."""

    area: str
    """Code of the bureau beyond which nothing is seen."""
    person: str
    today: date
    view: View = "open"
    words: str = ""
    """Each of them stands in the number, the employer's name, the qualification's, or a quoted clause."""
    bureau: str = ""
    employer: str = ""
    qualification: str = ""
    severity: str = ""
    week: Week | None = None
    """In which the case was opened."""
    board: str = ""


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One case of the list."""

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
    follows: bool
    """It takes up what was found after another case had ended."""
    opened_at: datetime
    step: str
    due: date | None
    paused: bool

    def overdue(self, today: date) -> bool:
        return self.due is not None and self.due < today and not self.paused


@dataclass(frozen=True, slots=True)
class WorkPage:
    lines: tuple[WorkLine, ...]
    more: bool
    """There are further cases after the last one."""


@dataclass(slots=True)
class _Tally:
    """The clues that stand in a case."""

    severities: set[str] = field(default_factory=set)
    clues: int = 0
    undecided: int = 0


def work_list(session: Session, asked: Asked, *, after: str = "", limit: int = PAGE) -> WorkPage:
    """The newest cases of what is asked for, or those that follow the case numbered `after`."""
    query = (
        select(Case, shown_status(), Employer.name, CaseClock.step, CaseClock.due, CaseClock.paused_on)
        .outerjoin(Employer, Employer.id == Case.employer_id)
        .outerjoin(CaseClock, CaseClock.case_id == Case.id)
        .where(*_wanted(asked), *_behind(session, asked.area, after))
        .order_by(Case.opened_at.desc(), Case.number.desc())
        .limit(limit + 1)
    )
    rows = session.execute(query).all()
    tallies = _tallies(session, [found.id for found, *_ in rows[:limit]])
    lines = tuple(
        WorkLine(
            number=found.number,
            status=status,
            severity=next((each for each in SEVERITIES if each in tallies[found.id].severities), ""),
            bureau=found.bureau,
            employer=employer or "",
            name=found.name,
            clues=tallies[found.id].clues,
            added=0 if found.status in UNJUDGED else tallies[found.id].undecided,
            follows=found.follows is not None,
            opened_at=found.opened_at,
            step=step or "",
            due=due,
            paused=paused_on is not None,
        )
        for found, status, employer, step, due, paused_on in rows[:limit]
    )
    return WorkPage(lines, more=len(rows) > limit)


def _behind(session: Session, area: str, after: str) -> Iterator[ColumnElement[bool]]:
    """A case outside of `area` is no place to go on from: where it stands would tell when it was opened."""
    place = select(Case.opened_at).where(Case.number == after, within(area))
    if after and (opened_at := session.scalar(place)) is not None:
        yield tuple_(Case.opened_at, Case.number) < (opened_at, after)


def _tallies(session: Session, case_ids: Collection[str]) -> dict[str, _Tally]:
    mine = and_(Clue.case_id.in_(case_ids), standing())
    undecided = func.count(case((Clue.human_verdict.is_(None), Clue.id)))
    counts = select(Clue.case_id, Clue.severity, func.count(), undecided).where(mine)
    found = {case_id: _Tally() for case_id in case_ids}
    for case_id, severity, *numbers in session.execute(counts.group_by(Clue.case_id, Clue.severity)):
        tally = found[case_id]
        tally.severities.add(severity)
        tally.clues += numbers[0]
        tally.undecided += numbers[1]
    return found


def _wanted(asked: Asked) -> Iterator[ColumnElement[bool]]:
    yield within(asked.area)
    yield from _in_view(asked)
    if asked.bureau:
        yield within(asked.bureau)
    if asked.week:
        yield and_(Case.opened_at >= asked.week.start, Case.opened_at < asked.week.end)
    if asked.employer:
        yield _employer_says(asked.employer)
    if asked.qualification:
        yield Case.name.icontains(asked.qualification, autoescape=True)
    if asked.board:
        yield Case.id.in_(select(Clue.case_id).where(Clue.source == asked.board, standing()))
    if asked.severity:
        graver = SEVERITIES[: SEVERITIES.index(asked.severity)]
        yield and_(_has_clue(Clue.severity == asked.severity), ~_has_clue(Clue.severity.in_(graver)))
    for word in asked.words.split():
        yield _says(word)


def _in_view(asked: Asked) -> Iterator[ColumnElement[bool]]:
    """What the views let through; `all` is all."""
    if asked.view == "new":
        yield shown_status().in_((SUSPECTED, FOR_REVIEW))
    elif asked.view in {"open", "mine"}:
        over = [name for name, status in casework().statuses.items() if not status.open]
        yield shown_status().not_in([*over, WITHDRAWN])
    elif asked.view == "added":
        yield and_(Case.status.not_in(UNJUDGED), _has_clue(Clue.human_verdict.is_(None)))
    elif asked.view == "overdue":
        yield and_(CaseClock.due < asked.today, CaseClock.paused_on.is_(None))
    if asked.view == "mine":
        # What the machine noted has no status, and is not in the index; SQLite takes it for a literal only.
        deeds = and_(CaseEvent.actor == asked.person, CaseEvent.to_status != literal_column("''"))
        yield Case.id.in_(select(CaseEvent.case_id).where(deeds))


def _has_clue(wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(Clue.id).where(Clue.case_id == Case.id, standing(), wanted).exists()


def _says(word: str) -> ColumnElement[bool]:
    clauses = select(Clue.case_id).where(Clue.clause.icontains(word, autoescape=True), standing())
    return or_(
        Case.number.icontains(word, autoescape=True),
        Case.name.icontains(word, autoescape=True),
        _employer_says(word),
        Case.id.in_(clauses),
    )


def _employer_says(word: str) -> ColumnElement[bool]:
    # Asked once for all cases: where few match, going through the cases one by one would take long.
    return Case.employer_id.in_(select(Employer.id).where(Employer.name.icontains(word, autoescape=True)))
