"""A platform notice as an e-mail: a few words, and its files as they were issued."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import PurePath
from typing import Final

from sqlalchemy import Engine

from config.bureaus import bureau_address, bureau_name
from config.platforms import platforms
from reports.alerts.message import usable_address
from reports.notice.files import LETTER, LIST, LIST_CSV, LIST_JSON
from reports.notice.issue import found, kept_files
from store.database import snapshot
from store.deliveries import Unsendable
from store.models import Delivery
from store.notices import NoticeError

_TYPES: Final = {
    ".docx": ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".csv": ("text", "csv"),
    ".json": ("application", "json"),
}


def compose(engine: Engine, delivery: Delivery, *, sender: str) -> EmailMessage:
    """The message of a delivery, byte for byte the same each time; without `To` where no address is set.

    Raises:
        Unsendable: an address cannot be used, or a file is not what was issued.
    """
    with snapshot(engine) as session:
        notice = found(session, delivery.content_id)
    board = platforms().boards.get(notice.source)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = f"【平台函】{notice.number}，请于 {notice.due} 前答复"
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
    message.set_content(
        f"{board.operator if board else notice.source}：\n\n现将 {notice.number} 号函和所列招聘信息清单发上，"
        f"请于 {notice.due} 前填写清单，回复本邮件。\n\n{bureau_name(notice.bureau)}\n",
        cte="base64",
    )
    _attach(message, engine, notice.number)
    message.set_boundary(f"qingdan-{delivery.id}")
    return message


def _attach(message: EmailMessage, engine: Engine, number: str) -> None:
    try:
        files = kept_files(engine, number)
    except NoticeError as error:
        raise Unsendable(str(error)) from error
    for name in (LETTER, LIST, LIST_CSV, LIST_JSON):
        main, sub = _TYPES[PurePath(name).suffix]
        message.add_attachment(files[name], maintype=main, subtype=sub, filename=f"{number}-{name}")
