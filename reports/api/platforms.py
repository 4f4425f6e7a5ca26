"""What the operator of a board may ask for: the notices that were issued to it, and to answer them.

Its token stands for no account, so that nothing else here knows it; and what is here knows no other token.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final

from fastapi import Depends, Query, Request, Response
from pydantic import Field, ValidationError
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from config.bureaus import bureau_name
from config.settings import CHINA
from reports.api.gate import READING, Answer, Asking, Header, Resource, Text, admitted
from reports.console.gate import Desk
from reports.notice.files import LIST_JSON
from reports.notice.wording import BY_PROGRAM
from store.board_notices import issued_to, notice_to
from store.board_tokens import BoardBearer, board_bearer
from store.database import snapshot, transaction
from store.dead_letters import Decision
from store.issued import file_bytes, file_lines, is_sound
from store.notice_models import NoticeFile, PlatformNotice
from store.notice_replies import Reply, faults, items, take_replies
from store.notices import NoticeLine

MOST: Final = 500
"""Answers in one request."""


@dataclass(frozen=True, slots=True)
class PlatformCall:
    """One request, with the board for which it is made."""

    desk: Desk
    bearer: BoardBearer
    now: datetime


def _speaker(request: Request, given: Header) -> BoardBearer:
    found = admitted(request, given, board_bearer)
    desk: Desk = request.app.state.desk
    desk.gate.let_pass("program", f"board:{found.board}")
    return found


def _call(request: Request, found: Annotated[BoardBearer, Depends(_speaker)]) -> PlatformCall:
    desk: Desk = request.app.state.desk
    return PlatformCall(desk, found, desk.clock())


Caller = Annotated[PlatformCall, Depends(_call)]


class PlatformResource(Resource):
    """One thing that the operator of a board may ask for."""

    __slots__ = ()

    def guard(self) -> Any:  # noqa: ANN401 - FastAPI's own type for it
        """Lets those pass who speak for a board."""

        def check(found: Annotated[BoardBearer, Depends(_speaker)]) -> None:
            if found.reads_only and self.method not in READING:
                raise HTTPException(403, "the token is for reading only")

        return Depends(check)


class AskedNotices(Asking):
    """Which page of the list."""

    after: Text = ""
    """Number of the last notice of the page before."""
    limit: Annotated[int, Field(ge=1, le=200)] = 100


class ReplyGiven(Asking):
    """What is answered of one ad."""

    place: Annotated[int, Field(ge=1)]
    """Number of the item."""
    outcome: Text
    """One of `outcomes` of the notice."""
    done_on: date
    said_by: Text
    """Who says so at the platform."""
    why: Text = ""
    """What the platform gives as its reason; needed with `disagreed`."""


class RepliesGiven(Asking):
    """Answers to a notice."""

    replies: Annotated[list[Any], Field(min_length=1, max_length=MOST)]
    """Each `{"place": 1, "outcome": "removed", "done_on": "2026-11-19", "said_by": "…", "why": ""}`; each is
    judged by itself, so one that is not as described keeps back no other."""


class ToldNotice(Answer):
    """A notice."""

    number: str
    bureau: str
    bureau_name: str
    cites: str
    """Number of the notice that this one follows; empty for a first one."""
    issued_on: date | None
    due: date | None
    ads: int
    answered: int
    late: bool


class ToldNotices(Answer):
    """One page of the notices to the board, the newest first."""

    notices: tuple[ToldNotice, ...]


class ReplyProblem(Answer):
    """Why one answer was not taken."""

    index: int
    """In the list that was sent, from 0."""
    field: str
    """Empty where the whole is meant."""
    reason: str


class RepliesTaken(Answer):
    """What came of the answers."""

    new: int
    """Those that say something new."""
    same: int
    """Those that were known."""
    problems: tuple[ReplyProblem, ...]
    """Of those that were not taken."""


def list_notices(asked: Annotated[AskedNotices, Query()], caller: Caller) -> ToldNotices:
    """List the notices that were issued to the board, the newest first."""
    with snapshot(caller.desk.engine) as session:
        found = issued_to(session, caller.bearer.board, after=asked.after, limit=asked.limit)
        return ToldNotices(notices=tuple(_told(line, caller.now.date()) for line in found))


def show_notice(number: str, caller: Caller) -> Response:
    """Hand out `list.json` of a notice, byte for byte as it was issued."""
    with snapshot(caller.desk.engine) as session:
        notice = _notice(session, number, caller)
        file = next(each for each in file_lines(session, notice.number, NoticeFile) if each.name == LIST_JSON)
        content = file_bytes(session, file, NoticeFile)
    if not is_sound(file, content):
        raise HTTPException(503, "the notice in the database is not what was issued")
    return Response(content, media_type="application/json")


def reply_to_notice(number: str, given: RepliesGiven, caller: Caller) -> RepliesTaken:
    """Answer items of a notice. Good answers are taken, the others named; the same again is taken once."""
    decision = Decision(f"平台接口 {caller.bearer.program}", BY_PROGRAM, caller.now)
    with transaction(caller.desk.engine, durable=True) as session:
        notice = _notice(session, number, caller)
        ads = len(items(session, notice.number))
        good: dict[int, Reply] = {}
        problems: list[ReplyProblem] = []
        for index, each in enumerate(given.replies):
            reply = _read(each)
            if isinstance(reply, Reply):
                wrong = [*_faults(reply, notice, ads, caller.now.date()), *_twice(reply, good)]
            else:
                wrong = reply
            problems += [ReplyProblem(index=index, field=field, reason=reason) for field, reason in wrong]
            if isinstance(reply, Reply) and not wrong:
                good[reply.place] = reply
        new = take_replies(session, notice, list(good.values()), decision)
    return RepliesTaken(new=new, same=len(good) - new, problems=tuple(problems))


def _read(each: object) -> Reply | list[tuple[str, str]]:
    """The answer, or what is wrong with how it is written: field and reason."""
    try:
        said = ReplyGiven.model_validate(each)
    except ValidationError as error:
        return [(".".join(map(str, fault["loc"])), fault["msg"]) for fault in error.errors()]
    return Reply(**said.model_dump())


def _faults(reply: Reply, notice: PlatformNotice, ads: int, today: date) -> Iterator[tuple[str, str]]:
    for fault in faults(reply, notice, ads, today):
        field, _, reason = fault.partition(": ")
        yield field, reason


def _twice(reply: Reply, good: dict[int, Reply]) -> Iterator[tuple[str, str]]:
    if reply.place in good:
        yield "place", f"{reply.place} is answered before in this list"


def _notice(session: Session, number: str, caller: PlatformCall) -> PlatformNotice:
    notice = notice_to(session, caller.bearer.board, number) if "\0" not in number else None
    if notice is None:
        raise HTTPException(404, f"there is no notice {number} to this board")
    return notice


def _told(line: NoticeLine, today: date) -> ToldNotice:
    notice = line.notice
    return ToldNotice(
        number=notice.number,
        bureau=notice.bureau,
        bureau_name=bureau_name(notice.bureau),
        cites=notice.cites,
        issued_on=notice.decided_at.astimezone(CHINA).date() if notice.decided_at else None,
        due=notice.due,
        ads=line.ads,
        answered=line.answered,
        late=line.is_late(today),
    )
