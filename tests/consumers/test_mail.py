"""Alerts to a real mail server, encrypted and not, that refuses, puts off, or says nothing."""

import hashlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import SMTP, default
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from sqlalchemy import Engine
from structlog.testing import capture_logs

from config.settings import SettingsError
from consumers.alert import AlertStage
from consumers.channel import ChannelUnavailable
from consumers.mail import MailServer
from reports.alerts.links import Links
from reports.weekly.issue import issue
from reports.weekly.key_points import NOTHING_COLLECTED
from store.database import snapshot
from store.deliveries import ledger
from store.issued import file_lines
from tests.consumers.test_alert import COMPOSE
from tests.crawlers.serving import unsigned
from tests.factory import WEDNESDAY
from tests.recorded import add, violation
from tests.store.test_issued import MONDAY, NUMBER, ORDER, SIGNING

SECONDS = 0.5


class Mailbox:
    """Keeps what comes, and answers RCPT and DATA as it is told to."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.to_recipient = self.to_data = "250 OK"

    async def handle_RCPT(  # noqa: N802 - the name of the command
        self, _server: object, _session: object, envelope: Envelope, address: str, _options: object
    ) -> str:
        if self.to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802
        if self.to_data.startswith("250"):
            self.envelopes.append(envelope)
        return self.to_data


def only_with_the_password(
    _server: object, _session: object, _envelope: object, _mechanism: str, given: LoginPassword
) -> AuthResult:
    known = (given.login, given.password) == (b"qingdan", b"open-sesame")
    return AuthResult(success=known, handled=False)


class Served:
    """A mail server of the test's own; `context` is what it encrypts with."""

    def __init__(self, folder: Path) -> None:
        self.box = Mailbox()
        self.context = unsigned(folder)
        self.trusted = ssl.create_default_context(cafile=str(folder / "server.pem"))
        self._running: list[Controller] = []

    def at(self, scheme: str, **options: Any) -> str:
        """Start it as addresses of this scheme expect it, and give its address."""
        options |= {"ssl_context": self.context} if scheme == "smtps" else {}
        options |= {"tls_context": self.context} if scheme == "smtp+starttls" else {}
        controller = Controller(self.box, hostname="127.0.0.1", port=free_port(), **options)
        controller.start()
        self._running.append(controller)
        return f"{scheme}://127.0.0.1:{controller.port}"

    def stop(self) -> None:
        for controller in self._running:
            controller.stop()


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port: int = line.getsockname()[1]
        return port


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path)
    yield served
    served.stop()


