"""A channel that hands alerts to a mail server.

The server gets the same bytes at each attempt, under the same `Message-ID`. What it refuses for good is dead
at once; what it puts off, and a login that fails, is tried again.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from threading import Event
from typing import Final
from urllib.parse import urlsplit

from config.settings import SettingsError
from consumers.channel import ChannelUnavailable
from consumers.deadline import break_off_after
from store.deliveries import Unsendable

SETTING: Final = "QINGDAN_ALERT_SMTP"
SECONDS: Final = 20.0
"""So long may one message take, from the connection to the server's word that it has it."""
PORTS: Final = {"smtps": 465, "smtp+starttls": 587, "smtp": 25}
"""By scheme: TLS from the first byte, TLS before anything is said, none (in the house, without login)."""
_READY: Final = 220
_FOR_GOOD: Final = range(550, 555)
"""There is no such mailbox, or the message is not wanted; what is below is about us, and can be mended."""


class MailServer:
    """One connection for each message: bureaus get few."""

    def __init__(
        self,
        url: str,
        *,
        user: str = "",
        password: str = "",
        trusted: ssl.SSLContext | None = None,
        seconds: float = SECONDS,
    ) -> None:
        """`trusted` says whose certificates are good; None: those that this machine trusts.

        Raises:
            SettingsError: `url` is no address of a mail server, or a password would go out in the clear.
        """
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or "@" in parts.netloc:
            raise SettingsError(f"{SETTING}: {url!r} is no smtps://host:port or smtp+starttls://host:port")
        if parts.scheme == "smtp" and user:
            raise SettingsError(f"{SETTING}: nobody logs in over smtp://, which is not encrypted")
        self._scheme, self._host = parts.scheme, parts.hostname
        self._port = parts.port or PORTS[parts.scheme]
        self._login = (user, password) if user else None
        self._trusted = trusted or ssl.create_default_context()
        self._seconds = seconds

    def send(self, key: str, message: EmailMessage) -> str:
        late = Event()
        try:
            with self._connected(late) as server:
                sender, addressee = (message[each].addresses[0].addr_spec for each in ("From", "To"))
                server.sendmail(sender, [addressee], message.as_bytes())
        except smtplib.SMTPRecipientsRefused as error:
            ((code, words),) = error.recipients.values()
            raise self._refusal(code, words) from error
        except smtplib.SMTPDataError as error:
            raise self._refusal(error.smtp_code, error.smtp_error) from error
        except OSError as error:
            in_vain = late.is_set() or _timed_out(error)
            told = f"no answer within {self._seconds:g} s" if in_vain else f"{type(error).__name__}: {error}"
            raise ChannelUnavailable(f"{self._host}: {told}") from error
        return f"{self._host} {key}"

    @contextmanager
    def _connected(self, late: Event) -> Iterator[smtplib.SMTP]:
        """The server, encrypted and logged in as its address says."""
        server = self._server()
        try:
            with break_off_after(self._seconds, lambda: server.sock, late):
                code, words = server.connect(self._host, self._port)
                if code != _READY:
                    raise smtplib.SMTPConnectError(code, words)
                if self._scheme == "smtp+starttls":
                    server.starttls(context=self._trusted)
                if self._login:
                    server.login(*self._login)
                yield server
                with suppress(OSError):
                    server.quit()
        finally:
            server.close()

    def _server(self) -> smtplib.SMTP:
        """Not connected yet, so that whoever keeps us waiting with a greeting is broken off too."""
        if self._scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(timeout=self._seconds, context=self._trusted)
        else:
            server = smtplib.SMTP(timeout=self._seconds)
        server._host = self._host  # type: ignore[attr-defined]  # noqa: SLF001 - the name in its certificate
        return server

    def _refusal(self, code: int, words: bytes | str) -> Exception:
        said = words.decode(errors="replace") if isinstance(words, bytes) else words
        told = f"{self._host} answered {code} {' '.join(said.split())[:200]}"
        return Unsendable(told) if code in _FOR_GOOD else ChannelUnavailable(told)


def _timed_out(error: OSError) -> bool:
    """Whether the socket's own clock ran out, which smtplib tells as a connection that the server closed."""
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
