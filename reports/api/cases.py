"""Cases: the work list, one case with its evidence, and what is done in it."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from fastapi import Header, Path, Query, Response
from pydantic import Field, StringConstraints
from starlette.exceptions import HTTPException

from config import casework
from config.weeks import Week
from reports.api.answers import Cases, Done, ListedCase, ToldAction, ToldCase, ToldClue, ToldDeed, ToldLook
from reports.api.gate import Asking, Caller, Reason, Text, Why
from reports.api.problems import Fault, FaultyRequest
from reports.console.pack import hand_over
from store.accounts import Person
from store.case_file import CaseFile, open_case_file
from store.casework import RefusedError, act, standing_of
from store.database import snapshot, transaction
from store.dead_letters import Decision
from store.jurisdiction import bureaus_within, is_within
from store.tokens import OtherRequestError, Request, done_before, note_done
from store.work_list import PAGE, Asked, View, work_list

MOST_CLUES: Final = 100
"""Clues that one case sets out."""
_MOST_DAYS: Final = 999

Number = Annotated[Text, Path(description="Number of the case.")]
Key = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, pattern="^[!-~]+$"),
    Header(alias="Idempotency-Key", description="Names the request: the same again changes nothing."),
]


class Wanted(Asking):
    """What of the work list is asked for. What is left out does not matter."""

    view: View = "open"
    words: Text = ""
    """Each of them stands in the number, the employer's name, the qualification's, or a quoted clause."""
    bureau: Text = ""
    """This one and those below it; within the area of the account."""
    employer: Text = ""
    qualification: Text = ""
    severity: Literal["", "red", "orange", "yellow", "grey"] = ""
    week: Annotated[str, Field(pattern=r"^(|[0-9]{4}-W(0[1-9]|[1-4][0-9]|5[0-3]))$")] = ""
    """In which the case was opened, such as 2026-W47."""
    board: Text = ""
    after: Text = ""
    """Number of the last case of the page before."""
    limit: Annotated[int, Field(ge=1, le=200)] = PAGE


class Deed(Asking):
    """Why the action is done, and what it asks for."""

    why: Why
    days: Annotated[int, Field(ge=1, le=_MOST_DAYS)] | None = None
    """Working days, where the action lets them be set."""
    asked: Mapping[casework.Asked, Text] = Field(default_factory=dict)
    """What the action asks for by name; names of inspectors are joined by 、."""


def list_cases(wanted: Annotated[Wanted, Query()], caller: Caller) -> Cases:
    """List the cases of the account's bureau and of those below it, the newest first."""
    person = caller.person
    if wanted.bureau and wanted.bureau not in bureaus_within(person.bureau):
        raise HTTPException(404, "no such bureau within the area of the account")
    asked = Asked(
        area=person.bureau,
        person=person.name,
        today=caller.now.date(),
        week=_week(wanted.week),
        **wanted.model_dump(exclude={"week", "after", "limit"}),
    )
    with snapshot(caller.desk.engine) as session:
        found = work_list(session, asked, after=wanted.after, limit=wanted.limit)
    return Cases(
        cases=tuple(map(ListedCase.model_validate, found.lines)),
        after=found.lines[-1].number if found.more else "",
    )


def show_case(number: Number, caller: Caller) -> ToldCase:
    """Show one case: its clues with the words of the ad, its history, and what may be done next."""
    area = caller.person.bureau
    with snapshot(caller.desk.engine) as session:
        found = open_case_file(session, number) if is_within(session, number, area) else None
        if found is None:
            raise _unknown(number)
        standing = standing_of(session, number)
        before, after = (
            each if is_within(session, each, area) else "" for each in (found.line.follows, found.followed_by)
        )
    return ToldCase.model_validate(
        {
            **_line(found),
            "before": before,
            "followed_by": after,
            "step": standing.clock.step,
            "due": standing.clock.due,
            "paused_on": standing.clock.paused_on,
            "evidence": tuple(map(ToldClue.model_validate, found.clues[:MOST_CLUES])),
            "left_off": max(0, len(found.clues) - MOST_CLUES),
            "looks": tuple(map(ToldLook.model_validate, found.looks)),
            "history": tuple(map(ToldDeed.model_validate, found.history)),
            "actions": tuple(_actions(standing, caller.person)),
        }
    )


def act_in_case(number: Number, action: Text, deed: Deed, key: Key, caller: Caller) -> Done:
    """Do one action in a case, in the name of the account. What `GET` tells as `actions` may be done."""
    person = caller.person
    known = casework.casework().actions.get(action)
    asked = f"{number}/{action} {deed.model_dump_json()}".encode()
    request = Request(person.name, key, asked)
    given = casework.Given(
        by=person.name, why=deed.why, days=deed.days, asked=dict[str, str](deed.asked.items())
    )
    try:
        with transaction(caller.desk.engine) as session:
            if (before := done_before(session, request)) is not None:
                return Done.model_validate({**before, "repeated": True})
            if known is None or not is_within(session, number, person.bureau, lock=True):
                raise _unknown(f"{number}/actions/{action}")
            if known.who != person.role:
                raise HTTPException(403, f"{action} is for: {known.who}")
            done = act(session, number, action, given, caller.now)
            told = {
                "number": number,
                "status": done.status,
                "step": done.clock.step,
                "due": done.clock.due and done.clock.due.isoformat(),
            }
            note_done(session, request, told, caller.now)
    except RefusedError as error:
        raise FaultyRequest(409, "the action is refused", map(fault, error.reasons)) from error
    except OtherRequestError as error:
        raise FaultyRequest(409, str(error), [Fault(field="Idempotency-Key", reason=str(error))]) from error
    return Done.model_validate({**told, "repeated": False})


def take_pack(number: Number, given: Reason, caller: Caller) -> Response:
    """Give out the evidence pack of a case, which is not masked, for a reason; who was given it is kept."""
    decision = Decision(caller.person.name, given.why, caller.now)
    return hand_over(caller.desk, number, decision, area=caller.person.bureau)


def _week(written: str) -> Week | None:
    try:
        return Week.parse(written) if written else None
    except ValueError as error:
        raise FaultyRequest(404, "no such week", [Fault(field="week", reason=str(error))]) from error


def _line(found: CaseFile) -> dict[str, Any]:
    names = ("number", "status", "severity", "bureau", "employer", "name", "clues", "added", "opened_at")
    line = {name: getattr(found.line, name) for name in names}
    return {**line, "qualification": found.qualification, "division": found.division}


def _actions(standing: casework.Standing, person: Person) -> Iterator[ToldAction]:
    work = casework.casework()
    nothing = casework.Given(by=person.name, why="", asked={})
    for name in work.allowed(standing):
        action = work.actions[name]
        if action.who == person.role:
            reasons = work.refusals(name, standing, nothing)
            yield ToldAction(
                action=name,
                name=action.name,
                asks=action.asks,
                outcomes=work.outcomes.get(name, {}),
                barred=tuple(each for each in reasons if each.startswith("by:")),
            )


def fault(reason: str) -> Fault:
    """A refusal of the store, which begins with the field it is about."""
    field, _, told = reason.partition(": ")
    return Fault(field=field, reason=told)


def _unknown(what: str) -> HTTPException:
    return HTTPException(404, f"there is no {what} within the area of the account")
