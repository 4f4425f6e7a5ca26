"""The folder of evidence: bytes as they were received, compressed, each kept once under its SHA-256.

Only this process's user may enter it. The hash is that of the bytes themselves, so that `zstd -dc FILE |
sha256sum` proves a file without us.
"""

import hashlib
import io
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Final, Literal

from backports import zstd

from events.hashed_files import HashedFiles

_CHUNK: Final = 1 << 20
_LEVEL: Final = 1
"""Of compression: the others make pages hardly smaller, and take longer."""

State = Literal["sound", "missing", "changed", "unreadable"]


@dataclass(frozen=True)
class Content:
    """Bytes to be kept: at hand, or in a file that is read piece by piece."""

    origin: bytes | Path

    @cached_property
    def sha256(self) -> str:
        """Of all bytes."""
        if isinstance(self.origin, bytes):
            return hashlib.sha256(self.origin).hexdigest()
        with self.origin.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    @cached_property
    def length(self) -> int:
        """How many bytes."""
        return len(self.origin) if isinstance(self.origin, bytes) else self.origin.stat().st_size

    def write_to(self, file: IO[bytes]) -> None:
        """Write all bytes, compressed."""
        if isinstance(self.origin, bytes):
            file.write(zstd.compress(self.origin, _LEVEL))
        else:
            with self.origin.open("rb") as source, zstd.open(file, "wb", level=_LEVEL) as packed:
                shutil.copyfileobj(source, packed, _CHUNK)


class EvidenceFolder(HashedFiles):
    """Keeps what was received, for every process that takes ads in."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, suffix=".zst", mode=0o700)

    def put(self, contents: Iterable[Content]) -> None:
        """Keep all of it; once this returns, it outlasts a power cut.

        Raises:
            OSError: it could not be kept.
        """
        with self.relied_on(), self.batch() as batch:
            for sha256, content in {content.sha256: content for content in contents}.items():
                if self.path(sha256).exists():
                    os.utime(self.path(sha256))
                else:
                    with batch.writing(sha256) as file:
                        content.write_to(file)

    @contextmanager
    def open(self, sha256: str) -> Iterator[io.BufferedIOBase]:
        """What was kept under `sha256`, as it was received.

        Raises:
            FileNotFoundError: nothing is kept under it.
        """
        with zstd.open(self.path(sha256), "rb") as file:
            yield file

    def state(self, sha256: str) -> State:
        """Whether the bytes of this hash are there, and still the same; they are read to the end."""
        try:
            with self.open(sha256) as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            return "missing"
        except (zstd.ZstdError, EOFError):
            return "changed"
        except OSError:
            return "unreadable"
        return "sound" if found == sha256 else "changed"
