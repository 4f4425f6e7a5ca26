"""A channel that posts alerts to an address over HTTP: for a bureau's own system, or a mail gateway.

The body is the whole e-mail (`message/rfc822`), the key is in `Idempotency-Key`, and in `webhook-id` where
messages are signed: a receiver that honours it takes each message once, however often it comes. What is not
answered with 2xx in time counts as not taken, and comes again under the same key; 410 wants nothing more.
"""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from email.message import EmailMessage
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Event, Timer
from typing import Final
from urllib.parse import urlsplit

from config.settings import SettingsError
from consumers.alert import ChannelUnavailable
from consumers.signature import Signer
from store.deliveries import Unsendable

SECONDS: Final = 10.0
"""So long may one message take, from the connection to the answer."""
_TAKEN: Final = range(200, 300)
_REDIRECTIONS: Final = range(300, 400)


class Webhook:
    """Posts to one address only: a redirection, wherever it leads, is a failure."""

    def __init__(
        self,
        url: str,
        *,
        setting: str,
        token: str = "",
        signer: Signer | None = None,
        seconds: float = SECONDS,
    ) -> None:
        """`token` is sent as `Authorization: Bearer`, if there is one; `setting` is what an error names.

        Raises:
            SettingsError: `url` is no HTTP address.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise SettingsError(f"{setting}: {url!r} is no http(s)://host/path")
        self._kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._host, self._port = parts.hostname, parts.port
        self._path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._signer = signer
        self._seconds = seconds

    def send(self, key: str, message: EmailMessage) -> str:
        return self.post(key, message.as_bytes(), "message/rfc822")

    def post(self, key: str, body: bytes, media_type: str) -> str:
        """Hand over `body`, and return the place it went to.

        Raises:
            ChannelUnavailable: it was not taken, or nobody knows whether it was.
            Unsendable: the receiver wants nothing more.
        """
        late = Event()
        try:
            status = self._post(key, body, media_type, late)
        except (OSError, HTTPException) as error:
            in_vain = late.is_set() or isinstance(error, TimeoutError)
            reason = (
                f"no answer within {self._seconds:g} s" if in_vain else f"{type(error).__name__}: {error}"
            )
            raise ChannelUnavailable(f"{self._host}: {reason}") from error
        if status == HTTPStatus.GONE:
            raise Unsendable(f"{self._host} answered 410: it wants nothing more")
        if status in _REDIRECTIONS:
            raise ChannelUnavailable(f"{self._host} answered {status}: redirections are not followed")
        if status not in _TAKEN:
            raise ChannelUnavailable(f"{self._host} answered {status}")
        return f"{self._host} {key}"

    def _post(self, key: str, body: bytes, media_type: str, late: Event) -> int:
        headers = self._headers | {"Content-Type": media_type} | {"Idempotency-Key": key}
        if self._signer:
            headers |= self._signer.headers(key, body)
        connection = self._kind(self._host, self._port, timeout=self._seconds)
        with closing(connection), self._deadline(connection, late):
            connection.request("POST", self._path, body, headers)
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
