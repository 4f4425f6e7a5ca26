"""Files named by the SHA-256 of what they hold, in one folder for every process that uses it.

A file's time of change is when somebody last left its bytes here.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO


class HashedFiles:
    """The files in `folder`; on several machines it has to be the same folder for all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._prepared = False

    def path(self, sha256: str) -> Path:
        """Where the bytes of this hash are, or would be."""
        return self._folder / sha256[:2] / sha256

    @contextmanager
    def relied_on(self) -> Iterator[None]:
        """While it lasts nothing is removed, so that a file which is found there stays once it is touched."""
        with self._alone(fcntl.LOCK_SH):
            yield

    @contextmanager
    def writing(self, sha256: str) -> Iterator[IO[bytes]]:
        """A new file for the bytes of this hash; once it ends without an error, it outlasts a power cut."""
        path = self.path(sha256)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                yield file
            sync(draft)
            draft.rename(path)
            sync(path.parent)
        finally:
            draft.unlink(missing_ok=True)

    def _prepare(self) -> None:
        """Make the folder and all folders in it; one that has gone since then is made again."""
        if not self._prepared or not self._folder.is_dir():
            self._folder.mkdir(parents=True, exist_ok=True)
            for number in range(256):
                (self._folder / f"{number:02x}").mkdir(exist_ok=True)
            sync(self._folder)
            self._prepared = True

    def left_before(self, moment: datetime) -> Iterator[str]:
        """The hashes of what nobody has left again since `moment`."""
        for path in self.files():
            if path.stat().st_mtime < moment.timestamp():
                yield path.name

    def remove(self, sha256: str, *, left_before: datetime) -> int:
        """Remove what was kept under `sha256`, unless somebody left it again meanwhile; how many bytes."""
        path = self.path(sha256)
        with self._alone(fcntl.LOCK_EX):
            if not path.exists():
                return 0
            found = path.stat()
            if found.st_mtime >= left_before.timestamp():
                return 0
            path.unlink()
        return found.st_size

    def files(self) -> Iterator[Path]:
        """All files that are in their place."""
        yield from self._folder.glob("??/[!.]*")

    @contextmanager
    def _alone(self, how: int) -> Iterator[None]:
        """Parts those who rely on a file that is there from those who remove it."""
        self._prepare()
        with (self._folder / ".lock").open("ab+") as file:
            fcntl.flock(file, how)
            yield


def sync(path: Path) -> None:
    """Make a file, or the names in a folder, safe from a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
