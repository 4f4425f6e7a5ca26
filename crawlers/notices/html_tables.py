"""The tables of a web page, with their merged cells."""

from collections.abc import Iterator
from typing import Final

from lxml import etree

from crawlers.html_text import html_to_text
from crawlers.intake.tables import Grid, Range

_WIDEST: Final = 200
"""Columns of a table, and rows that one cell may reach over in it, are limited: spans are a page's word."""
_HIGHEST: Final = 20_000
_MOST_CELLS: Final = 100_000


def table_grids(root: etree._Element, place: str) -> Iterator[Grid]:
    """The tables without another one inside, in order; one around others is there for the layout."""
    number = 0
    for table in root.iter("table"):
        if next(table.iterdescendants("table"), None) is None:
            number += 1
            rows, merged = _cells(table)
            yield Grid(f"{place}:table {number}", rows, merged)


def _cells(table: etree._Element) -> tuple[list[list[str]], list[Range]]:
    """The cells of a table as a browser lays them out, and which of them reach over several."""
    rows: list[list[str]] = []
    merged: list[Range] = []
    taken: dict[int, int] = {}  # column → last row that a cell from above reaches
    count = 0
    for index, tr in enumerate(table.iter("tr")):
        row: list[str] = []
        for cell in tr.iterchildren("td", "th"):
            while taken.get(len(row), -1) >= index:
                row.append("")
            at, width, height = len(row), _span(cell, "colspan", _WIDEST), _span(cell, "rowspan", _HIGHEST)
            last = (index + height - 1, at + width - 1)
            row += [_text(cell), *[""] * (width - 1)]
            taken |= dict.fromkeys(range(at, at + width), last[0])
            if last != (index, at):
                merged.append(((index, at), last))
        count += len(row)
        if len(row) > _WIDEST or count > _MOST_CELLS:
            return [], []
        rows.append(row)
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows], merged


def _span(cell: etree._Element, name: str, most: int) -> int:
    written = str(cell.get(name, "1")).strip()
    return min(max(int(written), 1), most) if written.isascii() and written.isdecimal() else 1


def _text(cell: etree._Element) -> str:
    if not len(cell):
        return " ".join((cell.text or "").split())
    return html_to_text(etree.tostring(cell, encoding="unicode", with_tail=False))
