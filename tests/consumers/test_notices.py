"""Platform notices leave once, with their files as issued: mailed, or into the outbox."""

import email
import email.policy
from datetime import timedelta
from email.message import EmailMessage
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from config.platforms import platforms
from consumers.channel import ChannelUnavailable, OutboxFolder
from consumers.notices import NoticeStage
from reports.notice.issue import kept_files
from reports.notice.message import compose
from store.database import snapshot
from store.deliveries import Unsendable
from store.models import Delivery
from tests.factory import WEDNESDAY
from tests.noticed import NUMBER, approved, issued

SENDER = "qingdan@qingdan.example"
FILES = {"letter.docx", "list.xlsx", "list.csv", "list.json"}


class Mailbox:
    """Stands for a mail server, which fails as often as it is told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.got: list[bytes] = []

    def send(self, key: str, message: EmailMessage) -> str:
        self.got.append(message.as_bytes())
        if self.error is not None:
            raise self.error
        return f"mail {key}"


def stage(engine: Engine, mailbox: Mailbox, outbox: Path) -> NoticeStage:
    return NoticeStage(engine, partial(compose, engine, sender=SENDER), mailbox, OutboxFolder(outbox))


def ledger(engine: Engine) -> list[tuple[str, int]]:
    with snapshot(engine) as session:
        return [(each.status, each.attempts) for each in session.scalars(select(Delivery))]


def attached(engine: Engine, message: bytes) -> bool:
    """Does it carry the files that were issued?"""
    read = email.message_from_bytes(message, policy=email.policy.default)
    files = kept_files(engine, NUMBER)
    parts = {part.get_filename(): part.get_payload(decode=True) for part in read.iter_attachments()}
    return parts == {f"{NUMBER}-{name}": files[name] for name in FILES}


def test_a_notice_is_mailed_once_with_its_files(engine: Engine, tmp_path: Path) -> None:
    approved(engine, 1)
    issued(engine)
    assert ledger(engine) == [("pending", 0)]
    mailbox = Mailbox()
    assert [stage(engine, mailbox, tmp_path).step(WEDNESDAY) for _ in range(2)] == [1, 0]
    (message,) = mailbox.got
    read = email.message_from_bytes(message, policy=email.policy.default)
    assert read["To"].addresses[0].addr_spec == platforms().boards["demo"].email
    assert read["Reply-To"] == "rsj-330000@bureaus.example"
    assert NUMBER in read["Subject"]
    assert attached(engine, message)
    assert (ledger(engine), list(tmp_path.iterdir())) == ([("sent", 1)], [])


def test_without_an_address_it_lies_in_the_outbox(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = platforms().boards["demo"].model_copy(update={"email": ""})
    without = platforms().model_copy(update={"boards": {"demo": board}})
    monkeypatch.setattr("reports.notice.message.platforms", lambda: without)
    approved(engine, 1)
    issued(engine)
    mailbox = Mailbox()
    assert stage(engine, mailbox, tmp_path).step(WEDNESDAY) == 1
    (file,) = tmp_path.glob("2026-11-18-330000-*.eml")
    assert attached(engine, file.read_bytes())
    assert mailbox.got == []


def test_what_was_not_taken_comes_again_byte_for_byte(engine: Engine, tmp_path: Path) -> None:
    approved(engine, 1)
    issued(engine)
    mailbox = Mailbox(ChannelUnavailable("away"))
    sender = stage(engine, mailbox, tmp_path)
    assert [sender.step(WEDNESDAY), sender.step(WEDNESDAY)] == [0, 0]
    assert ledger(engine) == [("pending", 1)]
    mailbox.error = None
    assert sender.step(WEDNESDAY + timedelta(minutes=2)) == 1
    assert mailbox.got[0] == mailbox.got[1]


def test_what_can_never_be_sent_is_dead_at_once(engine: Engine, tmp_path: Path) -> None:
    approved(engine, 1)
    issued(engine)
    assert stage(engine, Mailbox(Unsendable("no such mailbox")), tmp_path).step(WEDNESDAY) == 0
    assert ledger(engine)[0][0] == "dead"
