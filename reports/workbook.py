"""Workbooks (XLSX) of typed cells: text stays text, whatever it begins with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from math import ceil
from typing import Any, Final
from unicodedata import east_asian_width

from xlsxwriter import Workbook  # type: ignore[import-untyped]

from reports.templating import external, visible

A4: Final = 9
LONGEST: Final = 16_000
"""Characters of a cell: Excel takes 32,767 units, and a character may be two of them."""
LONGEST_ADDRESS: Final = 2_000
"""Excel takes addresses of 2,079 characters."""
MOST_LINKS: Final = 60_000
"""Excel takes 65,530 on a sheet."""
WIDE: Final = 190
"""Characters across a page on which they can still be read; a wider sheet goes over several."""
LINE: Final = 15
"""Points from one line of a cell to the next."""
HIGHEST: Final = 20
"""Lines of a row that show; all of a longer text is there for whoever opens the cell."""


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    address: str


Value = str | int | float | date | Link | None
"""What a cell may hold; None is an empty one."""


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    width: int
    """In Latin characters."""
    choices: Sequence[str] = ()
    """What may be chosen in its cells; empty: whatever one likes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]


def workbook(sheets: Iterable[Sheet], *, title: str, note: str, created: datetime) -> bytes:
    """The file, equal for equal arguments; `created` has no time zone.

    Each sheet has filters and a head that stays in sight, and on paper `note` above.
    """
    file = BytesIO()
    with Workbook(file, {"constant_memory": True}) as book:
        book.set_properties({"title": visible(title), "author": "清单", "created": created})
        formats = _Formats(book)
        for sheet in sheets:
            _Writer(book.add_worksheet(sheet.name), formats, note=visible(note)).write(sheet)
    return file.getvalue()


class _Formats:
    def __init__(self, book: Any) -> None:  # noqa: ANN401 - the library has no types
        top: Final = {"valign": "top"}
        self.head = book.add_format(
            {"bold": True, "bottom": 1, "bg_color": "#E9ECF0", "align": "center", "text_wrap": True}
        )
        self.text = book.add_format({**top, "text_wrap": True, "num_format": "@"})
        self.count = book.add_format({**top, "num_format": "#,##0"})
        self.decimal = book.add_format({**top, "num_format": "#,##0.0"})
        self.day = book.add_format({**top, "num_format": "yyyy-mm-dd"})
        self.link = book.add_format({**top, "text_wrap": True, "font_color": "#004488", "underline": 1})


class _Writer:
    """Writes one sheet, row by row."""

    def __init__(self, sheet: Any, formats: _Formats, *, note: str) -> None:  # noqa: ANN401 - as above
        self._sheet, self._formats = sheet, formats
        self._links = 0
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.set_header(f"&L{note.replace('&', '&&')}")
        sheet.set_footer("&C&P / &N")

    def write(self, sheet: Sheet) -> None:
        self._set_up(sheet.columns)
        for place, column in enumerate(sheet.columns):
            self._sheet.set_column(place, place, column.width)
            self._sheet.write_string(0, place, column.title, self._formats.head)
        last = 0
        for last, row in enumerate(sheet.rows, start=1):
            self._sheet.set_row(last, LINE * _lines(row, sheet.columns))
            for place, value in enumerate(row):
                self._cell(last, place, value)
        for place, column in enumerate(sheet.columns):
            if column.choices and last:
                chosen = {"validate": "list", "source": list(column.choices)}
                self._sheet.data_validation(1, place, last, place, chosen)
        self._sheet.autofilter(0, 0, last, len(sheet.columns) - 1)

    def _set_up(self, columns: Sequence[Column]) -> None:
        """The head stays in sight and on each page, and what a row is about where it takes several."""
        across = ceil(sum(column.width for column in columns) / WIDE)
        self._sheet.fit_to_pages(across, 0)
        self._sheet.freeze_panes(1, int(across > 1))
        if across > 1:
            self._sheet.repeat_columns(0)

    def _cell(self, row: int, place: int, value: Value) -> None:
        sheet, formats = self._sheet, self._formats
        match value:
            case None | "":
                pass
            case str():
                sheet.write_string(row, place, _text(value), formats.text)
            case int():
                sheet.write_number(row, place, value, formats.count)
            case float():
                sheet.write_number(row, place, value, formats.decimal)
            case date():
                sheet.write_datetime(row, place, value, formats.day)
            case Link():
                self._link(row, place, value)

    def _link(self, row: int, place: int, link: Link) -> None:
        address = external(link.address)
        if address and len(address) <= LONGEST_ADDRESS and self._links < MOST_LINKS:
            self._links += 1
            self._sheet.write_url(row, place, address, self._formats.link, _text(link.text))
        else:
            shown = f"{link.text}（{link.address}）" if link.address else link.text
            self._sheet.write_string(row, place, _text(shown), self._formats.text)


def _lines(row: Sequence[Value], columns: Sequence[Column]) -> int:
    """Lines that the longest text of a row takes; not every program finds that out by itself."""
    found = (_lines_of(value, column.width) for value, column in zip(row, columns, strict=True))
    return min(max(found, default=1), HIGHEST)


def _lines_of(value: Value, width: int) -> int:
    if not isinstance(value, str | Link):
        return 1
    text = value.text if isinstance(value, Link) else value
    return sum(max(1, ceil(_width(line) / width)) for line in text[: width * HIGHEST].split("\n"))


def _width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WFA" else 1 for char in text)


def _text(text: str) -> str:
    shown = visible(text)
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"
