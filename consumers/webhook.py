"""A channel that posts alerts to an address over HTTP: for a bureau's own system, or a mail gateway.

The body is the whole e-mail (`message/rfc822`), the key is in `Idempotency-Key`, and in `webhook-id` where
messages are signed: a receiver that honours it takes each message once, however often it comes. What is not
answered with 2xx in time counts as not taken, and comes again under the same key; 410 wants nothing more.
"""

from collections.abc import Mapping
from contextlib import closing
from email.message import EmailMessage
from http import HTTPStatus
from http.client import HTTPException
from threading import Event
from typing import Final

from consumers.channel import ChannelUnavailable
from consumers.deadline import break_off_after
from consumers.receiver import Receiver
from consumers.signature import Signer
from store.deliveries import Unsendable

SECONDS: Final = 10.0
"""So long may one message take, from the connection to the answer."""
_TAKEN: Final = range(200, 300)
_REDIRECTIONS: Final = range(300, 400)


class Webhook:
    """Posts to one address only: a redirection, wherever it leads, is a failure."""

    def __init__(
        self, receiver: Receiver, *, token: str = "", signer: Signer | None = None, seconds: float = SECONDS
    ) -> None:
        """`token` is sent as `Authorization: Bearer`, if there is one."""
        self._receiver = receiver
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._signer = signer
        self._seconds = seconds

    def send(self, key: str, message: EmailMessage) -> str:
        self.post(key, message.as_bytes(), "message/rfc822")
        return self.place(key)

    def place(self, key: str) -> str:
        """Where a message of this key goes to."""
        return f"{self._receiver.host} {key}"

    def post(self, key: str, body: bytes, media_type: str, *, answer_bytes: int = 0) -> bytes:
        """Hand over `body`, and return so much of the answer.

        Raises:
            ChannelUnavailable: it was not taken, or nobody knows whether it was.
            Unsendable: the receiver wants nothing more.
        """
        host, late = self._receiver.host, Event()
        try:
            with (
                closing(self._receiver.connection(self._seconds)) as connection,
                break_off_after(self._seconds, lambda: connection.sock, late),
            ):
                connection.request("POST", self._receiver.path, body, self._sent_with(key, body, media_type))
                response = connection.getresponse()
                status, answer = response.status, response.read(answer_bytes)
        except (OSError, HTTPException) as error:
            in_vain = late.is_set() or isinstance(error, TimeoutError)
            reason = (
                f"no answer within {self._seconds:g} s" if in_vain else f"{type(error).__name__}: {error}"
            )
            raise ChannelUnavailable(f"{host}: {reason}") from error
        if status == HTTPStatus.GONE:
            raise Unsendable(f"{host} answered 410: it wants nothing more")
        if status in _REDIRECTIONS:
            raise ChannelUnavailable(f"{host} answered {status}: redirections are not followed")
        if status not in _TAKEN:
            raise ChannelUnavailable(f"{host} answered {status}")
        return answer

    def _sent_with(self, key: str, body: bytes, media_type: str) -> Mapping[str, str]:
        headers = self._headers | {"Content-Type": media_type, "Idempotency-Key": key}
        return {**headers, **(self._signer.headers(key, body) if self._signer else {})}
