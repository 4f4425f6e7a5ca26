"""Issues platform notices and reminders: files are made, and kept for good as they leave the house."""

from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.divisions import NATION
from config.settings import CHINA
from reports.citations import Texts
from reports.notice.files import files_of, reminder_files
from reports.notice.model import Letter, letter_of
from reports.weekly.publish import MANIFEST, manifest, sized, write_if_changed
from store.database import snapshot, transaction
from store.dead_letters import Decision
from store.issued import file_bytes, file_lines, is_sound
from store.notice_models import NoticeFile, PlatformNotice
from store.notice_reminders import next_reminder, open_items, remind, reminder_due
from store.notice_replies import items
from store.notices import NoticeError, due_of, issue, notice_line


class NoSuchNoticeError(LookupError):
    """There is no notice with this number in the area."""


@dataclass(frozen=True, slots=True)
class Desk:
    """With what notices are issued."""

    engine: Engine
    texts: Texts
    area: str = NATION
    """Only notices of bureaus within it are there."""


def issue_notice(desk: Desk, number: str, decision: Decision) -> Letter:
    """Issue a draft.

    Raises:
        NoSuchNoticeError: there is none with this number.
        NoticeError: it may not be issued by this person, or not as it stands; nothing was changed.
    """
    with transaction(desk.engine, durable=True) as session:
        notice = found(session, number, desk.area)
        letter = _letter(session, notice, decision, desk.texts)
        issue(session, notice, decision, files_of(letter))
        return letter


def remind_platform(desk: Desk, number: str, decision: Decision) -> Letter:
    """Release a reminder, which has the ads that are not answered.

    Raises:
        NoSuchNoticeError: there is none with this number.
        NoticeError: there is nothing to remind of now; nothing was changed.
    """
    with transaction(desk.engine, durable=True) as session:
        notice = found(session, number, desk.area)
        reminder = next_reminder(session, notice, decision)
        today = decision.at.astimezone(CHINA).date()
        listed = open_items(session, notice)
        told = letter_of(notice, listed, today, reminder_due(today), desk.texts)
        letter = replace(told, number=reminder.number, cites=notice.number)
        remind(session, notice, reminder, reminder_files(letter, reminder.sequence))
        return letter


def found(session: Session, number: str, area: str = NATION) -> PlatformNotice:
    """The notice with this number.

    Raises:
        NoSuchNoticeError: there is none within `area`.
    """
    line = notice_line(session, number, area)
    if line is None:
        raise NoSuchNoticeError(number)
    return line.notice


def write_out(engine: Engine, number: str, folder: Path) -> Path:
    """Write the files of a notice, as they are kept, to `folder/<number>`.

    Raises:
        NoticeError: what is kept of it is not what was issued.
    """
    files = kept_files(engine, number)
    for name, content in files.items():
        write_if_changed(folder / number / name, content)
    write_if_changed(folder / number / MANIFEST, manifest({"number": number}, sized(files.items())))
    return folder / number


def kept_files(engine: Engine, number: str) -> dict[str, bytes]:
    """The files of a notice that were issued, and the lists that came back, by name.

    Raises:
        NoticeError: one of them is not what was kept.
    """
    files = {}
    with snapshot(engine) as session:
        for line in file_lines(session, number, NoticeFile):
            files[line.name] = file_bytes(session, line, NoticeFile)
            if not is_sound(line, files[line.name]):
                raise NoticeError(f"{number}: {line.name} in the database is not what was issued")
    return files


def _letter(session: Session, notice: PlatformNotice, decision: Decision, texts: Texts) -> Letter:
    issued_on = decision.at.astimezone(CHINA).date()
    return letter_of(notice, items(session, notice.number), issued_on, due_of(decision.at), texts)
