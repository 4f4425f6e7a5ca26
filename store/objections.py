"""Objections (异议): what somebody brings forward against a case, and what a person answers.

Whoever objects has a receipt, and by it alone learns the answer. What is received and answered is told in the
history of the case; an answer is a link of its chain.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, NamedTuple, get_args

from sqlalchemy import ColumnElement, Select, delete, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from config.casework import casework
from config.divisions import NATION
from config.settings import CHINA
from config.workdays import workdays
from events.ids import stable_id
from store.access_models import Read
from store.audit import seal_one
from store.cases import MACHINE
from store.dead_letters import Decision
from store.jurisdiction import within
from store.models import Case, CaseEvent
from store.objection_models import Objection, ObjectionContact

Outcome = Literal["upheld", "rejected"]
Obstacle = Literal["answered", "no_case", "case_open"]
OPEN: Final = "open"
OBJECTED: Final = "objected"
ANSWERED: Final = {outcome: f"objection_{outcome}" for outcome in get_args(Outcome)}
"""What the history of a case calls an answer."""
_NUMBER: Final = re.compile(r"QD-[0-9]{6}-[0-9]{4}-[0-9]{6}")


class ObstacleError(ValueError):
    """Something cannot be done about an objection; `what` is in the way, and nothing was changed."""

    def __init__(self, what: Obstacle) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """An objection as it comes in: words masked, the contact encrypted."""

    receipt: str
    at: datetime
    about: str
    organisation: str
    reasons: str
    contact: str
    delete_contact_at: datetime


class ObjectionLine(NamedTuple):
    objection: Objection
    case: Case | None
    """None while it is not known which case is meant."""


def bring(session: Session, brought: Brought) -> Objection:
    """Keep an objection; of a case whose number it names, the history tells it."""
    number = _NUMBER.search(brought.about.upper())
    case = _case(session, number[0]) if number else None
    objection = Objection(
        receipt_sha256=_sha256(brought.receipt),
        received_at=brought.at,
        about=brought.about,
        case_id=case.id if case else None,
        organisation=brought.organisation,
        reasons=brought.reasons,
        due=workdays().after(brought.at.astimezone(CHINA).date(), casework().objections.days).day,
        state=OPEN,
        answered_at=None,
    )
    session.add(objection)
    session.flush()
    if brought.contact:
        delete_at = brought.delete_contact_at
        session.add(
            ObjectionContact(objection=objection.number, contact=brought.contact, delete_at=delete_at)
        )
    if case:
        session.add(_event(objection, OBJECTED, Decision(MACHINE, "", brought.at)))
    return objection


def by_receipt(session: Session, receipt: str) -> ObjectionLine | None:
    """The objection with this receipt, however its letters were typed."""
    return _one(session, _lines().where(Objection.receipt_sha256 == _sha256(receipt)))


def objection_line(session: Session, number: int, area: str, *, lock: bool = False) -> ObjectionLine | None:
    """The objection `number`; None where there is none within `area`. One without a case is the nation's."""
    query = _lines().where(Objection.number == number, within(area))
    return _one(session, query.with_for_update(of=Objection) if lock else query)


def objections(
    session: Session, area: str, *, answered: bool, limit: int, after: int | None = None
) -> list[ObjectionLine]:
    """Those within `area`: the open ones, which are due first before others, or the last of the answered.

    With `after`, those that follow the one of this number.
    """
    order = Objection.number.desc() if answered else Objection.number
    state = Objection.state != OPEN if answered else Objection.state == OPEN
    query = _lines().where(state, within(area))
    if after is not None:
        query = query.where(Objection.number < after if answered else Objection.number > after)
    return [ObjectionLine(*row) for row in session.execute(query.order_by(order).limit(limit))]


def objections_to(session: Session, number: str) -> Sequence[Objection]:
    """Those against the case with this number, the newest first."""
    query = select(Objection).join(Case, Case.id == Objection.case_id).where(Case.number == number)
    return session.scalars(query.order_by(Objection.number.desc())).all()


def is_contested(case_id: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether an objection against the case stands: it waits for an answer, or was upheld."""
    return exists().where(Objection.case_id == case_id, Objection.state.in_((OPEN, "upheld")))


def assign(session: Session, line: ObjectionLine, number: str, decision: Decision) -> None:
    """Say which case an objection means that named none.

    Raises:
        ObstacleError: it has a case or an answer, or there is no case with this number.
    """
    case = _case(session, number)
    if line.objection.state != OPEN or line.case is not None:
        raise ObstacleError("answered")
    if case is None:
        raise ObstacleError("no_case")
    line.objection.case_id = case.id
    seal_one(session, _event(line.objection, OBJECTED, decision))


def answer(session: Session, line: ObjectionLine, outcome: Outcome, decision: Decision) -> None:
    """Answer an open objection. One is upheld once people have ended its case, which is theirs to do.

    Raises:
        ObstacleError: it is answered already; or is to be upheld, and its case is unknown or still worked on.
    """
    objection, case = line
    if objection.state != OPEN:
        raise ObstacleError("answered")
    if outcome == "upheld" and case is None:
        raise ObstacleError("no_case")
    if outcome == "upheld" and case and casework().statuses[case.status].open:
        raise ObstacleError("case_open")
    objection.state, objection.answer = outcome, decision.why
    objection.answered_by, objection.answered_at = decision.actor, decision.at
    if case:
        seal_one(session, _event(objection, ANSWERED[outcome], decision))


def note_contact_read(session: Session, line: ObjectionLine, decision: Decision) -> None:
    """Note that somebody is told how to reach who objects; commit it before telling."""
    given = {"actor": decision.actor, "at": decision.at, "why": decision.why}
    bureau = line.case.bureau if line.case else NATION
    session.add(Read(what="objection", subject=str(line.objection.number), bureau=bureau, **given))


def contact_of(session: Session, number: int) -> str:
    """How to reach who objects, encrypted; empty where nothing was given, or its time is over."""
    found = session.get(ObjectionContact, number)
    return found.contact if found else ""


def forget_contacts(session: Session, now: datetime) -> None:
    """Delete the contacts whose time is over."""
    session.execute(delete(ObjectionContact).where(ObjectionContact.delete_at <= now))


def change_contacts(session: Session, change: Callable[[str], str]) -> int:
    """Store every contact as `change` makes it; how many there are."""
    found = session.scalars(select(ObjectionContact).order_by(ObjectionContact.objection)).all()
    for each in found:
        each.contact = change(each.contact)
    return len(found)


def is_late(objection: Objection, today: date) -> bool:
    """Does it wait for an answer past its day?"""
    return objection.state == OPEN and objection.due < today


def _lines() -> Select[Objection, Case]:
    return select(Objection, Case).outerjoin(Case, Case.id == Objection.case_id)


def _one(session: Session, query: Select[Objection, Case]) -> ObjectionLine | None:
    row = session.execute(query).one_or_none()
    return ObjectionLine(*row) if row else None


def _case(session: Session, number: str) -> Case | None:
    return session.scalars(select(Case).where(Case.number == number)).one_or_none()


def _sha256(receipt: str) -> str:
    letters = "".join(char for char in receipt.upper() if char.isalnum())
    return hashlib.sha256(letters.encode()).hexdigest()


def _event(objection: Objection, action: str, decision: Decision) -> CaseEvent:
    event_id = stable_id("case-event", objection.case_id, "objection", str(objection.number), action)
    told = {"actor": decision.actor, "reason": decision.why, "given": {"objection": objection.number}}
    return CaseEvent(id=event_id, case_id=objection.case_id, at=decision.at, action=action, **told)
