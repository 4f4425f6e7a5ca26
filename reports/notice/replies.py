"""Takes the answers of a platform: from the list that it filled in, or one by one."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from config.settings import CHINA
from reports.notice.issue import Desk, found
from reports.notice.reply_sheet import AD, COLUMNS, FilledIn, Problem, Rows, filled_in
from reports.templating import visible
from store.database import transaction
from store.dead_letters import Decision
from store.issued import file_lines, keep_files
from store.notice_models import NoticeFile, NoticeItem, PlatformNotice
from store.notice_replies import Reply, faults, items, take_replies
from store.notices import ISSUED, NoticeError


@dataclass(frozen=True, slots=True)
class FilledList:
    """A list that came back."""

    suffix: str
    """Like `.xlsx`."""
    content: bytes
    rows: Rows
    unread: tuple[Problem, ...] = ()
    """What could not be read as a row."""


class UnreadableListError(ValueError):
    """A list as a whole cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a list."""

    new: int
    """Answers that say something new."""
    same: int
    """Those that were known."""
    problems: tuple[Problem, ...]
    """Why rows were not taken."""


def take_list(desk: Desk, number: str, filled: FilledList, decision: Decision) -> Taken:
    """Take the good rows of a list, tell of the others, and keep the list as it came.

    Raises:
        NoSuchNoticeError: there is no notice with this number.
        NoticeError: it was not issued.
    """
    name = f"reply-{hashlib.sha256(filled.content).hexdigest()[:12]}{filled.suffix}"
    with transaction(desk.engine, durable=True) as session:
        notice = _issued(session, number, desk.area)
        listed = items(session, number)
        problems = [*filled.unread]
        replies: list[Reply] = []
        for row in filled_in(filled.rows):
            wrong = _faults(row, notice, listed, _today(decision))
            problems += wrong
            if isinstance(row, FilledIn) and not wrong:
                replies.append(row.reply)
        if not any(line.name == name for line in file_lines(session, number, NoticeFile)):
            keep_files(session, NoticeFile, number, [(name, filled.content)])
        new = take_replies(session, notice, replies, decision, file=name)
    return Taken(new, len(replies) - new, tuple(problems))


def take_one(desk: Desk, number: str, reply: Reply, decision: Decision) -> bool:
    """Take an answer that somebody writes down by hand; whether it says something new.

    Raises:
        NoSuchNoticeError: there is no notice with this number.
        NoticeError: it was not issued, or something is wrong with the answer.
    """
    with transaction(desk.engine) as session:
        notice = _issued(session, number, desk.area)
        if wrong := list(faults(reply, notice, len(items(session, number)), _today(decision))):
            raise NoticeError("\n".join(wrong))
        return take_replies(session, notice, [reply], decision) > 0


def _issued(session: Session, number: str, area: str) -> PlatformNotice:
    notice = found(session, number, area)
    if notice.state != ISSUED:
        raise NoticeError(f"{number} is {notice.state}; only what was issued is answered")
    return notice


def _faults(
    row: FilledIn | Problem, notice: PlatformNotice, listed: Sequence[NoticeItem], today: date
) -> list[Problem]:
    """What is wrong with a row."""
    if isinstance(row, Problem):
        return [row]
    found = []
    for fault in faults(row.reply, notice, len(listed), today):
        field, _, told = fault.partition(": ")
        found.append(Problem(row.at, COLUMNS[field], told))
    place = row.reply.place
    asked = visible(listed[place - 1].told["source_ad_id"]) if 1 <= place <= len(listed) else ""
    if asked and row.ad and row.ad != asked:
        told = f"item {place} is {asked!r}, the row says {row.ad[:80]!r}"
        found.append(Problem(row.at, AD, told))
    return found


def _today(decision: Decision) -> date:
    return decision.at.astimezone(CHINA).date()
