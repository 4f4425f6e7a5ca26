"""Objections to the cases of an area: the list, one of them, and what is done about it."""

from datetime import date, datetime
from typing import Annotated, Final, Literal, NoReturn

from fastapi import Path, Query
from pydantic import Field
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from reports.api.gate import Answer, Asking, Call, Caller, Reason, RowNumber, Text, Why
from reports.api.problems import Fault, FaultyRequest
from store import objections as store
from store.database import snapshot, transaction
from store.dead_letters import Decision
from store.seal import SealError, opened

_LISTED: Final = 100
_OBSTACLES: Final = {
    "answered": "somebody has answered it, or said which case it means",
    "no_case": "there is no such case, or nobody has said which one it means",
    "case_open": "the case is still worked on: first dismiss or revoke it, or end it with no action",
}

Objection = Annotated[RowNumber, Path(description="Number of the objection.")]


class AskedObjections(Asking):
    """Which objections. What is left out does not matter."""

    answered: bool = False
    """Those that somebody has answered, the newest first, in place of the open ones, the oldest first."""
    after: RowNumber | None = None
    """Number of the last objection of the page before."""
    limit: Annotated[int, Field(ge=1, le=200)] = _LISTED


class AnswerGiven(Asking):
    """What whoever objects is answered."""

    state: store.Outcome
    why: Why
    """Whoever objects reads it."""


class CaseNamed(Asking):
    """Which case is meant."""

    number: Text
    why: Why


class ToldObjection(Answer):
    """An objection."""

    number: int
    received_at: datetime
    about: str
    """Number of a case or a document, or the address of an ad, as it was written."""
    case: str
    """Number of the case; empty until somebody has said which one is meant."""
    organisation: str
    reasons: str
    due: date
    """The last day for an answer."""
    late: bool
    state: Literal["open", "upheld", "rejected"]
    answered_at: datetime | None
    answered_by: str
    answer: str


class Objections(Answer):
    """One page of objections."""

    objections: tuple[ToldObjection, ...]


class Contact(Answer):
    """How to reach who objects."""

    contact: str
    """Empty where nothing was given, or its time is over."""


def list_objections(asked: Annotated[AskedObjections, Query()], caller: Caller) -> Objections:
    """List the objections to cases of the area; those that name no case are the nation's."""
    with snapshot(caller.desk.engine) as session:
        found = store.objections(session, caller.person.bureau, **asked.model_dump())
        return Objections(objections=tuple(_told(line, caller) for line in found))


def show_objection(objection: Objection, caller: Caller) -> ToldObjection:
    """Show one objection."""
    with snapshot(caller.desk.engine) as session:
        return _told(_line(session, objection, caller), caller)


def answer_objection(objection: Objection, given: AnswerGiven, caller: Caller) -> ToldObjection:
    """Answer an objection; the same answer of the account again is given once."""
    with transaction(caller.desk.engine) as session:
        line = _line(session, objection, caller, lock=True)
        before = line.objection.state, line.objection.answer, line.objection.answered_by
        if before != (given.state, given.why, caller.person.name):
            try:
                store.answer(session, line, given.state, _decision(caller, given.why))
            except store.ObstacleError as error:
                _refuse(error, "state")
        return _told(line, caller)


def name_case(objection: Objection, given: CaseNamed, caller: Caller) -> ToldObjection:
    """Say which case an objection means that named none; the same again is said once."""
    with transaction(caller.desk.engine) as session:
        line = _line(session, objection, caller, lock=True)
        if line.case is None or line.case.number != given.number:
            try:
                store.assign(session, line, given.number, _decision(caller, given.why))
            except store.ObstacleError as error:
                _refuse(error, "number")
        return _told(_line(session, objection, caller), caller)


def show_contact(objection: Objection, given: Reason, caller: Caller) -> Contact:
    """Tell how to reach who objects, for a reason; that it was told is kept."""
    with transaction(caller.desk.engine, durable=True) as session:
        line = _line(session, objection, caller)
        store.note_contact_read(session, line, _decision(caller, given.why))
        stored = store.contact_of(session, objection)
    try:
        return Contact(contact=opened(stored))
    except SealError as error:
        raise HTTPException(503, "the contact cannot be decrypted at the moment") from error


def _line(session: Session, number: int, caller: Call, *, lock: bool = False) -> store.ObjectionLine:
    found = store.objection_line(session, number, caller.person.bureau, lock=lock)
    if found is None:
        raise HTTPException(404, f"there is no objection {number} within the area of the account")
    return found


def _decision(caller: Call, why: str) -> Decision:
    return Decision(caller.person.name, why, caller.now)


def _refuse(error: store.ObstacleError, field: str) -> NoReturn:
    reason = _OBSTACLES[error.what]
    raise FaultyRequest(409, reason, [Fault(field=field, reason=reason)]) from error


def _told(line: store.ObjectionLine, caller: Call) -> ToldObjection:
    objection, case = line
    names = ("number", "received_at", "about", "organisation", "reasons", "due", "state")
    answered = ("answered_at", "answered_by", "answer")
    return ToldObjection.model_validate(
        {
            **{name: getattr(objection, name) for name in (*names, *answered)},
            "case": case.number if case else "",
            "late": store.is_late(objection, caller.now.date()),
        }
    )