def decoded(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def message() -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = "清单 <qingdan@qingdan.example>", "某局 <rsj@bureaus.example>"
    message.set_content("正文")
    return message


def fate(engine: Engine) -> list[tuple[str, int, str]]:
    with snapshot(engine) as session:
        return [(delivery.status, delivery.attempts, delivery.error) for delivery, _, _ in ledger(session)]


@pytest.mark.parametrize("scheme", ["smtp", "smtps", "smtp+starttls"])
def test_a_letter_arrives_whole_in_text_and_html(
    served: Served, engine: Engine, now: datetime, scheme: str
) -> None:
    add(engine, violation(1, division="110105", company="北京的单位"))
    server = MailServer(served.at(scheme), trusted=served.trusted)
    assert AlertStage(engine, COMPOSE, server).step(now) == 1
    (envelope,) = served.box.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == (
        "qingdan@qingdan.example",
        ["rsj-110000@bureaus.example"],
    )
    assert isinstance(envelope.content, bytes)
    letter = message_from_bytes(envelope.content, policy=default)
    assert isinstance(letter, EmailMessage)
    assert str(letter["Subject"]) == "【疑似线索待初核】北京市 1 件（2026-11-18）"
    plain, html = (letter.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    assert "北京的单位" in plain.get_content()
    assert "<table" in html.get_content()
    assert AlertStage(engine, COMPOSE, server).step(now) == 0


def test_a_report_arrives_with_the_very_bytes_that_were_issued(served: Served, engine: Engine) -> None:
    issue(engine, replace(ORDER, formats=("html", "xlsx")), SIGNING)
    say = partial(COMPOSE, links=Links("https://console.example"))
    stage = AlertStage(engine, say, MailServer(served.at("smtp")))
    assert [stage.step(MONDAY), stage.step(MONDAY)] == [1, 0]
    (envelope,) = served.box.envelopes
    assert isinstance(envelope.content, bytes)
    arrived = message_from_bytes(envelope.content, policy=default)
    with snapshot(engine) as session:
        files = {line.full_name: line for line in file_lines(session, NUMBER)}
    carried = {
        str(part.get_filename()): hashlib.sha256(decoded(part)).hexdigest()
        for part in arrived.iter_attachments()
    }
    assert carried == {name: line.sha256 for name, line in files.items()}
    bodies = [part.get_content() for sort in ("plain", "html") if (part := arrived.get_body((sort,)))]
    for body in bodies:
        for line in files.values():
            assert line.sha256 in body
            assert f"https://console.example/reports/{NUMBER}/{line.name}" in body
        assert NOTHING_COLLECTED in body


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
@pytest.mark.parametrize("password", ["open-sesame", "wrong"])
def test_who_has_to_log_in_does_so_after_encryption(served: Served, scheme: str, password: str) -> None:
    # The server's own notion of encryption is STARTTLS.
    demands = {"auth_required": True, "auth_require_tls": scheme == "smtp+starttls"}
    url = served.at(scheme, authenticator=only_with_the_password, **demands)
    server = MailServer(url, user="qingdan", password=password, trusted=served.trusted)
    if password == "wrong":
        with pytest.raises(ChannelUnavailable, match="SMTPAuthenticationError") as refused:
            server.send("key", message())
        assert password not in str(refused.value)
    else:
        assert server.send("key", message()) == "127.0.0.1 key"
    assert len(served.box.envelopes) == (password == "open-sesame")


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_a_certificate_that_nobody_vouches_for_is_refused(served: Served, scheme: str) -> None:
    with pytest.raises(ChannelUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
        MailServer(served.at(scheme)).send("key", message())
    assert served.box.envelopes == []


def test_a_server_that_does_not_encrypt_gets_nothing(served: Served) -> None:
    url = served.at("smtp").replace("smtp:", "smtp+starttls:")
    with pytest.raises(ChannelUnavailable, match="STARTTLS"):
        MailServer(url).send("key", message())
    assert served.box.envelopes == []


@pytest.mark.parametrize(
    ("answered", "status"),
    [
        ("550 no such mailbox", "dead"),
        ("552 too much", "dead"),
        ("451 later", "pending"),
        ("530 log in first", "pending"),
    ],
)
@pytest.mark.parametrize("command", ["to_recipient", "to_data"])
def test_what_is_refused_for_good_is_dead_and_what_is_put_off_comes_again(
    served: Served, engine: Engine, command: str, answered: str, status: str
) -> None:
    now = WEDNESDAY
    add(engine, violation(1, division="110105"))
    setattr(served.box, command, answered)
    alerts = AlertStage(engine, COMPOSE, MailServer(served.at("smtp")))
    with capture_logs():
        assert alerts.step(now) == 0
    ((found, _, error),) = fate(engine)
    assert (found, error) == (status, f"127.0.0.1 answered {answered}")
    setattr(served.box, command, "250 OK")
    assert alerts.step(now, ignore_pauses=True) == (status == "pending")
    assert len(served.box.envelopes) == (status == "pending")


def drip(line: socket.socket) -> None:
    """A greeting of which no single piece is late."""
    with line:
        for _ in range(100):
            line.sendall(b"2")
            time.sleep(SECONDS / 5)


def say_nothing(line: socket.socket) -> None:
    with line:
        time.sleep(3 * SECONDS)


def greet_and_say_nothing(line: socket.socket) -> None:
    with line:
        line.sendall(b"220 mail.example\r\n")
        time.sleep(3 * SECONDS)


@pytest.fixture(params=["the deadline ends it", "the socket's own clock ends it"])
def who_is_first(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both run for as long where nothing at all is said, and either may be first."""
    if request.param == "the socket's own clock ends it":

        @contextmanager
        def never(*_: object) -> Iterator[None]:
            yield

        monkeypatch.setattr("consumers.mail.break_off_after", never)


@pytest.mark.usefixtures("who_is_first")
@pytest.mark.parametrize("behave", [say_nothing, greet_and_say_nothing])
def test_a_server_that_says_nothing_is_told_of_as_late(behave: Callable[[socket.socket], None]) -> None:
    is_broken_off(behave)


def test_a_server_that_draws_things_out_is_broken_off() -> None:
    is_broken_off(drip)


def is_broken_off(behave: Callable[[socket.socket], None]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            with suppress(OSError):
                behave(listening.accept()[0])

        threading.Thread(target=answer, daemon=True).start()
        url = f"smtp://127.0.0.1:{listening.getsockname()[1]}"
        started = time.monotonic()
        with pytest.raises(ChannelUnavailable, match=r"no answer within 0\.5 s"):
            MailServer(url, seconds=SECONDS).send("key", message())
        assert time.monotonic() - started < 5 * SECONDS


def test_nobody_there_is_an_outage() -> None:
    with pytest.raises(ChannelUnavailable, match="ConnectionRefusedError"):
        MailServer(f"smtp://127.0.0.1:{free_port()}").send("key", message())


@pytest.mark.parametrize(
    "url", ["mail.example", "http://mail.example", "smtps://", "smtps://me:secret@mail.example"]
)
def test_what_is_no_mail_server_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="QINGDAN_ALERT_SMTP"):
        MailServer(url)


def test_no_password_goes_out_in_the_clear() -> None:
    with pytest.raises(SettingsError, match="not encrypted"):
        MailServer("smtp://mail.example", user="qingdan", password="open-sesame")
