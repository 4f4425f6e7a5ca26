"""A channel that posts alerts to an address over HTTP: for a bureau's own system, or a mail gateway.

The body is the whole e-mail (`message/rfc822`), the key is in `Idempotency-Key`: a receiver that honours it
takes each message once, however often it comes. What is not answered with 2xx in time counts as not taken,
and comes again under the same key.
"""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from email.message import EmailMessage
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Event, Timer
from typing import Final
from urllib.parse import urlsplit

from config.settings import SettingsError
from consumers.alert import ChannelUnavailable

SECONDS: Final = 10.0
"""So long may one message take, from the connection to the answer."""
_TAKEN: Final = range(200, 300)
_REDIRECTIONS: Final = range(300, 400)


class Webhook:
    """Posts to one address only: a redirection, wherever it leads, is a failure."""

    def __init__(self, url: str, *, token: str = "", seconds: float = SECONDS) -> None:
        """`token` is sent as `Authorization: Bearer`, if there is one.

        Raises:
            SettingsError: `url` is no HTTP address.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise SettingsError(f"QINGDAN_ALERT_WEBHOOK: {url!r} is no http(s)://host/path")
        self._kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._host, self._port = parts.hostname, parts.port
        self._path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        self._headers = {"Content-Type": "message/rfc822"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._seconds = seconds

    def send(self, key: str, message: EmailMessage) -> str:
        late = Event()
        try:
            status = self._post(message.as_bytes(), key, late)
        except (OSError, HTTPException) as error:
            in_vain = late.is_set() or isinstance(error, TimeoutError)
            reason = (
                f"no answer within {self._seconds:g} s" if in_vain else f"{type(error).__name__}: {error}"
            )
            raise ChannelUnavailable(f"{self._host}: {reason}") from error
        if status in _REDIRECTIONS:
            raise ChannelUnavailable(f"{self._host} answered {status}: redirections are not followed")
        if status not in _TAKEN:
            raise ChannelUnavailable(f"{self._host} answered {status}")
        return f"{self._host} {key}"

    def _post(self, body: bytes, key: str, late: Event) -> int:
        connection = self._kind(self._host, self._port, timeout=self._seconds)
        with closing(connection), self._deadline(connection, late):
            connection.request("POST", self._path, body, self._headers | {"Idempotency-Key": key})
            return connection.getresponse().status

    @contextmanager
    def _deadline(self, connection: HTTPConnection, late: Event) -> Iterator[None]:
        """Breaks the connection off in time: its own timeout is for each piece, of which there may be many.

        `late` tells that this is what happened.
        """
        connection.connect()
        line = connection.sock

        def break_off() -> None:
            late.set()
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

        timer = Timer(self._seconds, break_off)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
