"""平台函: what the bureaus of an area asked of platforms, and what these answered."""

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import PurePath
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from config.bureaus import bureau_name
from config.platforms import MEASURES, platforms
from config.policy import in_use
from reports.console.gate import Visit
from reports.console.words import NOTICE_COLUMNS, NOTICE_FIELDS, REFUSALS
from reports.notice.issue import Desk, NoSuchNoticeError, found, issue_notice, remind_platform
from reports.notice.replies import Taken, UnreadableListError, take_list, take_one
from reports.notice.wording import BY_HAND, FROM_LIST, claimed, seen
from reports.wording import NOTICE_STATES
from store.database import snapshot, transaction
from store.dead_letters import Decision
from store.issued import file_bytes, file_lines, is_sound
from store.notice_models import NoticeFile
from store.notice_reminders import reminders
from store.notice_replies import Reply, item_lines
from store.notices import DRAFT, ISSUED, NoticeError, Wanted, draft, drop, notice_line, notices, overdue

LISTS: Final = frozenset({".xlsx", ".csv"})
"""How a list that is taken here may end; a terminal takes more."""
LISTED: Final = 100
"""Notices that the page shows."""
_PLACE_DIGITS: Final = 6


def show(visit: Visit) -> Response:
    return _list(visit)


def make(visit: Visit) -> Response:
    """Draft a notice of one's own bureau."""
    form = visit.form
    board, measure = form.get("board", ""), form.get("measure", "")
    if board not in platforms().boards or (measure and measure not in MEASURES):
        raise HTTPException(400)
    if not form.get("why"):
        return _list(visit, problem=REFUSALS["why"])
    wanted = Wanted(bureau=visit.person.bureau, source=board, measure=measure, cites=form.get("cites", ""))
    try:
        with transaction(visit.desk.engine) as session:
            number = draft(session, wanted, _decision(visit)).number
    except NoticeError as error:
        return _list(visit, problem=_told(error))
    return RedirectResponse(f"/notices/{number}", 303)


def show_one(visit: Visit) -> Response:
    return _page(visit)


def issue(visit: Visit) -> Response:
    """Issue a draft; one that is none any more stays as it is."""
    return _settle(visit, lambda: issue_notice(_desk(visit), _number(visit), _decision(visit)))


def give_up(visit: Visit) -> Response:
    """Drop a draft; one that is none any more stays as it is."""

    def dropped() -> None:
        with transaction(visit.desk.engine) as session:
            drop(session, found(session, _number(visit), visit.person.bureau), _decision(visit))

    return _settle(visit, dropped)


def remind(visit: Visit) -> Response:
    """Remind the platform of what it has not answered."""
    deed = partial(remind_platform, _desk(visit), _number(visit), _decision(visit))
    return _settle(visit, deed, state=ISSUED)


def take_reply(visit: Visit) -> Response:
    """Write down what the platform answers of one ad."""
    reply = _reply(visit)
    if reply is None:
        return _page(visit, problem=NOTICE_FIELDS["done_on"])
    decision = Decision(visit.person.name, BY_HAND, visit.now)
    try:
        take_one(_desk(visit), _number(visit), reply, decision)
    except NoSuchNoticeError as error:
        raise HTTPException(404) from error
    except NoticeError as error:
        return _page(visit, problem=_told(error))
    return _back(visit)


def take_filled(visit: Visit) -> Response:
    """Take the list that a platform filled in: good rows, and what is wrong with the others."""
    file, read = visit.file, visit.desk.read_list
    suffix = PurePath(file.name).suffix.lower() if file else ""
    if file is None or read is None or suffix not in LISTS:
        return _page(visit, problem=NOTICE_FIELDS["list"])
    decision = Decision(visit.person.name, FROM_LIST, visit.now)
    try:
        taken = take_list(_desk(visit), _number(visit), read(suffix, file.content), decision)
    except NoSuchNoticeError as error:
        raise HTTPException(404) from error
    except UnreadableListError:
        return _page(visit, problem=NOTICE_FIELDS["list"])
    except NoticeError as error:
        return _page(visit, problem=_told(error))
    return _page(visit, taken=taken)


