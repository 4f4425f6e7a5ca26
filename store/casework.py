"""What people do with cases: each action is checked, changes its case, and becomes a link of the chain."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from config.casework import Action, Casework, Clock, Given, Standing, casework, clock_after
from config.settings import CHINA
from events.ids import stable_id
from store.audit import seal_one
from store.cases import MACHINE, SUSPECTED, standing
from store.casework_models import AuditLink, CaseClock
from store.feedback import weigh
from store.models import Case, CaseEvent, Clue
from store.rechecks import judge, looks, plan
from store.relapses import open_following


class NoSuchCaseError(LookupError):
    """There is no case with this number."""


class RefusedError(ValueError):
    """An action cannot be done; `reasons` are all that is in the way."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = tuple(reasons)


@dataclass(frozen=True, slots=True)
class Done:
    """A case after an action."""

    number: str
    status: str
    clock: Clock


_VERDICTS: Final = {"confirmed": "confirmed", "false_alarm": "false_alarm", "undecided": None}


def act(session: Session, number: str, name: str, given: Given, at: datetime) -> Done:
    """Do the action `name` in the case `number` at the moment `at`, an aware datetime.

    Raises:
        NoSuchCaseError: there is no such case.
        RefusedError: the case, the person or what was given does not allow it; nothing was changed.
    """
    case = session.scalars(select(Case).where(Case.number == number).with_for_update()).one_or_none()
    if case is None:
        raise NoSuchCaseError(number)
    work = casework()
    clock = session.get(CaseClock, case.id)
    deeds = _deeds(session, case, work)
    found = _standing(session, case, clock, deeds)
    reasons = [*work.refusals(name, found, given)]
    if given.by == MACHINE:
        reasons.append(f"by: {MACHINE} is no person")
    if reasons:
        raise RefusedError(reasons)
    action = work.actions[name]
    to = action.to or case.status
    event_id = stable_id("case-event", case.id, "deed", str(len(deeds) + 1))
    seal_one(
        session, CaseEvent(id=event_id, case_id=case.id, at=at, action=name, to_status=to, **_told(given))
    )
    after = clock_after(action, found.clock, at.astimezone(CHINA).date(), days=given.days)
    _change(session, case, action, given)
    _wind(session, case.id, clock, after)
    if action.clues:
        weigh(session, case.id, at)
    _look_again(session, case, action, given, at)
    return Done(number, to, after)


def standing_of(session: Session, number: str) -> Standing:
    """The case as an action finds it.

    Raises:
        NoSuchCaseError: there is no such case.
    """
    case = session.scalars(select(Case).where(Case.number == number)).one_or_none()
    if case is None:
        raise NoSuchCaseError(number)
    return _standing(session, case, session.get(CaseClock, case.id), _deeds(session, case, casework()))


def _standing(session: Session, case: Case, clock: CaseClock | None, deeds: Sequence[CaseEvent]) -> Standing:
    done = tuple((deed.action, deed.actor) for deed in _present(deeds))
    return Standing(case.status, _clock(clock), done, looks(session, case.id))


def overdue(session: Session, today: date, *, bureau: str | None = None) -> list[tuple[str, str, date]]:
    """Number, step and day of all that is overdue on `today`, the oldest first; nothing while paused."""
    query = (
        select(Case.number, CaseClock.step, CaseClock.due)
        .join(CaseClock, CaseClock.case_id == Case.id)
        .where(CaseClock.due < today, CaseClock.paused_on.is_(None))
        .order_by(CaseClock.due, Case.number)
    )
    if bureau:
        query = query.where(Case.bureau == bureau)
    return [(number, step, due) for number, step, due in session.execute(query) if due]


def _deeds(session: Session, case: Case, work: Casework) -> list[CaseEvent]:
    """What people have done in the case, in the order of the audit chain."""
    query = (
        select(CaseEvent)
        .join(AuditLink, AuditLink.event_id == CaseEvent.id)
        .where(CaseEvent.case_id == case.id, CaseEvent.action.in_(work.actions))
        .order_by(AuditLink.number)
    )
    return list(session.scalars(query))


def _present(deeds: Sequence[CaseEvent]) -> Sequence[CaseEvent]:
    """Those since the case was last suspected."""
    last = max((place for place, deed in enumerate(deeds) if deed.to_status == SUSPECTED), default=-1)
    return deeds[last + 1 :]


def _told(given: Given) -> dict[str, Any]:
    days = {} if given.days is None else {"days": given.days}
    return {"actor": given.by, "reason": given.why, "given": dict(given.asked) | days, "clue_id": None}


def _change(session: Session, case: Case, action: Action, given: Given) -> None:
    case.status = action.to or case.status
    case.bureau = given.asked.get("bureau", case.bureau)
    if action.clues:
        mine = update(Clue).where(Clue.case_id == case.id, standing())
        session.execute(mine.values(human_verdict=_VERDICTS[action.clues]))


def _look_again(session: Session, case: Case, action: Action, given: Given, at: datetime) -> None:
    if action.rechecks == "begin":
        plan(session, case, at)
    elif action.rechecks == "judge":
        judge(session, case.id, given.asked["outcome"], at)
    elif action.rechecks == "failed":
        open_following(session, case, at)


def _clock(stored: CaseClock | None) -> Clock:
    if stored is None:
        return Clock()
    return Clock(due=stored.due, step=stored.step, arranged=stored.arranged, paused_on=stored.paused_on)


def _wind(session: Session, case_id: str, stored: CaseClock | None, clock: Clock) -> None:
    row = stored or CaseClock(case_id=case_id)
    row.due, row.step = clock.due, clock.step
    row.arranged, row.paused_on = clock.arranged, clock.paused_on
    session.add(row)
