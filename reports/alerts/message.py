"""A letter as an e-mail: plain text and HTML side by side, nothing fetched from anywhere."""

import re
from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid
from typing import Final

from config.packs import Pack
from reports.alerts.headers import LETTERS
from reports.alerts.letter import letter_of
from reports.alerts.links import NO_LINKS, Links
from reports.alerts.parts import Letter
from reports.alerts.plain import plain_text
from reports.alerts.words import SIGN_BY_LINK
from reports.citations import Texts
from reports.templating import environment
from store.deliveries import Unsendable
from store.news import News

TRIAL: Final = "本件用于测试告警能否送达，不涉及任何线索，收到即可，无需处理。"
_BYTES: Final = ("application", "octet-stream")
_TYPES: Final = {"html": ("text", "html"), "pdf": ("application", "pdf")}
"""Of attachments, by format; programs go by the name of the others."""
_ADDRESS: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,253}")


def compose(
    news: News, *, sender: str, texts: Texts, packs: Mapping[str, Pack], links: Links = NO_LINKS
) -> EmailMessage:
    """The message for `news`, byte for byte the same whenever it is composed from the same rows.

    Raises:
        Unsendable: the letter may not be sent, or an address cannot be used.
    """
    letter = letter_of(news, texts, packs, links)
    message = EmailMessage(policy=LETTERS)
    message["Subject"] = letter.subject
    message["From"] = str(Address("清单 Qingdan", addr_spec=usable_address(sender, "QINGDAN_ALERT_SENDER")))
    message["To"] = str(
        Address(letter.addressee, addr_spec=usable_address(news.email, f"bureau {news.bureau}"))
    )
    message["Date"] = news.created_at
    # The same delivery keeps its id, so a mail server or program can drop the second copy.
    message["Message-ID"] = f"<{news.delivery_id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if letter.urgent:
        message["Importance"] = "high"
    message.set_content(plain_text(letter), cte="base64")
    message.add_alternative(html(letter), subtype="html", cte="base64")
    message.set_boundary(f"qingdan-{news.delivery_id}")
    _attach(message, letter, f"qingdan-files-{news.delivery_id}")
    return message


def _attach(message: EmailMessage, letter: Letter, boundary: str) -> None:
    """Put in the files that the letter carries."""
    for file in letter.files:
        if file.content is not None:
            maintype, subtype = _TYPES.get(file.format, _BYTES)
            message.add_attachment(file.content, maintype=maintype, subtype=subtype, filename=file.name)
            message.set_boundary(boundary)


def trial(bureau: str, name: str, email: str, *, sender: str, now: datetime) -> EmailMessage:
    """A message that shows whether the bureau can be reached; it tells of no case.

    Raises:
        Unsendable: an address cannot be used.
    """
    message = EmailMessage(policy=SMTP)
    message["Subject"] = "【测试】清单告警通道"
    message["From"] = Address("清单 Qingdan", addr_spec=usable_address(sender, "QINGDAN_ALERT_SENDER"))
    message["To"] = Address(name, addr_spec=usable_address(email, f"bureau {bureau}"))
    message["Date"] = now
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{name}：\n\n{TRIAL}\n", cte="base64")
    return message


def html(letter: Letter) -> str:
    return (
        environment().get_template("alerts/letter.html.j2").render(letter=letter, sign_by_link=SIGN_BY_LINK)
    )


def usable_address(address: str, owner: str) -> str:
    """`address`, which is that of `owner`.

    Raises:
        Unsendable: it is no e-mail address.
    """
    if not _ADDRESS.fullmatch(address):
        raise Unsendable(f"{owner}: {address!r} is no e-mail address")
    return address
