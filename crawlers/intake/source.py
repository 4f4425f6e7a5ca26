"""Opening a file: its format, its compression, its encoding, and its lines without limitless memory."""

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

from crawlers.intake.rows import MAX_ROW, IntakeError

FORMATS: Final = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".xlsx": "workbook",
    ".xlsm": "workbook",
    ".xls": "workbook",
    ".xml": "feed",
    ".rss": "feed",
    ".atom": "feed",
    ".pdf": "pdf",
    ".docx": "docx",
}
_WHOLE: Final = frozenset({"workbook", "pdf", "docx"})
"""Formats that are read from the file itself, so that it cannot be compressed once more."""
_COMPRESSED: Final = ".gz"
_SAMPLE: Final = 65_536
_SUPPORTED: Final = (
    ".jsonl, .ndjson, .json, .csv, .tsv, .xml, .rss, .atom (each also as .gz), .xlsx, .xlsm, .xls, .docx, "
    ".pdf, and .zip of these"
)
_AS_WORD: Final = "save it as .docx in Word or WPS, or print it to PDF"
_AS_WORKBOOK: Final = "save it as .xlsx in Excel or WPS"
_UNPACKED: Final = "unpack it and hand in its files, or a .zip of them"
REMEDIES: Final = {
    ".doc": _AS_WORD,
    ".wps": _AS_WORD,
    ".ofd": "print it to PDF",
    ".et": _AS_WORKBOOK,
    ".ods": _AS_WORKBOOK,
    ".xlsb": _AS_WORKBOOK,
    ".rar": _UNPACKED,
    ".7z": _UNPACKED,
}
"""What to do with files whose tables no library reads within bounds and without a program beside it."""
_ESCAPED: Final = re.compile("[\udc80-\udcff]")

CORRUPT: Final = (EOFError, zlib.error, gzip.BadGzipFile)
"""What reading raises when compressed data ends early or is damaged."""


@dataclass(frozen=True, slots=True)
class Source:
    """An open file."""

    path: Path
    format: str
    raw: IO[bytes]
    """The file itself; its position tells how far reading has come."""
    stream: IO[bytes]
    """The same, unpacked."""

    @property
    def name(self) -> str:
        return self.path.name


def stem(path: Path) -> str:
    """The file's name without its format and compression: `ads` for ads.jsonl.gz."""
    return path.name.removesuffix(_COMPRESSED).rsplit(".", 1)[0] or path.name


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """The file at `path`, open for reading.

    Raises:
        IntakeError: no such file, a folder, not readable, empty, or of a format that is not supported.
    """
    suffix = Path(path.name.removesuffix(_COMPRESSED)).suffix.lower()
    kind = FORMATS.get(suffix, "")
    if not path.is_file():
        raise IntakeError(f"{path}: {'a folder; name the files in it' if path.is_dir() else 'no such file'}")
    if suffix in REMEDIES:
        raise IntakeError(f"{path}: a {suffix} file cannot be read; {REMEDIES[suffix]}")
    if not kind or (kind in _WHOLE and path.name.endswith(_COMPRESSED)):
        raise IntakeError(f"{path}: unknown format {suffix or 'without suffix'}; supported: {_SUPPORTED}")
    if path.stat().st_size == 0:
        raise IntakeError(f"{path}: the file is empty")
    try:
        raw = path.open("rb")
    except OSError as error:
        raise IntakeError(f"{path}: {error.strerror}") from error
    with raw:
        packed = path.name.endswith(_COMPRESSED)
        yield Source(path, kind, raw, cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if packed else raw)


def encoding_of(source: Source) -> str:
    """The encoding, by byte order mark, else UTF-8 or GB18030, whichever the bytes are valid in.

    Raises:
        IntakeError: neither, or not a text at all.
    """
    try:
        sample = _telling_sample(source.stream)
    except CORRUPT as error:
        raise IntakeError(f"{source.path}: damaged gzip data: {error}") from error
    finally:
        source.stream.seek(0)
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if sample.startswith(mark):
            return name
    if not sample.strip():
        raise IntakeError(f"{source.path}: the file is empty")
    # GB18030 read as UTF-8 gives far more errors than characters, UTF-8 with a damaged row far fewer.
    for name, tolerance in (("utf-8", 2), ("gb18030", 20)):
        if _fits(sample, name, tolerance):
            return name
    raise IntakeError(f"{source.path}: unknown encoding or no text at all; save the file as UTF-8")


def _telling_sample(stream: IO[bytes]) -> bytes:
    """The first part of the stream that holds a byte beyond ASCII, or the beginning if none does."""
    first = piece = stream.read(_SAMPLE)
    while piece and piece.isascii():
        try:
            piece = stream.read(_SAMPLE)
        except CORRUPT:
            return first  # what can be read is ASCII
    if first.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or not piece:
        return first
    return piece


def _fits(sample: bytes, encoding: str, tolerance: int) -> bool:
    """Are there `tolerance` valid characters beyond ASCII for each error, and hardly any controls?"""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample)
    errors = text.count("\ufffd")
    valid = sum(char > "\x7f" for char in text) - errors
    controls = sum(text.count(chr(code)) for code in (*range(9), *range(14, 32)))
    return errors * tolerance <= valid and controls * 100 <= len(text) + 200


class Overlong(str):
    """The first MAX_ROW characters of a line that goes on; the rest of it is passed over."""

    __slots__ = ()


def text_lines(source: Source) -> Iterator[tuple[int, str]]:
    """Number and text of each line with its line end, or its beginning as `Overlong`.

    Bytes invalid in the encoding come as lone surrogates (PEP 383), see `invalid`.
    """
    encoding = encoding_of(source)
    errors = "replace" if encoding == "utf-16" else "surrogateescape"
    reader = io.TextIOWrapper(source.stream, encoding=encoding, errors=errors, newline="")
    try:
        number = 0
        while line := reader.readline(MAX_ROW):
            number += 1
            if len(line) < MAX_ROW or line.endswith(("\n", "\r")):
                yield number, line
            else:
                yield number, Overlong(line)
                _skip_line(reader)
    finally:
        if not source.stream.closed:
            reader.detach()  # or the reader would close the stream, whose position is still wanted


def _skip_line(reader: io.TextIOWrapper) -> None:
    while (piece := reader.readline(MAX_ROW)) and not piece.endswith(("\n", "\r")):
        pass


def invalid(text: str) -> str:
    """The first byte of `text` that is invalid in the file's encoding, as 0xNN; empty if there is none."""
    found = _ESCAPED.search(text)
    return f"0x{ord(found[0]) - 0xDC00:02X}" if found else ""
