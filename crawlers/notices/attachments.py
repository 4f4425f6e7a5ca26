"""An attachment of a notice: what kind of file it is, by name and by content, and the positions in it."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final

from scrapy.http import HtmlResponse

from crawlers.html_text import parse_html
from crawlers.intake.archive import unpacked
from crawlers.intake.columns import Columns
from crawlers.intake.documents import position_rows
from crawlers.intake.ingest import posting_of
from crawlers.intake.readers import read_rows
from crawlers.intake.rows import IntakeError, Row
from crawlers.intake.seen import SeenIds
from crawlers.intake.source import REMEDIES, open_source
from crawlers.notices.html_tables import table_grids
from crawlers.notices.page import READABLE
from crawlers.posting import Posting
from store.intake import Refusal

_ZIP: Final = b"PK\x03\x04"
_ARCHIVE: Final = ".zip"
MAX_BYTES: Final = 64 * 1024 * 1024
"""Of one file in an archive."""
_RAR: Final = b"Rar!\x1a\x07"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARTS: Final = {"xl/workbook.xml": ".xlsx", "word/document.xml": ".docx"}
"""The part of a package that says what it is."""
_STREAMS: Final = {"Workbook": ".xls", "Book": ".xls", "WordDocument": ".doc"}
_PDF: Final = b"%PDF-"
_PAGE: Final = ".html"
"""Some programs write a web page and call it .xls."""
_OPENS_A_PAGE: Final = (b"<!doctype html", b"<html", b"<script", b"<head", b"<meta", b"<table")
_HEAD: Final = 1024


def kind_of(name: str, content: bytes) -> str:
    """The suffix that an attachment should have: its content decides, where that says anything.

    Raises:
        IntakeError: a page in place of the file, or a kind of file that cannot be read.
    """
    if not content.strip():
        raise IntakeError(f"{name}: the file is empty")
    suffix = PurePosixPath(name).suffix.lower()
    kind = _by_content(content) or suffix
    if kind == _PAGE and suffix != ".xls":
        raise IntakeError(f"{name}: a page came in place of the file")
    if kind not in (*READABLE, _PAGE):
        remedy = f": {REMEDIES[kind]}" if kind in REMEDIES else ""
        raise IntakeError(f"{name}: a {kind} file cannot be read; a person must look at it{remedy}")
    return kind


def files_in(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """The attachment itself, or the files of an archive, each under the archive's name and its own.

    Raises:
        IntakeError: the archive is damaged, encrypted, or larger than it may be once unpacked.
    """
    if not content.startswith(_ZIP) or _package(content) != _ARCHIVE:
        yield name, content
        return
    with TemporaryDirectory(prefix="qingdan-") as folder:
        file = Path(folder) / "attachment.zip"
        file.write_bytes(content)
        with _named(name, file), unpacked(file) as members:
            for member in members:
                if member.stat().st_size > MAX_BYTES:
                    raise IntakeError(f"{file}: a file in it has more than {MAX_BYTES:,} bytes")
                yield f"{name}/{_as_written(member.name)}", member.read_bytes()


def _as_written(name: str) -> str:
    """A name in an archive; Chinese programs write GBK where the format says CP437."""
    try:
        return name.encode("cp437").decode("gb18030")
    except UnicodeError:
        return name


@contextmanager
def _named(name: str, file: Path) -> Iterator[None]:
    """Problems with `file` are told of the attachment that it holds."""
    try:
        yield
    except IntakeError as error:
        raise IntakeError(str(error).replace(str(file), name)) from error


def _by_content(content: bytes) -> str:
    if content.startswith(_ZIP):
        return _package(content)
    if content.startswith(_OLE):
        streams = ((name.encode("utf-16-le") in content, kind) for name, kind in _STREAMS.items())
        return next((kind for found, kind in streams if found), ".ole")
    if content.startswith(_RAR):
        return ".rar"
    if _PDF in content[:_HEAD]:
        return ".pdf"
    opening = content[:_HEAD].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    return _PAGE if opening.startswith(_OPENS_A_PAGE) else ""


def _package(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = set(package.namelist())
    except zipfile.BadZipFile:
        return _ARCHIVE
    return next((kind for part, kind in _PARTS.items() if part in parts), _ARCHIVE)


def positions_in(name: str, content: bytes, columns: Columns, seen: SeenIds) -> Iterator[Posting | Refusal]:
    """The positions in the tables of an attachment.

    Raises:
        IntakeError: the file as a whole cannot be read; the message names it.
    """
    for row in _rows(name, kind_of(name, content), content):
        yield posting_of(row, columns, seen) if isinstance(row, Row) else row


def _rows(name: str, kind: str, content: bytes) -> Iterator[Row | Refusal]:
    if kind == _PAGE:
        root = parse_html(HtmlResponse("about:blank", body=content).text)
        yield from position_rows(table_grids(root, name)) if root is not None else ()
        return
    with TemporaryDirectory(prefix="qingdan-") as folder:
        file = Path(folder) / PurePosixPath(name).with_suffix(kind).name
        file.write_bytes(content)
        with _named(name, file), open_source(file) as source:
            yield from read_rows(source)
