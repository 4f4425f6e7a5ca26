"""Word documents (DOCX): their tables, from the one part of the package that holds the text.

Read directly: python-docx looks for a merged cell's beginning by walking up row by row, in a recursion that
a long position table exceeds, and unpacks the whole package without a limit.
"""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from lxml import etree

from crawlers import hardened_xml
from crawlers.intake.documents import position_rows
from crawlers.intake.rows import MAX_DOCUMENT, IntakeError, Row
from crawlers.intake.source import Source
from crawlers.intake.tables import HEAD_WITHIN, Grid, Range, filled, find_head
from store.intake import Refusal

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXT: Final = "word/document.xml"
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError)
_WIDEST: Final = 200
"""Columns of a table; Word itself allows 63."""
_DEEPEST: Final = 3
"""Tables around a table that are looked into; what is deeper is text."""
_ABOVE: Final = 5
"""Paragraphs above a table that are taken for its title."""


def docx_rows(source: Source) -> Iterator[Row | Refusal]:
    """The rows of the position tables of a document.

    Raises:
        IntakeError: damaged, or too large once unpacked.
    """
    return position_rows(_grids(source))


def _grids(source: Source) -> Iterator[Grid]:
    """The tables, each with the paragraphs above it; of one that is there for the layout those inside it."""
    above: list[str] = []
    taken: set[etree._Element] = set()
    number = 0
    for element in _document(source).iter(f"{_W}p", f"{_W}tbl"):
        if not taken.isdisjoint(element.iterancestors(f"{_W}tbl")):
            continue
        if element.tag == f"{_W}p":
            above.append(_text(element).strip())
            continue
        rows, merged = _cells(element)
        if _is_layout(element, rows):
            continue
        taken.add(element)
        number += 1
        title = "\n".join(list(filter(None, above))[-_ABOVE:])
        yield Grid(f"{source.name}:table {number}", rows, merged, title)
        above.clear()


def _is_layout(table: etree._Element, rows: Sequence[Sequence[str]]) -> bool:
    """Does a table hold others, and no positions of its own?"""
    deep = len(list(table.iterancestors(f"{_W}tbl"))) >= _DEEPEST
    if deep or next(table.iterdescendants(f"{_W}tbl"), None) is None:
        return False
    return find_head(list(islice(filled(rows), HEAD_WITHIN))) is None


def _document(source: Source) -> etree._Element:
    try:
        with zipfile.ZipFile(source.path) as package, package.open(_TEXT) as part:
            content = part.read(MAX_DOCUMENT + 1)
    except _BROKEN as error:
        raise IntakeError(f"{source.path}: damaged document: {error}") from error
    if len(content) > MAX_DOCUMENT:
        raise IntakeError(f"{source.path}: more than {MAX_DOCUMENT:,} bytes once unpacked")
    parser = hardened_xml.tree_parser()
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise IntakeError(f"{source.path}: damaged document: {error}") from error


def _cells(table: etree._Element) -> tuple[list[list[str]], list[Range]]:
    """The cells of a table, and which of them are merged."""
    rows: list[list[str]] = []
    begun: dict[int, tuple[int, int]] = {}  # column → row and last column of the merged cell above
    ranges: dict[tuple[int, int], Range] = {}
    for index, tr in enumerate(_inside(table, "tr")):
        row = [""] * _number(tr, "trPr", "gridBefore", default=0)
        for tc in _inside(tr, "tc"):
            at, span = len(row), _number(tc, "tcPr", "gridSpan", default=1)
            last = at + span - 1
            if _goes_on(tc) and at in begun:
                top, last = begun[at]
                row += [""] * span
            else:
                top = index
                row += [_text(tc), *[""] * (span - 1)]
            begun[at] = (top, last)
            if (top, at) != (index, last):
                ranges[top, at] = ((top, at), (index, last))
        if len(row) > _WIDEST:
            raise IntakeError(f"a table has more than {_WIDEST} columns")
        rows.append(row)
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows], list(ranges.values())


def _inside(element: etree._Element, name: str) -> list[etree._Element]:
    """The rows of a table or the cells of a row, however wrapped; not those of tables inside it."""
    found = element.iter(f"{_W}{name}")
    return [each for each in found if next(each.iterancestors(element.tag)) is element]


def _number(element: etree._Element, properties: str, name: str, *, default: int) -> int:
    found = element.find(f"{_W}{properties}/{_W}{name}")
    written = "" if found is None else str(found.get(f"{_W}val", ""))
    return min(int(written), _WIDEST + 1) if written.isdecimal() else default


def _goes_on(tc: etree._Element) -> bool:
    """Does the cell belong to the one above it?"""
    merge = tc.find(f"{_W}tcPr/{_W}vMerge")
    return merge is not None and merge.get(f"{_W}val", "continue") == "continue"


def _text(element: etree._Element) -> str:
    """The text of a paragraph, or of a cell with a line for each paragraph; tables inside it included."""
    pieces: list[str] = []
    for each in element.iter(f"{_W}t", f"{_W}br", f"{_W}tab", f"{_W}p"):
        if each.tag == f"{_W}t":
            pieces.append(each.text or "")
        else:
            pieces.append(" " if each.tag == f"{_W}tab" else "\n")
    return "".join(pieces).strip()
