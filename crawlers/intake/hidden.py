"""Rows and columns that a workbook hides: what no reader of the table sees is no published ad.

The library that reads workbooks does not tell. This is for XLSX; for the old XLS see old_workbook.py.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import PurePosixPath
from typing import Final

from lxml import etree

from crawlers import hardened_xml
from crawlers.intake.tables import Line
from store.intake import Refusal

_FOLDER: Final = PurePosixPath("xl")
_WORKBOOK: Final = "xl/workbook.xml"
_SHEETS: Final = "{*}sheets/{*}sheet"
_ID: Final = re.compile(r"\{.*/relationships\}id")
_TAG: Final = re.compile(rb"<(?:\w{1,20}:)?(row|col)(\s[^<>]{0,2000}|/?)>")
_ATTRIBUTE: Final = re.compile(rb"(\w{1,40})=[\"']([^\"']{0,40})[\"']")
_CHUNK: Final = 1 << 20
_LONGEST_TAG: Final = 4_096
_MOST_COLUMNS: Final = 16_384
_TOLD: Final = 10
"""Ranges of rows that are named."""


@dataclass(slots=True)
class Hidden:
    """What one sheet hides, and what of it said something."""

    rows: set[int] = field(default_factory=set)
    """Counted from 1."""
    columns: set[int] = field(default_factory=set)
    """Counted from 0."""
    _lost_rows: list[int] = field(default_factory=list)
    _lost_columns: set[int] = field(default_factory=set)

    def visible(self, lines: Iterable[Line]) -> Iterator[Line]:
        """The lines that a reader sees, without the cells that he does not see."""
        for line in lines:
            if line.number in self.rows:
                self._lost_rows.append(line.number)
            elif not self.columns:
                yield line
            elif (seen := self._without_columns(line)).parts:
                yield seen

    def _without_columns(self, line: Line) -> Line:
        spread = set(line.spread)
        for at in sorted(self.columns):
            if at not in spread:
                spread.discard(at + 1)  # a merged cell shows what it says where it begins to be seen
        cells = ["" if at in self.columns else cell for at, cell in enumerate(line.cells)]
        told = {at for at, cell in enumerate(line.cells) if cell.strip()} - line.spread
        self._lost_columns |= told & self.columns
        parts = sum(bool(cell.strip()) for at, cell in enumerate(cells) if at not in spread)
        return replace(line, cells=cells, parts=parts, spread=frozenset(spread))

    def told(self, place: str) -> Refusal | None:
        """How much was left out, and where; None if nothing was. To be asked behind the last line."""
        letters = ", ".join(map(_letters, sorted(self._lost_columns)))
        lost = {
            "rows": (len(self._lost_rows), _ranges(self._lost_rows)),
            "columns": (len(self._lost_columns), letters),
        }
        what = " and ".join(
            f"{count} of its {kind} ({named})" for kind, (count, named) in lost.items() if count
        )
        return Refusal(place, f"the sheet hides {what}; they were left out", "hidden") if what else None


def _ranges(numbers: Sequence[int]) -> str:
    grouped = groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])
    runs = [[number for _, number in run] for _, run in grouped]
    named = [f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs[:_TOLD]]
    return ", ".join(named) + (" …" if len(runs) > _TOLD else "")


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def hidden_in(archive: zipfile.ZipFile) -> dict[str, Hidden]:
    """What the sheets of an XLSX workbook hide, by their names; nothing of any other kind of workbook.

    Raises:
        KeyError, ValueError, XMLSyntaxError: its parts are not as they should be.
    """
    parts, found = set(archive.namelist()), dict[str, Hidden]()
    if _WORKBOOK not in parts:
        return found
    book = _parsed(archive, _WORKBOOK)
    targets = {
        str(each.get("Id")): str(each.get("Target", ""))
        for each in _parsed(archive, "xl/_rels/workbook.xml.rels").iter("{*}Relationship")
    }
    for sheet in book.iterfind(_SHEETS):
        name = next((str(value) for key, value in sheet.attrib.items() if _ID.fullmatch(str(key))), "")
        part = str(_FOLDER / targets.get(name, "")).removeprefix("/")
        if part in parts:
            found[str(sheet.get("name"))] = _of_sheet(archive, part)
    return found


def _parsed(archive: zipfile.ZipFile, part: str) -> etree._Element:
    return etree.fromstring(archive.read(part), hardened_xml.tree_parser())


def _of_sheet(archive: zipfile.ZipFile, part: str) -> Hidden:
    hidden = Hidden()
    number = 0
    with archive.open(part) as stream:
        rest = b""
        while piece := stream.read(_CHUNK):
            piece = rest + piece
            for tag, attributes in _TAG.findall(piece):
                given = dict(_ATTRIBUTE.findall(attributes))
                number = int(given.get(b"r", number + 1)) if tag == b"row" else number
                if given.get(b"hidden") not in (b"1", b"true"):
                    continue
                if tag == b"row":
                    hidden.rows.add(number)
                else:
                    hidden.columns |= _columns(given)
            rest = _open_tag(piece)
    return hidden


def _columns(given: dict[bytes, bytes]) -> set[int]:
    return set(range(int(given[b"min"]) - 1, min(int(given[b"max"]), _MOST_COLUMNS)))


def _open_tag(piece: bytes) -> bytes:
    """What stands behind the last < of a piece, if the piece ends within that tag."""
    at = piece.rfind(b"<")
    return piece[at:] if at > piece.rfind(b">") and len(piece) - at < _LONGEST_TAG else b""
