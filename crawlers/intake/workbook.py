"""Workbooks (XLSX, XLS): every sheet is a table of its own."""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from lxml import etree
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from crawlers.intake.hidden import Hidden, hidden_in
from crawlers.intake.old_workbook import hidden_in_old
from crawlers.intake.rows import MAX_CELLS, MAX_WORKBOOK, IntakeError, Row
from crawlers.intake.source import Source
from crawlers.intake.tables import filled, rows_of
from store.intake import Refusal

_READ: Final = (SheetTypeEnum.WorkSheet, SheetVisibleEnum.Visible)
"""Hidden sheets hold the lists that cells of the others are chosen from."""
_BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError,
    KeyError, IndexError, ValueError, struct.error, etree.XMLSyntaxError,
)  # fmt: skip
"""What an archive that is damaged, encrypted or no workbook raises."""
_CHUNK: Final = 1 << 20
_CELL: Final = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_LONGEST_CELL: Final = 16
_SHEETS: Final = "xl/worksheets/"


def workbook_rows(source: Source) -> Iterator[Row | Refusal]:
    """The rows of all sheets that a reader sees; rows without any value are only formatting.

    Raises:
        IntakeError: damaged, or larger than MAX_WORKBOOK once unpacked.
    """
    hidden = _hidden(source)
    try:
        workbook = CalamineWorkbook.from_path(source.path)
        for each in workbook.sheets_metadata:
            if (each.typ, each.visible) == _READ:
                sheet = workbook.get_sheet_by_name(each.name)
                yield from _sheet_rows(f"{source.name}:{each.name}", sheet, hidden.get(each.name, Hidden()))
    except CalamineError as error:
        raise IntakeError(f"{source.path}: damaged workbook: {error}") from error


def _sheet_rows(place: str, sheet: CalamineSheet, hidden: Hidden) -> Iterator[Row | Refusal]:
    """The rows of one sheet, and at its end what it hides."""
    rows = ([_written(value) for value in values] for values in sheet.iter_rows())
    yield from rows_of(place, hidden.visible(filled(rows, sheet.merged_cell_ranges or ())))
    if (refusal := hidden.told(place)) is not None:
        yield refusal


def _hidden(source: Source) -> Mapping[str, Hidden]:
    """What each sheet hides, once the workbook has proved to be no larger than it may be."""
    try:
        if zipfile.is_zipfile(source.path):
            with zipfile.ZipFile(source.path) as archive:
                _check_archive(source, archive)
                return hidden_in(archive)
        if source.path.stat().st_size > MAX_WORKBOOK:
            raise IntakeError(f"{source.path}: larger than {MAX_WORKBOOK:,} bytes; hand it in as CSV")
        return hidden_in_old(source.stream.read())
    except _BROKEN as error:
        raise IntakeError(f"{source.path}: damaged workbook: {error}") from error


def _check_archive(source: Source, archive: zipfile.ZipFile) -> None:
    """Unpack once and throw away: what an archive says about its sizes may be a lie."""
    unpacked = 0
    for member in archive.infolist():
        rows = columns = 0
        tail = b""
        with archive.open(member) as part:
            while piece := part.read(_CHUNK):
                unpacked += len(piece)
                cells = _CELL.findall(tail + piece) if member.filename.startswith(_SHEETS) else ()
                for column, row in cells:
                    rows, columns = max(rows, int(row)), max(columns, _column_number(column))
                tail = piece[-_LONGEST_CELL:]
                # One far cell in a tiny file makes the reader hold the whole rectangle before it.
                if unpacked > MAX_WORKBOOK or rows * columns > MAX_CELLS:
                    limits = f"{MAX_WORKBOOK:,} bytes once unpacked or {MAX_CELLS:,} cells in a sheet"
                    raise IntakeError(f"{source.path}: more than {limits}; hand it in as CSV")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _written(value: float | str | bool | time | date | datetime | timedelta) -> str:  # noqa: FBT001
    """A cell as a person reads it: 2024, not 2024.0; dates in ISO form."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, date | time) else str(value)
