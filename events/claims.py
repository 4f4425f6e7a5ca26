"""Claim checks: what is too large for a message is left in a store, and the message says what to fetch.

A claim is a value of its own, which people can read too: `{"claim_check":"<SHA-256>","bytes":1234567}`. No
event looks like that. One whose bytes are gone is handed on as it is, and so ends among the dead letters.
"""

import fcntl
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

import structlog

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


class BlobFolder:
    """A file for each, in `folder`; on several machines it has to be the same folder for all.

    A file's time of change is when somebody last left its bytes here.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._path(sha256)
        with self._alone(fcntl.LOCK_SH):
            if self.get(sha256) is None:
                path.parent.mkdir(parents=True, exist_ok=True)
                _write(path, data)
            else:
                os.utime(path)
        return sha256

    def get(self, sha256: str) -> bytes | None:
        try:
            data = self._path(sha256).read_bytes()
        except FileNotFoundError:
            return None
        return data if hashlib.sha256(data).hexdigest() == sha256 else None

    def left_before(self, moment: datetime) -> list[str]:
        """What nobody has left again since `moment`."""
        return [path.name for path in self._files() if path.stat().st_mtime < moment.timestamp()]

    def remove(self, sha256: str, *, left_before: datetime) -> int:
        """Remove what was kept under `sha256`, unless somebody left it again meanwhile; how many bytes."""
        path = self._path(sha256)
        with self._alone(fcntl.LOCK_EX):
            found = path.stat()
            if found.st_mtime >= left_before.timestamp():
                return 0
            path.unlink()
        return found.st_size

    @contextmanager
    def _alone(self, how: int) -> Iterator[None]:
        """Parts those who rely on a file that is there from those who remove it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / ".lock").open("ab+") as file:
            fcntl.flock(file, how)
            yield

    def _files(self) -> Iterator[Path]:
        yield from self._folder.glob("??/[!.]*")

    def sizes(self) -> list[int]:
        """Bytes of everything in the folder."""
        return [path.stat().st_size for path in self._files()]

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256


def _write(path: Path, data: bytes) -> None:
    """Put `data` in place in one piece, safe from a power cut; several processes may do so at once."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).rename(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    for folder in (path.parent, path.parent.parent):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


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
