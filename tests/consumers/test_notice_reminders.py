"""Reminders and late letters through a real mail server: nothing empty, nothing twice, and replay."""

import email
import email.policy
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from functools import partial
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import Engine, select

from consumers.alert import AlertStage
from consumers.channel import OutboxFolder
from consumers.mail import MailServer
from consumers.notices import NoticeStage
from reports.notice.message import compose
from store.database import snapshot, transaction
from store.deliveries import NOTICE_REMINDER
from store.models import Delivery
from store.resending import take_up_again
from tests.consumers.test_alert import COMPOSE
from tests.consumers.test_mail import Mailbox, free_port
from tests.factory import WEDNESDAY
from tests.noticed import NUMBER, approved, issued
from tests.store.test_notice_reminders import LATE, answer, on, reminded

SENDER = "qingdan@qingdan.example"


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[MailServer]:
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield MailServer(f"smtp://127.0.0.1:{controller.port}")
    controller.stop()


@pytest.fixture
def stage(engine: Engine, server: MailServer, mailbox: Mailbox, tmp_path: Path) -> NoticeStage:
    """Of a notice on two ads that has left."""
    approved(engine, 1, 2)
    issued(engine)
    sends = NoticeStage(engine, partial(compose, engine, sender=SENDER), server, OutboxFolder(tmp_path))
    assert sends.step(WEDNESDAY) == 1
    mailbox.envelopes.clear()
    return sends


def got(mailbox: Mailbox) -> list[EmailMessage]:
    contents = [each.content for each in mailbox.envelopes]
    assert all(isinstance(each, bytes) for each in contents)
    return [
        email.message_from_bytes(each, policy=email.policy.default)
        for each in contents
        if isinstance(each, bytes)
    ]


def reminder_status(engine: Engine) -> list[str]:
    with snapshot(engine) as session:
        return list(session.scalars(select(Delivery.status).where(Delivery.kind == NOTICE_REMINDER)))


def test_a_reminder_reaches_the_operator_once_with_the_list_of_what_is_open(
    engine: Engine, stage: NoticeStage, mailbox: Mailbox
) -> None:
    answer(engine, 1)
    reminded(engine)
    assert [stage.step(LATE) for _ in range(2)] == [1, 0]
    (message,) = got(mailbox)
    assert message["To"].addresses[0].addr_spec == "compliance@demo-board.example"
    assert message["Reply-To"] == "rsj-330000@bureaus.example"
    assert message["Subject"] == f"【平台函催办】{NUMBER}，请于 2026-12-01 前答复"
    body = message.get_body(("plain",))
    assert body is not None
    words = body.get_content()
    assert f"2026-11-18 发出 {NUMBER} 号函，请于 2026-11-25 前答复" in words
    assert "截至 2026-11-26，尚有 1 条未收到答复" in words
    files = {part.get_filename(): part.get_payload(decode=True) for part in message.iter_attachments()}
    assert set(files) == {f"{NUMBER}-reminder-1.xlsx", f"{NUMBER}-reminder-1.csv"}
    book = files[f"{NUMBER}-reminder-1.xlsx"]
    assert isinstance(book, bytes)
    rows = list(openpyxl.load_workbook(BytesIO(book))["清单"].iter_rows(min_row=2, values_only=True))
    assert [row[:2] for row in rows] == [(2, "A2")]


def test_what_was_answered_before_the_reminder_leaves_makes_it_leave_not(
    engine: Engine, stage: NoticeStage, mailbox: Mailbox
) -> None:
    reminded(engine)
    answer(engine, 1, 2)
    assert stage.step(LATE) == 0
    assert (got(mailbox), reminder_status(engine)) == ([], ["skipped"])


def test_a_reminder_that_was_refused_is_replayed_byte_for_byte(
    engine: Engine, stage: NoticeStage, mailbox: Mailbox
) -> None:
    reminded(engine)
    mailbox.to_data = "550 no"
    assert stage.step(LATE) == 0
    assert reminder_status(engine) == ["dead"]
    mailbox.to_data = "250 OK"
    for _ in range(2):
        with transaction(engine) as session:
            take_up_again(session)
        stage.step(LATE + timedelta(hours=1))
    assert reminder_status(engine) == ["sent"]
    with snapshot(engine) as session:
        query = select(Delivery).where(Delivery.kind == NOTICE_REMINDER)
        again = compose(engine, session.scalars(query).one(), sender=SENDER).as_bytes()
    (envelope,) = mailbox.envelopes
    assert isinstance(envelope.content, bytes)
    assert envelope.content.splitlines() == again.splitlines()


def test_the_bureau_and_the_one_above_get_a_letter_each(
    engine: Engine, stage: NoticeStage, server: MailServer, mailbox: Mailbox
) -> None:
    assert stage is not None
    alerts = AlertStage(engine, COMPOSE, server)
    alerts.step(WEDNESDAY)
    mailbox.envelopes.clear()
    for day in (5, 6, 7, 13, 14):
        alerts.step(on(day))
    told = [(str(each["To"].addresses[0].addr_spec), str(each["Subject"])) for each in got(mailbox)]
    assert [each for each in told if "平台函" in each[1]] == [
        ("rsj-330000@bureaus.example", "【平台函逾期】浙江省 1 件（2026-11-26）"),
        ("rsb-000000@bureaus.example", "【平台函督办】全国 1 件（2026-12-07）"),
    ]
