"""Documents with tables in them (PDF, DOCX, web pages): position tables, also torn ones."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from crawlers.intake import positions
from crawlers.intake.rows import EXCERPT, Row
from crawlers.intake.tables import HEAD_WITHIN, Below, Grid, Head, Line, body, filled, find_head, named_twice
from store.intake import Refusal

_SMALLEST: Final = 3
"""Rows, and columns, that make a table worth a person's look; smaller ones are there for the layout."""


@dataclass(slots=True)
class _Part:
    """A table, or the part of one that stands on a page."""

    place: str
    head: Head
    below: Below
    lines: list[Line]


def position_rows(grids: Iterable[Grid], *, strict: bool = True) -> Iterator[Row | Refusal]:
    """The rows of all position tables, in order.

    A table without a head goes on the one before it, if it is as wide and nothing stands between them. Any
    other one is a refusal where the document is there for its tables (`strict`); a web page has tables for
    its layout too, and no ends of pages.
    """
    before: _Part | None = None
    for grid in grids:
        lines = list(filled(grid.rows, grid.merged))
        part = _part(grid, lines, before if strict else None)
        if part is None and not _sizeable(lines):
            continue
        if before is not None:
            if part is not None and part.below is before.below:
                _join(before, part)
            yield from _rows(before)
        if part is None and strict:
            told = " | ".join(lines[0].cells)[:EXCERPT]
            yield Refusal(grid.place, "a table without the head words of position tables", excerpt=told)
        before = part
    if before is not None:
        yield from _rows(before)


def _rows(part: _Part) -> Iterator[Row | Refusal]:
    if part.head.repeated:
        yield named_twice(part.place, part.head)
    else:
        yield from body(part.place, part.head, part.lines, below=part.below)


def _part(grid: Grid, lines: list[Line], before: _Part | None) -> _Part | None:
    """The table in `lines`: one of its own, or what goes on from the part before; None for any other."""
    head = find_head(lines[:HEAD_WITHIN])
    title = "\n".join(filter(None, (grid.above, head.title if head else "")))
    under = [line for line in lines if head is None or line.number > head.lines[-1].number]
    if before is not None and lines and title in before.head.title:  # a page may repeat a part of it
        names = list(before.head.names)
        if len(names) == len(lines[0].cells) if head is None else names == list(head.names):
            return replace(before, place=grid.place, lines=under)
    if head is None:
        return None
    head = replace(head, title=title)
    return _Part(grid.place, head, Below(head), under)


def _sizeable(lines: Sequence[Line]) -> bool:
    return len(lines) >= _SMALLEST and any(line.parts >= _SMALLEST for line in lines)


def _join(before: _Part, part: _Part) -> None:
    """Put together what the end of a page has torn: its last row, and merged cells over several rows."""
    if not before.lines or not part.lines:
        return
    last = before.lines[-1]
    names = before.head.names
    named = positions.columns_of("position", names)
    if _is_rest(
        part.lines[0], [*named, *positions.columns_of("code", names), *positions.columns_of("number", names)]
    ):
        cells = [above + below for above, below in zip(last.cells, part.lines[0].cells, strict=False)]
        before.lines[-1] = replace(last, cells=cells)
        part.lines = part.lines[1:]
    for column in (*named, *positions.columns_of("employer", names)):
        _carry_on(part.lines, column, last.cells[column])


def _is_rest(line: Line, columns: Sequence[int]) -> bool:
    """Is this the lower part of a row: several cells, and none of those that every position has?"""
    return line.parts > 1 and not any(line.cells[at].strip() for at in columns)


def _carry_on(lines: list[Line], column: int, text: str) -> None:
    """Fill the first rows of a page up to the next cell of `column` that says something."""
    for number, line in enumerate(lines):
        if line.parts == 1 or line.cells[column].strip():
            return
        cells = [text if at == column else cell for at, cell in enumerate(line.cells)]
        lines[number] = replace(line, cells=cells)
