"""Zip archives: their files unpacked into a folder of their own, as long as they keep within bounds."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final

from crawlers.intake.rows import IntakeError

MOST: Final = 200
"""Files of an archive."""
MAX_BYTES: Final = 2 * 1024**3
"""Bytes of all of them together, unpacked."""
_CHUNK: Final = 1 << 20
_LONGEST_NAME: Final = 200
"""Bytes of a file's name that are kept."""
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
"""What reading a damaged, encrypted or oddly packed archive raises."""


@contextmanager
def unpacked(archive: Path) -> Iterator[list[Path]]:
    """The files of a zip archive, unpacked as long as they are in use; an archive within stays packed.

    Raises:
        IntakeError: damaged, encrypted, with too many files or larger than MAX_BYTES once unpacked.
    """
    with TemporaryDirectory(prefix="qingdan-") as folder:
        try:
            files = _unpack(archive, Path(folder))
        except _BROKEN as error:
            raise IntakeError(f"{archive}: damaged or encrypted archive: {error}") from error
        yield files


def _unpack(archive: Path, folder: Path) -> list[Path]:
    files: list[Path] = []
    room = MAX_BYTES
    with zipfile.ZipFile(archive) as packed:
        members = [member for member in packed.infolist() if _is_drop(member)]
        if not members or len(members) > MOST:
            raise IntakeError(
                f"{archive}: 1 to {MOST} files are expected in it, and there are {len(members)}"
            )
        for number, member in enumerate(members):
            # A folder for each: equal names in different folders stay apart, and no name leads outside.
            place = folder / str(number) / _plain_name(member)
            place.parent.mkdir()
            room -= _copy(packed, member, place, room)
            if room < 0:
                raise IntakeError(f"{archive}: more than {MAX_BYTES:,} bytes once unpacked")
            files.append(place)
    return files


def _is_drop(member: zipfile.ZipInfo) -> bool:
    name = PurePosixPath(member.filename)
    hidden = not name.name or name.name.startswith(".") or name.parts[0] == "__MACOSX"
    return not member.is_dir() and not hidden


def _plain_name(member: zipfile.ZipInfo) -> str:
    """The name of a file without its folders, whose end says what it is, as short as file systems want it."""
    name = PurePosixPath(member.filename.replace("\\", "/")).name
    return name.encode()[-_LONGEST_NAME:].decode(errors="ignore")


def _copy(packed: zipfile.ZipFile, member: zipfile.ZipInfo, place: Path, room: int) -> int:
    """Unpack one file as far as there is room; the bytes written, whatever the archive says of its size."""
    written = 0
    with packed.open(member) as source, place.open("xb") as target:
        while written <= room and (piece := source.read(_CHUNK)):
            written += target.write(piece)
    return written
