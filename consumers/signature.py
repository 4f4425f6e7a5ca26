"""Signatures of what we post, by Standard Webhooks 1.0: HMAC-SHA256 over id, moment and body.

A receiver reckons the same with the secret it was given, compares in constant time, and refuses what is older
than five minutes. While a secret is being replaced each message bears a signature by every one of them.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from config.settings import SettingsError

PREFIX: Final = "whsec_"
SHORTEST: Final = 24
LONGEST: Final = 64
"""Bytes of a secret."""


class Signer:
    """Signs with every one of some secrets."""

    def __init__(self, secrets: Sequence[str], clock: Callable[[], datetime], *, setting: str) -> None:
        """`setting` is what an error names; the secrets are written `whsec_` and base64, the newest first.

        Raises:
            SettingsError: one of them is no such secret.
        """
        self._keys = [_key(secret, setting) for secret in secrets]
        self._clock = clock

    def headers(self, message_id: str, body: bytes) -> Mapping[str, str]:
        """What a message is sent with now: each attempt has a moment and signatures of its own."""
        seconds = str(int(self._clock().timestamp()))
        signed = b".".join((message_id.encode(), seconds.encode(), body))
        return {
            "webhook-id": message_id,
            "webhook-timestamp": seconds,
            "webhook-signature": " ".join(_signature(key, signed) for key in self._keys),
        }


def _signature(key: bytes, signed: bytes) -> str:
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def _key(secret: str, setting: str) -> bytes:
    """The bytes of a secret. An error does not repeat it."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not secret.startswith(PREFIX) or not SHORTEST <= len(key) <= LONGEST:
        raise SettingsError(f"{setting}: a secret is {PREFIX} and {SHORTEST} to {LONGEST} bytes in base64")
    return key
