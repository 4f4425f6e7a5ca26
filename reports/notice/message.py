"""A platform notice, or a reminder of one, as an e-mail: a few words, and its files as they were issued."""

from collections.abc import Iterable
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import PurePath
from typing import Final

from sqlalchemy import Engine

from config.bureaus import bureau_address, bureau_name
from config.platforms import platforms
from config.settings import CHINA
from reports.alerts.message import usable_address
from reports.notice.files import LETTER, LIST, LIST_CSV, LIST_JSON
from reports.notice.issue import found, kept_files
from store.database import snapshot
from store.deliveries import Unsendable
from store.models import Delivery
from store.notice_models import NoticeReminder, PlatformNotice
from store.notices import NoticeError

_TYPES: Final = {
    ".docx": ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".csv": ("text", "csv"),
    ".json": ("application", "json"),
}


@dataclass(frozen=True, slots=True)
class _Said:
    """What one of the two letters says."""

    subject: str
    words: str
    files: tuple[str, ...]
    """Names."""


def compose(engine: Engine, delivery: Delivery, *, sender: str) -> EmailMessage:
    """The message of a delivery, byte for byte the same each time; without `To` where no address is set.

    Raises:
        Unsendable: an address cannot be used, or a file is not what was issued.
    """
    with snapshot(engine) as session:
        reminder = session.get(NoticeReminder, delivery.content_id)
        notice = found(session, reminder.notice if reminder else delivery.content_id)
    board = platforms().boards.get(notice.source)
    said = _reminding(notice, reminder) if reminder else _asking(notice)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = said.subject
    message["From"] = Address(
        bureau_name(notice.bureau), addr_spec=usable_address(sender, "QINGDAN_ALERT_SENDER")
    )
    if board and board.email:
        told = usable_address(board.email, f"board {notice.source}")
        message["To"] = Address(board.operator, addr_spec=told)
    message["Reply-To"] = usable_address(bureau_address(notice.bureau), f"bureau {notice.bureau}")
    message["Date"] = delivery.created_at
    # The same delivery keeps its id, so a mail server or program can drop the second copy.
    message["Message-ID"] = f"<{delivery.id}@{sender.rpartition('@')[2]}>"
    whom = board.operator if board else notice.source
    message.set_content(f"{whom}：\n\n{said.words}\n\n{bureau_name(notice.bureau)}\n", cte="base64")
    _attach(message, engine, notice.number, said.files)
    message.set_boundary(f"qingdan-{delivery.id}")
    return message


def _asking(notice: PlatformNotice) -> _Said:
    return _Said(
        f"【平台函】{notice.number}，请于 {notice.due} 前答复",
        f"现将 {notice.number} 号函和所列招聘信息清单发上，请于 {notice.due} 前填写清单，回复本邮件。",
        (LETTER, LIST, LIST_CSV, LIST_JSON),
    )


def _reminding(notice: PlatformNotice, reminder: NoticeReminder) -> _Said:
    issued = notice.decided_at.astimezone(CHINA).date() if notice.decided_at else ""
    today = reminder.at.astimezone(CHINA).date()
    return _Said(
        f"【平台函催办】{notice.number}，请于 {reminder.due} 前答复",
        f"本机关 {issued} 发出 {notice.number} 号函，请于 {notice.due} 前答复所列招聘信息的处置情况。"
        f"截至 {today}，尚有 {len(reminder.places)} 条未收到答复，清单附后（序号与原函相同）。"
        f"请于 {reminder.due} 前填写清单，回复本邮件；已经处置或者答复的，也请在清单中写明。",
        (f"reminder-{reminder.sequence}.xlsx", f"reminder-{reminder.sequence}.csv"),
    )


def _attach(message: EmailMessage, engine: Engine, number: str, names: Iterable[str]) -> None:
    try:
        files = kept_files(engine, number)
    except NoticeError as error:
        raise Unsendable(str(error)) from error
    for name in names:
        main, sub = _TYPES[PurePath(name).suffix]
        message.add_attachment(files[name], maintype=main, subtype=sub, filename=f"{number}-{name}")
