"""异议: what was brought forward against the cases of an area, and the answers of its people."""

from typing import Final, cast, get_args

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from reports.console.gate import Visit
from reports.console.words import OBSTACLES, REFUSALS
from reports.wording import OBJECTION_STATES, STATUS
from store.database import snapshot, transaction
from store.dead_letters import Decision
from store.objections import (
    ObjectionLine,
    ObstacleError,
    Outcome,
    answer,
    assign,
    contact_of,
    is_late,
    note_contact_read,
    objection_line,
    objections,
)
from store.seal import SealError, opened

LISTED: Final = 100
"""Objections that the tray shows."""


def show(visit: Visit) -> Response:
    answered = visit.query.get("view") == "answered"
    with snapshot(visit.desk.engine) as session:
        found = objections(session, visit.person.bureau, answered=answered, limit=LISTED)
        return visit.page(
            "objections", found=found, answered=answered, states=OBJECTION_STATES, is_late=is_late
        )


def show_one(visit: Visit) -> Response:
    return _page(visit)


def give_answer(visit: Visit) -> Response:
    """Answer an objection; what somebody has answered is not answered again."""
    outcome, why = visit.form.get("state", ""), visit.form.get("why", "")
    if outcome not in get_args(Outcome):
        raise HTTPException(400)
    if not why:
        return _page(visit, problem=REFUSALS["why"])
    try:
        with transaction(visit.desk.engine) as session:
            line = objection_line(session, _number(visit), visit.person.bureau, lock=True)
            answer(session, _found(line), cast("Outcome", outcome), _decision(visit))
    except ObstacleError as error:
        if error.what != "answered":
            return _page(visit, problem=OBSTACLES[error.what])
    return _back(visit)


def name_case(visit: Visit) -> Response:
    """Say which case an objection means that named none."""
    if not visit.form.get("why"):
        return _page(visit, problem=REFUSALS["why"])
    try:
        with transaction(visit.desk.engine) as session:
            line = objection_line(session, _number(visit), visit.person.bureau, lock=True)
            assign(session, _found(line), visit.form.get("number", ""), _decision(visit))
    except ObstacleError as error:
        if error.what != "answered":
            return _page(visit, problem=OBSTACLES[error.what])
    return _back(visit)


def show_contact(visit: Visit) -> Response:
    """Tell how to reach who objects; who reads it and why is noted before."""
    if not visit.form.get("why"):
        return _page(visit, problem=REFUSALS["why"])
    with transaction(visit.desk.engine, durable=True) as session:
        line = _found(objection_line(session, _number(visit), visit.person.bureau))
        note_contact_read(session, line, _decision(visit))
        stored = contact_of(session, line.objection.number)
    try:
        return _page(visit, contact=opened(stored) or "没有留下联系方式，或者已经到期删除。")
    except SealError:
        return _page(visit, problem="联系方式现在无法解密，请联系系统管理员。")


def _page(visit: Visit, *, problem: str = "", contact: str = "") -> Response:
    with snapshot(visit.desk.engine) as session:
        line = _found(objection_line(session, _number(visit), visit.person.bureau))
        return visit.page(
            "objection",
            status=409 if problem else 200,
            objection=line.objection,
            case=line.case,
            late=is_late(line.objection, visit.now.date()),
            states=OBJECTION_STATES,
            statuses=STATUS,
            problem=problem,
            contact=contact,
            typed=visit.form,
        )


def _back(visit: Visit) -> Response:
    return RedirectResponse(f"/objections/{_number(visit)}", 303)


def _number(visit: Visit) -> int:
    written = visit.path["objection"]
    if not (written.isascii() and written.isdecimal() and len(written) <= 9):  # noqa: PLR2004 - what a column holds
        raise HTTPException(404)
    return int(written)


def _found(line: ObjectionLine | None) -> ObjectionLine:
    if line is None:
        raise HTTPException(404)
    return line


def _decision(visit: Visit) -> Decision:
    return Decision(visit.person.name, visit.form.get("why", ""), visit.now)
