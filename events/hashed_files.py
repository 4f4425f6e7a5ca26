"""Files named by the SHA-256 of what they hold, in one folder for every process that uses it.

A file's time of change is when somebody last left its bytes here.
"""

import fcntl
import os
import secrets
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import IO, Final

_SYNCS: Final = 4
"""How many files are forced to the disk at a time."""


class HashedFiles:
    """The files in `folder`; on several machines it has to be the same folder for all."""

    def __init__(self, folder: Path, *, suffix: str = "", mode: int = 0o777) -> None:
        """`mode`: what the folders are created with, as far as the umask leaves it."""
        self._folder = folder
        self._suffix = suffix
        self._mode = mode
        self._prepared = False

    def path(self, sha256: str) -> Path:
        """Where the bytes of this hash are, or would be."""
        return self._folder / sha256[:2] / f"{sha256}{self._suffix}"

    @contextmanager
    def relied_on(self) -> Iterator[None]:
        """While it lasts nothing is removed, so that a file which is found there stays once it is touched."""
        with self._alone(fcntl.LOCK_SH):
            yield

    @contextmanager
    def batch(self) -> Iterator["Batch"]:
        """A batch of new files. When it ends without an error, all of them are in place, power cut or not."""
        batch = Batch(self)
        try:
            yield batch
            batch.settle()
        finally:
            batch.discard()

    def _prepare(self) -> None:
        """Make the folder and all folders in it; one that has gone since then is made again."""
        if not self._prepared or not self._folder.is_dir():
            self._folder.mkdir(parents=True, exist_ok=True, mode=self._mode)
            for number in range(256):
                (self._folder / f"{number:02x}").mkdir(exist_ok=True, mode=self._mode)
            sync(self._folder)
            self._prepared = True

    def left_before(self, moment: datetime) -> Iterator[str]:
        """The hashes of what nobody has left again since `moment`."""
        for path in self.files():
            if path.stat().st_mtime < moment.timestamp():
                yield path.name.removesuffix(self._suffix)

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

    def remove_torn(self, *, left_before: datetime) -> None:
        """Remove what was being written when its writer died, if nobody has touched it since that time."""
        for path in self._folder.glob("??/.*"):
            if path.stat().st_mtime < left_before.timestamp():
                path.unlink()

    def files(self) -> Iterator[Path]:
        """All files that are in their place."""
        yield from self._folder.glob(f"??/[!.]*{self._suffix}")

    @contextmanager
    def _alone(self, how: int) -> Iterator[None]:
        """Parts those who rely on a file that is there from those who remove it."""
        self._prepare()
        with (self._folder / ".lock").open("ab+") as file:
            fcntl.flock(file, how)
            yield


class Batch:
    """New files that are written under other names, and put in place together."""

    def __init__(self, files: HashedFiles) -> None:
        self._files = files
        self._drafts: dict[str, Path] = {}

    @contextmanager
    def writing(self, sha256: str) -> Iterator[IO[bytes]]:
        """A file for the bytes of this hash."""
        path = self._files.path(sha256)
        self._drafts[sha256] = draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file

    def settle(self) -> None:
        """Put all files in place."""
        _sync_all(self._drafts.values())
        for sha256, draft in self._drafts.items():
            draft.rename(self._files.path(sha256))
        _sync_all({draft.parent for draft in self._drafts.values()})
        self._drafts.clear()

    def discard(self) -> None:
        """Remove what did not come to its place."""
        for draft in self._drafts.values():
            draft.unlink(missing_ok=True)


def _sync_all(paths: Collection[Path]) -> None:
    """`sync` for each; at once, because a disk takes many requests in about the time of one."""
    if len(paths) == 1:
        sync(*paths)
    else:
        list(_pool().map(sync, paths))


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_SYNCS)


def sync(path: Path) -> None:
    """Make a file, or the names in a folder, safe from a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
