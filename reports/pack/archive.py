"""Archives whose bytes follow from their files alone; that of a pack lists the SHA-256 of each.

In a pack nothing is compressed, and no time is kept: so the same files give the same archive on every
machine, and an archive can be written anew from its own files, to see that it has no byte besides.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

SUMS: Final = "SHA256SUMS"
"""The list of hashes, as `sha256sum -c` reads it."""
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
_UNIX: Final = 3
_OWN_FILE: Final = 0o100600 << 16
_AT_A_TIME: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class File:
    name: str
    """ASCII, with / between folders."""
    length: int
    """Bytes."""
    pieces: Iterable[bytes]

    @classmethod
    def of(cls, name: str, content: bytes | str) -> "File":
        data = content.encode() if isinstance(content, str) else content
        return cls(name, len(data), (data,))


def write(target: IO[bytes], files: Iterable[File], *, folder: str) -> None:
    """Write `files` below `folder` into a new archive, and their list of hashes behind them."""
    sums: dict[str, str] = {}
    with ZipFile(target, "w") as archive:
        for file in files:
            sums[file.name] = _add(archive, folder, file)
        listed = "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(sums.items()))
        _add(archive, folder, File.of(SUMS, listed))


def write_plain(target: IO[bytes], files: Iterable[File]) -> None:
    """Write `files` into a new archive, in their order and without a list."""
    with ZipFile(target, "w") as archive:
        for file in files:
            _add(archive, "", file)


def write_compressed(target: IO[bytes], files: Iterable[File]) -> None:
    """The same, compressed: for archives that are kept as bytes, since another library packs otherwise."""
    with ZipFile(target, "w") as archive:
        for file in files:
            _add(archive, "", file, compression=ZIP_DEFLATED)


def _add(archive: ZipFile, folder: str, file: File, *, compression: int = ZIP_STORED) -> str:
    """The SHA-256 of what was added."""
    entry = ZipInfo(f"{folder}/{file.name}" if folder else file.name, _NO_TIME)
    entry.compress_type, entry.create_system, entry.external_attr = compression, _UNIX, _OWN_FILE
    entry.file_size = file.length
    digest = hashlib.sha256()
    with archive.open(entry, "w") as stored:
        for piece in file.pieces:
            digest.update(piece)
            stored.write(piece)
    return digest.hexdigest()


def sha256_of(file: IO[bytes]) -> str:
    """Of the whole file, which is at its beginning afterwards."""
    digest = hashlib.sha256()
    file.seek(0)
    while piece := file.read(_AT_A_TIME):
        digest.update(piece)
    file.seek(0)
    return digest.hexdigest()


def pieces_of(archive: ZipFile, name: str) -> Iterator[bytes]:
    """The bytes of one file of `archive`.

    Raises:
        BadZipFile: they are not what was written.
    """
    with archive.open(name) as stored:
        while piece := stored.read(_AT_A_TIME):
            yield piece
