"""The list of cases that a person of the console works through, by what they ask for, page by page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from sqlalchemy import ColumnElement, and_, literal_column, or_, select, true, tuple_
from sqlalchemy.orm import Session

from config.casework import casework
from config.sampling import sample
from config.weeks import Week
from store.case_lines import SEVERITIES, CaseSummary, has_added, has_clue, summary, tallies
from store.cases import FOR_REVIEW, SUSPECTED, UNJUDGED, shown_status, standing
from store.casework_models import CaseClock
from store.jurisdiction import within
from store.models import Case, CaseEvent, Clue, Employer
from store.periods import in_period
from store.recheck_lines import LookSummary, look_summaries
from store.rechecks import CORRECTED
from store.search import folded, says
from store.search_models import CaseWords

View = Literal["open", "new", "sample", "mine", "added", "overdue", "corrected", "all"]

PAGE: Final = 50
"""Cases on one page."""

NUMBER: Final = re.compile(r"qd-[0-9]{6}-[0-9]{4}-[0-9]{6,}")
"""A whole number of a case, folded."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkLine(CaseSummary):
    """One case of the list."""

    follows: bool
    """It takes up what was found after another case had ended."""
    step: str
    due: date | None
    paused: bool
    look: LookSummary | None
    """What looking again has come to, of a case that is corrected."""

    def overdue(self, today: date) -> bool:
        return self.due is not None and self.due < today and not self.paused


@dataclass(frozen=True, slots=True)
class WorkPage:
    lines: tuple[WorkLine, ...]
    more: bool
    """There are further cases after the last one."""


def work_list(session: Session, asked: Asked, *, after: str = "", limit: int = PAGE) -> WorkPage:
    """The newest cases of what is asked for, or those that follow the case numbered `after`."""
    newest = Case.opened_at.desc(), Case.number.desc()
    wanted = (
        *_wanted(asked),
        *_drawn(session, asked),
        *_found(session, asked),
        *_behind(session, asked.area, after),
    )
    # What else a line tells is looked up for the cases of the page alone, not for all that might be on it.
    page = select(Case.id).where(*wanted).order_by(*newest).limit(limit + 1).subquery()
    query = (
        select(Case, shown_status(), Employer.name, CaseClock.step, CaseClock.due, CaseClock.paused_on)
        .join(page, page.c.id == Case.id)
        .outerjoin(Employer, Employer.id == Case.employer_id)
        .outerjoin(CaseClock, CaseClock.case_id == Case.id)
        .order_by(*newest)
    )
    rows = session.execute(query).all()
    counted = tallies(session, [found.id for found, *_ in rows[:limit]])
    looks = look_summaries(session, [found.id for found, *_ in rows[:limit] if found.status == CORRECTED])
    lines = tuple(
        WorkLine(
            **summary(found, status, employer, counted[found.id]),
            follows=found.follows is not None,
            step=step or "",
            due=due,
            paused=paused_on is not None,
            look=looks.get(found.id),
        )
        for found, status, employer, step, due, paused_on in rows[:limit]
    )
    return WorkPage(lines, more=len(rows) > limit)


def _behind(session: Session, area: str, after: str) -> Iterator[ColumnElement[bool]]:
    """A case outside of `area` is no place to go on from: where it stands would tell when it was opened."""
    place = select(Case.opened_at).where(Case.number == after, within(area))
    if after and (opened_at := session.scalar(place)) is not None:
        yield tuple_(Case.opened_at, Case.number) < (opened_at, after)


def _wanted(asked: Asked) -> Iterator[ColumnElement[bool]]:
    yield within(asked.area)
    yield from _in_view(asked)
    if asked.bureau:
        yield within(asked.bureau)
    if asked.week:
        yield in_period(Case.opened_at, asked.week)
    if asked.board:
        yield Case.id.in_(select(Clue.case_id).where(Clue.source == asked.board, standing()))
    if asked.severity:
        graver = SEVERITIES[: SEVERITIES.index(asked.severity)]
        yield and_(has_clue(Clue.severity == asked.severity), ~has_clue(Clue.severity.in_(graver)))


def _drawn(session: Session, asked: Asked) -> Iterator[ColumnElement[bool]]:
    """The week's sample of the area, as the weekly report draws it, as far as nobody has judged it."""
    if asked.view == "sample":
        week = asked.week or Week.with_day(asked.today).before(1)
        area = within(asked.bureau or asked.area)
        opened = select(Case.number).where(
            in_period(Case.opened_at, week), shown_status() != FOR_REVIEW, area
        )
        yield Case.number.in_(sample(session.scalars(opened)))
        yield and_(Case.status.in_(UNJUDGED), or_(Case.status != SUSPECTED, has_clue(true())))


def _found(session: Session, asked: Asked) -> Iterator[ColumnElement[bool]]:
    """What the words let through that the employer, the qualification or the whole case is to hold."""
    words = folded(asked.words).split()
    yield from (Case.number == word.upper() for word in words if NUMBER.fullmatch(word))
    texts = (CaseWords.employer, asked.employer), (CaseWords.name, asked.qualification)
    holds = [says(session, text, word) for text, given in texts if (word := folded(given))]
    holds += [says(session, CaseWords.words, word) for word in words if not NUMBER.fullmatch(word)]
    if holds:
        yield Case.id.in_(select(CaseWords.case_id).where(*holds))


def _in_view(asked: Asked) -> Iterator[ColumnElement[bool]]:
    """What the views let through; `all` is all."""
    stands = has_clue(true())
    if asked.view == "new":
        yield and_(Case.status == SUSPECTED, stands)
    elif asked.view in {"open", "mine"}:
        waiting = [name for name, status in casework().statuses.items() if status.open]
        yield and_(Case.status.in_(waiting), or_(Case.status != SUSPECTED, stands))
    elif asked.view == "added":
        yield has_added()
    elif asked.view == "overdue":
        late = and_(CaseClock.due < asked.today, CaseClock.paused_on.is_(None))
        yield Case.id.in_(select(CaseClock.case_id).where(late))
    elif asked.view == "corrected":
        yield Case.status == CORRECTED
    if asked.view == "mine":
        # What the machine noted has no status, and is not in the index; SQLite takes it for a literal only.
        deeds = and_(CaseEvent.actor == asked.person, CaseEvent.to_status != literal_column("''"))
        yield Case.id.in_(select(CaseEvent.case_id).where(deeds))