def hand_out(visit: Visit) -> Response:
    """A file of a notice. One that was changed in the database is handed to nobody."""
    with snapshot(visit.desk.engine) as session:
        line = notice_line(session, _number(visit), visit.person.bureau)
        kept = file_lines(session, line.notice.number, NoticeFile) if line else []
        file = next((each for each in kept if each.name == visit.path["document"]), None)
        if file is None:
            raise HTTPException(404)
        content = file_bytes(session, file, NoticeFile)
    if not is_sound(file, content):
        raise HTTPException(500)
    headers = {"Content-Disposition": f'attachment; filename="{file.number}-{file.name}"'}
    return Response(content, media_type="application/octet-stream", headers=headers)


def _settle(visit: Visit, deed: Callable[[], object], *, state: str = DRAFT) -> Response:
    with snapshot(visit.desk.engine) as session:
        line = notice_line(session, _number(visit), visit.person.bureau)
    if line is None:
        raise HTTPException(404)
    if line.notice.state != state:
        return _back(visit)
    if not visit.form.get("why"):
        return _page(visit, problem=REFUSALS["why"])
    try:
        deed()
    except NoticeError as error:
        return _page(visit, problem=_told(error))
    return _back(visit)


def _list(visit: Visit, *, problem: str = "") -> Response:
    area, late = visit.person.bureau, visit.query.get("view") == "overdue"
    today = visit.now.date()
    with snapshot(visit.desk.engine) as session:
        lines = overdue(session, area, today)[:LISTED] if late else notices(session, area, limit=LISTED)
    return visit.page(
        "notices",
        status=409 if problem else 200,
        found=lines,
        late=late,
        today=today,
        platforms=platforms(),
        states=NOTICE_STATES,
        bureau_name=bureau_name,
        problem=problem,
        typed=visit.form,
    )


def _page(visit: Visit, *, problem: str = "", taken: Taken | None = None) -> Response:
    with snapshot(visit.desk.engine) as session:
        line = notice_line(session, _number(visit), visit.person.bureau)
        if line is None:
            raise HTTPException(404)
        return visit.page(
            "notice",
            status=409 if problem or (taken and taken.problems) else 200,
            taken=taken,
            columns=NOTICE_COLUMNS,
            line=line,
            notice=line.notice,
            items=item_lines(session, line.notice.number),
            files=file_lines(session, line.notice.number, NoticeFile),
            reminders=reminders(session, line.notice.number),
            today=visit.now.date(),
            platforms=platforms(),
            states=NOTICE_STATES,
            bureau_name=bureau_name,
            claimed=claimed,
            seen=seen,
            problem=problem,
            typed=visit.form,
        )


def _reply(visit: Visit) -> Reply | None:
    """What the form says; None where the day is none."""
    form = visit.form
    place, outcome = form.get("place", ""), form.get("answer", "")
    if not (place.isascii() and place.isdecimal() and len(place) <= _PLACE_DIGITS):
        raise HTTPException(400)
    if outcome not in platforms().outcomes:
        raise HTTPException(400)
    try:
        done_on = date.fromisoformat(form.get("done_on", ""))
    except ValueError:
        return None
    return Reply(
        place=int(place),
        outcome=outcome,
        done_on=done_on,
        said_by=form.get("said_by", ""),
        why=form.get("said_why", ""),
    )


def _told(error: NoticeError) -> str:
    """In Chinese, by the field that the refusal begins with."""
    fields = [line.partition(":")[0].split(" ")[0] for line in str(error).splitlines()]
    return "".join(dict.fromkeys(NOTICE_FIELDS.get(each, NOTICE_FIELDS[""]) for each in fields))


def _desk(visit: Visit) -> Desk:
    return Desk(visit.desk.engine, in_use().bases, visit.person.bureau)


def _back(visit: Visit) -> Response:
    return RedirectResponse(f"/notices/{_number(visit)}", 303)


def _number(visit: Visit) -> str:
    return visit.path["notice"]


def _decision(visit: Visit) -> Decision:
    return Decision(visit.person.name, visit.form.get("why", ""), visit.now)
