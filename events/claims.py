"""Claim checks: what is too large for a message is left in a store, and the message says what to fetch.

A claim is a value of its own, which people can read too: `{"claim_check":"<SHA-256>","bytes":1234567}`. No
event looks like that. One whose bytes are gone is handed on as it is, and so ends among the dead letters.
"""

import hashlib
import json
import os
import re
from typing import Final, Protocol

import structlog

from events.hashed_files import HashedFiles
from events.log import LogUnavailable, NotDelivered

logger = structlog.get_logger()

_CLAIM: Final = re.compile(rb'\{"claim_check":"(?P<sha256>[0-9a-f]{64})","bytes":\d{1,12}\}')


class Blobs(Protocol):
    """Keeps bytes under their SHA-256, for every process that uses the log."""

    def put(self, data: bytes) -> str:
        """Keep `data`, durably; its SHA-256 in hexadecimal digits.

        Raises:
            OSError: it could not be kept.
        """

    def get(self, sha256: str) -> bytes | None:
        """What was kept under `sha256`; None if there is nothing, or something else by now.

        Raises:
            OSError: the store cannot be read at the moment.
        """


class BlobFolder(HashedFiles):
    """A file for each, in one folder."""

    def put(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        with self.relied_on():
            if self.get(sha256) is None:
                with self.writing(sha256) as file:
                    file.write(data)
            else:
                os.utime(self.path(sha256))
        return sha256

    def get(self, sha256: str) -> bytes | None:
        try:
            data = self.path(sha256).read_bytes()
        except FileNotFoundError:
            return None
        return data if hashlib.sha256(data).hexdigest() == sha256 else None

    def sizes(self) -> list[int]:
        """Bytes of everything in the folder."""
        return [path.stat().st_size for path in self.files()]


def check_in(value: bytes, blobs: Blobs) -> bytes:
    """Leave `value` in the store; the claim to it.

    Raises:
        NotDelivered: the store did not take it.
    """
    try:
        sha256 = blobs.put(value)
    except OSError as error:
        raise NotDelivered(f"claim check of {len(value)} bytes: {error}") from error
    logger.info("claim check", sha256=sha256, bytes=len(value))
    return json.dumps({"claim_check": sha256, "bytes": len(value)}, separators=(",", ":")).encode()


def claimed(value: bytes) -> str:
    """The SHA-256 that `value` claims; empty if it is no claim."""
    claim = _CLAIM.fullmatch(value)
    return claim["sha256"].decode() if claim else ""


def redeem(value: bytes, blobs: Blobs) -> bytes:
    """What `value` stands for, if it is a claim whose bytes are there; else `value` itself.

    Raises:
        LogUnavailable: the store cannot be read at the moment.
    """
    sha256 = claimed(value)
    if not sha256:
        return value
    try:
        data = blobs.get(sha256)
    except OSError as error:
        raise LogUnavailable(f"claim check {sha256}: {error}") from error
    if data is None:
        logger.error("the bytes of a claim check are gone", sha256=sha256)
    return value if data is None else data
