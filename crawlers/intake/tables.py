"""Tables as people lay them out: titles above, a head of up to three rows, merged cells, notes below."""

import hashlib
import json
import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Final

from crawlers.intake import positions
from crawlers.intake.headers import bare
from crawlers.intake.rows import EXCERPT, Row
from store.intake import Refusal

Corner = tuple[int, int]
"""Row and column of a cell, counted from 0."""
Range = tuple[Corner, Corner]
"""A merged cell by its first and its last corner, both of them inside."""

_TALLEST_HEAD: Final = 3
"""Rows of a head."""
_SHARED_NAMES: Final = 3
"""Names that a further head shares with the first one of its table."""
HEAD_WITHIN: Final = 30
"""Filled rows from the top of a table, among which its head must be."""
_AT_A_BREAK: Final = re.compile(r"\s*[\r\n]\s*|(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of a sheet, or of a table in a document, as they stand there."""

    place: str
    """Where it is: `file:sheet`."""
    rows: Iterable[Sequence[str]]
    merged: Sequence[Range] = ()
    above: str = ""
    """What stands above it in a document."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table that says something."""

    number: int
    """Counted from 1."""
    cells: Sequence[str]
    """By column, those covered by a merged cell with its text."""
    parts: int
    """How many cells say something, a merged one counted once."""
    spread: frozenset[int] = frozenset()
    """Columns whose cell belongs to a merged one that begins further left."""


@dataclass(frozen=True, slots=True)
class Head:
    """The names of a table's columns."""

    title: str
    """What stands above, a line for each row."""
    names: Sequence[str]
    """By column; empty without a name. Columns under one merged name bear it together."""
    lines: Sequence[Line]
    """The rows it takes up."""

    @property
    def repeated(self) -> tuple[str, ...]:
        """Names that several columns bear by mistake."""
        upper = self.lines[0]
        own = Counter(name for at, name in enumerate(self.names) if name and at not in upper.spread)
        return tuple(name for name, count in own.items() if count > 1)

    @property
    def of_positions(self) -> bool:
        return positions.are_head(self.names)

    def cells(self, values: Sequence[str]) -> dict[str, str]:
        """The cells of a row by the names of their columns; what has no name is left out."""
        named: dict[str, str] = {}
        for name, value in zip(self.names, values, strict=False):
            if name in named and value.strip() and value != named[name]:
                named[name] = f"{named[name]} {value}".strip()
            elif name:
                named.setdefault(name, value)
        return named


def rows_of(place: str, lines: Iterator[Line]) -> Iterator[Row | Refusal]:
    """The rows of a table, each with the table's title; what cannot be read is a refusal."""
    top = list(islice(lines, HEAD_WITHIN))
    if not top:
        return
    head = find_head(top) or _first_row(top)
    if head.repeated:
        yield named_twice(place, head)
        return
    under = (line for line in chain(top, lines) if line.number > head.lines[-1].number)
    yield from body(place, head, under, below=Below(head))


def named_twice(place: str, head: Head) -> Refusal:
    """The refusal of a table in which a name does not tell which column is meant."""
    return Refusal(
        place, f"the table names {', '.join(sorted(head.repeated))} more than once; it is left out"
    )


def body(place: str, head: Head, lines: Iterable[Line], *, below: "Below") -> Iterator[Row | Refusal]:
    """The rows below `head`, without those that are none; behind a further head the next table begins."""
    heading = ""
    for line, *following in _with_next(lines):
        if line in head.lines:
            continue
        if (other := _another_head(head, [line, *following])) is not None:
            head = replace(other, title="\n".join(filter(None, (heading, head.title))))
            below, heading = Below(head), ""
            if head.repeated:
                yield named_twice(f"{place}!{line.number}", head)
                return
            continue
        if below.passes(line.cells, parts=line.parts):
            heading = _only(line) if line.parts == 1 else ""
            continue
        at = f"{place}!{line.number}"
        if head.of_positions and line.parts == 1:
            yield Refusal(at, "a row with one filled cell is no position", excerpt=_only(line)[:EXCERPT])
            continue
        digest = hashlib.sha256(json.dumps(list(line.cells)).encode(errors="surrogatepass")).hexdigest()
        yield Row(at, head.cells(line.cells), digest, head.title)


def _with_next(lines: Iterable[Line]) -> Iterator[tuple[Line, ...]]:
    """Each line together with those behind it that may belong to one head with it."""
    coming = iter(lines)
    window = deque(islice(coming, _TALLEST_HEAD))
    while window:
        yield tuple(window)
        window.popleft()
        window.extend(islice(coming, 1))


def _another_head(head: Head, lines: Sequence[Line]) -> Head | None:
    """The head that begins with the first of these lines, and shares names with the one of the table.

    What a row of the table says is no name of a column, so no row is taken for a head.
    """
    names = _bare(head.names)
    if names.isdisjoint(_bare(lines[0].cells)) or not head.of_positions:
        return None
    other = find_head(lines)
    if other is None or other.lines[0] is not lines[0] or list(other.names) == list(head.names):
        return None
    return other if len(_bare(other.names) & names) >= _SHARED_NAMES else None


def _bare(cells: Iterable[str]) -> set[str]:
    """Cells that may be names of columns, for comparison."""
    return {bare(cell) for cell in cells if 0 < len(cell.strip()) <= positions.words().longest_header}


class Below:
    """Which of the rows below a head are none: in a table of positions its repetition, notes and sums."""

    def __init__(self, head: Head) -> None:
        self._repetition = [_compared(line.cells) for line in head.lines]
        self._notes = positions.Notes() if head.of_positions else None

    def passes(self, cells: Sequence[str], *, parts: int | None = None) -> bool:
        """To be asked of each row once, in order; `parts` where merged cells make it no plain count."""
        if self._notes is None:
            return False
        told = [cell for cell in cells if cell.strip()]
        parts = len(told) if parts is None else parts
        return _compared(cells) in self._repetition or (bool(told) and self._notes.hold(told[0], parts=parts))


def _compared(cells: Sequence[str]) -> list[str]:
    return ["".join(cell.split()) for cell in cells]


def _only(line: Line) -> str:
    return next(filter(str.strip, line.cells)).strip()


def filled(rows: Iterable[Sequence[str]], merged: Iterable[Range] = ()) -> Iterator[Line]:
    """The rows that say something themselves, merged cells filled.

    A merged cell that overlaps an earlier one is none: no program writes such a file.
    """
    beginning: defaultdict[int, list[Range]] = defaultdict(list)
    for each in merged:
        beginning[each[0][0]].append(each)
    open_ranges: dict[int, tuple[Range, str]] = {}  # by column
    for index, row in enumerate(rows):
        open_ranges = {at: each for at, each in open_ranges.items() if each[0][1][0] >= index}
        for each in beginning.pop(index, ()):
            first, last = each[0][1], min(each[1][1], len(row) - 1)
            if first <= last and first not in open_ranges:
                text = row[first]
                open_ranges |= {at: (each, text) for at in range(first, last + 1) if at not in open_ranges}
        if any(cell.strip() for cell in row):
            yield _line(index + 1, row, open_ranges)


def _line(number: int, row: Sequence[str], merged: Mapping[int, tuple[Range, str]]) -> Line:
    cells = [row[at] or (merged[at][1] if at in merged else "") for at in range(len(row))]
    spread = frozenset(at for at, (each, _) in merged.items() if at > each[0][1])
    parts = sum(bool(cell.strip()) for at, cell in enumerate(cells) if at not in spread)
    return Line(number, cells, parts, spread)


def find_head(top: Sequence[Line]) -> Head | None:
    """The head among the first rows of a table: of positions, or one that names a known text column."""
    for at, upper in enumerate(top):
        lines = [upper]
        for lower in top[at + 1 : at + _TALLEST_HEAD]:
            if not _goes_on(lines[-1], lower):
                break
            lines.append(lower)
        if positions.are_head([cell for line in lines for cell in line.cells]):
            # The names of the upper rows say least, and those of the lowest are told by the row above them.
            return Head(_title(top[:at]), _names(*_lowest(lines)), tuple(lines))
    return None


def _lowest(lines: Sequence[Line]) -> Sequence[Line]:
    """The two lowest rows of a head, the upper one of them with the names that stand above its gaps."""
    if len(lines) < _TALLEST_HEAD:
        return lines
    upper, middle, lower = lines
    cells = [name or above for name, above in zip(middle.cells, upper.cells, strict=False)]
    return replace(middle, cells=cells), lower


def _first_row(top: Sequence[Line]) -> Head:
    """The first row of several cells below rows of one; the very first where there is none."""
    at = next((at for at, line in enumerate(top) if line.parts > 1), 0)
    return Head(_title(top[:at]), _names(top[at]), (top[at],))


def _title(above: Iterable[Line]) -> str:
    return "\n".join(_only(line) for line in above if line.parts == 1)


def _goes_on(upper: Line, lower: Line) -> bool:
    """Is `lower` the second row of a head: names under a common one, and nothing under the others?"""
    over = [name.strip() for name in _carried(upper, lower)]
    beside = zip(["", *over], [*over[1:], ""], strict=False)
    common = [bool(name) and name in around for name, around in zip(over, beside, strict=False)]
    columns = list(zip(over, map(str.strip, lower.cells), common, strict=False))
    if not any(name and not shared for name, _, shared in columns):
        return False  # one name over everything is a title
    repeats = all(name == under for name, under, _ in columns)
    return repeats or (
        any(common) and all(under if shared else under in ("", name) for name, under, shared in columns)
    )


def _carried(upper: Line, lower: Line) -> list[str]:
    """The upper names, carried on to the right over gaps under which something stands."""
    over: list[str] = []
    for at, name in enumerate(upper.cells):
        gap = not name.strip() and at < len(lower.cells) and lower.cells[at].strip()
        over.append(over[-1] if gap and over else name)
    return over


def _names(upper: Line, lower: Line | None = None) -> list[str]:
    """The lower name alone where no other column bears it and it says enough, else both."""
    if lower is None:
        return [_plain(name) for name in upper.cells]
    over = [_plain(name) for name in _carried(upper, lower)]
    under = [_plain(name) for name in lower.cells]
    pairs = [(name, low if low != name else "") for name, low in zip(over, under, strict=False)]
    known = Counter(low or name for name, low in pairs)
    alone = {low for low, count in known.items() if count == 1 and not positions.is_partial(low)}
    return [(low if low in alone else name + low) if low else name for name, low in pairs]


def _plain(name: str) -> str:
    """A header without line breaks and without the spaces that stretch a word: 备  注."""
    return _AT_A_BREAK.sub("", name.strip())
