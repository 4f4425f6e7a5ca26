"""The records of an old workbook (XLS) that say what its sheets hide; all else is read by a library.

Published by Microsoft: [MS-CFB] the file as sectors and streams, [MS-XLS] its stream `Workbook` as records.
"""

import struct
from collections.abc import Iterator, Sequence
from typing import Final

from crawlers.intake.hidden import Hidden

_MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIZES: Final = (9, 12)
"""Sectors have 512 bytes, or 4096."""
_IN_HEADER: Final = 109
"""Numbers of sectors of the table that the header holds."""
_ENTRY: Final = 128
"""Bytes of an entry of the directory."""
_NAME: Final = "Workbook".encode("utf-16-le")
_SMALLEST: Final = 4096
"""Bytes of a stream; smaller ones lie elsewhere, and no program writes so small a workbook."""
_BOF, _EOF, _SHEET, _ROW, _COLUMNS = 0x0809, 0x000A, 0x0085, 0x0208, 0x007D
_ROW_IS_HIDDEN: Final = 0x0020
_COLUMNS_ARE_HIDDEN: Final = 0x0001


def hidden_in_old(content: bytes) -> dict[str, Hidden]:
    """What each sheet of a workbook hides, by its name; nothing for a file of another kind.

    Raises:
        struct.error, IndexError, ValueError: the file is damaged.
    """
    stream = _workbook(content) if content.startswith(_MAGIC) else b""
    found: dict[str, Hidden] = {}
    for kind, data in _records(stream, 0):
        if kind == _SHEET:
            (at,) = struct.unpack_from("<I", data)
            length, wide = data[6], data[7] & 1
            name = data[8 : 8 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1")
            found[name] = _of_sheet(stream, at)
    return found


def _of_sheet(stream: bytes, at: int) -> Hidden:
    hidden = Hidden()
    for kind, data in _records(stream, at):
        if kind == _ROW:
            number, options = struct.unpack_from("<H10xH", data)
            if options & _ROW_IS_HIDDEN:
                hidden.rows.add(number + 1)
        elif kind == _COLUMNS:
            first, last, options = struct.unpack_from("<HH4xH", data)
            if options & _COLUMNS_ARE_HIDDEN:
                hidden.columns.update(range(first, last + 1))
    return hidden


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of the part of the stream that begins at a byte, without those of parts within it."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        depth += (kind == _BOF) - (kind == _EOF)
        if depth == 0:
            return
        if depth == 1:
            yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _workbook(content: bytes) -> bytes:
    """The stream `Workbook`; empty where there is none."""
    power = struct.unpack_from("<H", content, 30)[0]
    if power not in _SIZES:
        raise ValueError(f"sectors of 2 to the power of {power} bytes")
    size = 1 << power
    sectors = [content[at : at + size] for at in range(size, len(content), size)]
    table = _following(content, sectors)
    directory = _chain(struct.unpack_from("<I", content, 48)[0], sectors, table)
    for at in range(0, len(directory), _ENTRY):
        length, start, bytes_ = struct.unpack_from("<64xH50xII", directory, at)
        if directory[at : at + max(length - 2, 0)] == _NAME and bytes_ >= _SMALLEST:
            return _chain(start, sectors, table)[:bytes_]
    return b""


def _following(content: bytes, sectors: Sequence[bytes]) -> Sequence[int]:
    """For each sector the one behind it; numbers that no sector has end a chain."""
    parts = list(struct.unpack_from(f"<{_IN_HEADER}I", content, 76))
    more = struct.unpack_from("<I", content, 68)[0]
    for _ in sectors:
        if more >= len(sectors):
            break
        *others, more = _numbers(sectors[more])
        parts += others
    return [number for part in parts if part < len(sectors) for number in _numbers(sectors[part])]


def _numbers(sector: bytes) -> Sequence[int]:
    return struct.unpack(f"<{len(sector) // 4}I", sector)


def _chain(number: int, sectors: Sequence[bytes], table: Sequence[int]) -> bytes:
    """The sectors from one on; never more than there are."""
    found: list[bytes] = []
    while number < min(len(sectors), len(table)) and len(found) < len(sectors):
        found.append(sectors[number])
        number = table[number]
    return b"".join(found)
