"""From an open file to its rows; what cannot be read becomes a refusal, and reading goes on behind it."""

import csv
import hashlib
import json
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain, islice
from typing import Final

from crawlers.intake.docx import docx_rows
from crawlers.intake.feed import feed_rows
from crawlers.intake.nested import flat
from crawlers.intake.pdf import pdf_rows
from crawlers.intake.rows import EXCERPT, MAX_JSON, MAX_ROW, IntakeError, Row
from crawlers.intake.source import CORRUPT, Overlong, Source, encoding_of, invalid, text_lines
from crawlers.intake.tables import HEAD_WITHIN, Below, Head, Line, filled, find_head
from crawlers.intake.workbook import workbook_rows
from store.intake import Refusal

_TOO_LONG: Final = f"the row is longer than {MAX_ROW:,} characters"
_OPENING: Final = 1_000_000
"""Characters at the beginning of a CSV file that are looked at for its head."""
_DELIMITERS: Final = ",;\t|"
_TEXT_FIELD: Final = re.compile(r'"([^"\\]{1,100})"\s{0,9}:\s{0,9}"')
"""The name of a field of a JSON object, up to where its text begins; within a text the quotes are escaped."""


def read_rows(source: Source) -> Iterator[Row | Refusal]:
    """The rows of a file, in order.

    Raises:
        IntakeError: the file as a whole cannot be read.
    """
    at = source.name
    try:
        for each in _READERS[source.format](source):
            at = each.place
            yield each
    except CORRUPT as error:
        yield Refusal(source.name, f"damaged gzip data after {at}: {error}; the rest of the file is lost")


def _jsonl(source: Source) -> Iterator[Row | Refusal]:
    for number, line in text_lines(source):
        place = f"{source.name}:{number}"
        if isinstance(line, Overlong):
            yield Refusal(place, _TOO_LONG, _longest_field(line), line[:EXCERPT])
        elif bad := invalid(line):
            yield Refusal(place, f"byte {bad} is invalid in the encoding of the file", excerpt=line[:EXCERPT])
        elif line.strip():
            yield _json_row(place, line)


def _longest_field(beginning: str) -> str:
    """The field of a cut JSON object whose text is the longest; empty if there is none."""
    starts = [(found.end(), found[1]) for found in _TEXT_FIELD.finditer(beginning)]
    ends = [start for start, _ in starts[1:]] + [len(beginning)]
    lengths = {name: end - start for (start, name), end in zip(starts, ends, strict=True)}
    return max(lengths, key=lengths.__getitem__, default="")


def _json_row(place: str, line: str) -> Row | Refusal:
    try:
        parsed = _parse(line)
    except (ValueError, RecursionError) as error:
        return Refusal(place, f"broken JSON: {_first_line(error)}", excerpt=line[:EXCERPT])
    return _row_of(place, parsed, line)


def _row_of(place: str, parsed: object, line: str) -> Row | Refusal:
    """The row in a JSON value that is written as `line`."""
    if not isinstance(parsed, dict):
        reason = f"a JSON object is expected, not a {type(parsed).__name__}"
        return Refusal(place, reason, excerpt=line[:EXCERPT])
    try:
        cells = flat(parsed)
    except RecursionError:
        return Refusal(place, "objects within objects without end", excerpt=line[:EXCERPT])
    return Row(place, cells, hashlib.sha256(line.encode(errors="surrogatepass")).hexdigest())


def _parse(text: str) -> object:
    # Numbers stay as written: an id of twenty digits is no float, and 2024 is no 2024.0.
    parsed: object = json.loads(text, parse_int=str, parse_float=str)
    return parsed


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0] or type(error).__name__


def _json(source: Source) -> Iterator[Row | Refusal]:
    encoding = encoding_of(source)
    data = source.stream.read(MAX_JSON + 1)
    if len(data) > MAX_JSON:
        raise IntakeError(
            f"{source.path}: more than {MAX_JSON:,} bytes of JSON; hand it in as JSONL, one ad a line"
        )
    try:
        parsed = _parse(data.decode(encoding))
    except (ValueError, RecursionError) as error:
        raise IntakeError(f"{source.path}: broken JSON: {_first_line(error)}") from error
    for number, ad in enumerate(_ad_list(source, parsed), start=1):
        yield _row_of(f"{source.name}[{number}]", ad, json.dumps(ad, ensure_ascii=False))


def _ad_list(source: Source, parsed: object) -> list[object]:
    """The list of ads: the document itself, or the one list of objects in it that is nearest to its top."""
    if isinstance(parsed, list):
        return parsed
    level, lists = {"": parsed}, dict[str, list[object]]()
    while level and not lists:
        level = {
            f"{place}.{key}" if place else key: value
            for place, each in level.items()
            if isinstance(each, dict)
            for key, value in each.items()
        }
        lists = {place: each for place, each in level.items() if isinstance(each, list) and _of_objects(each)}
    if len(lists) != 1:
        found = ", ".join(map(repr, lists)) or "none"
        raise IntakeError(
            f"{source.path}: an array of objects, or an object with one, is expected; found {found}"
        )
    return lists.popitem()[1]


def _of_objects(values: list[object]) -> bool:
    return any(isinstance(each, dict) for each in values)


class _RowTooLong(Exception):  # noqa: N818 - caught a few lines below
    """The record grew beyond the limit, or a line of it did."""


class _Feed:
    """Hands lines to the csv reader and watches how much one record takes."""

    def __init__(self, lines: Iterator[tuple[int, str]], *, at: int = 0) -> None:
        self._lines = lines
        self._again: deque[tuple[int, str]] = deque()
        self._record: list[tuple[int, str]] = []
        self.number = at
        """Line handed out last."""
        self._taken = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.number, line = self._again.popleft() if self._again else next(self._lines)
        too_long = isinstance(line, Overlong) or self._taken + len(line) > MAX_ROW
        self._taken += len(line)
        self._record.append((self.number, line))
        if too_long:
            raise _RowTooLong
        return line

    def start(self) -> int:
        """Begin a record; the number of its first line."""
        self._taken = 0
        self._record = []
        return self._again[0][0] if self._again else self.number + 1

    def excerpt(self) -> str:
        """The beginning of the record."""
        return self._record[0][1][:EXCERPT]

    def columns(self, delimiter: str) -> int:
        """How many columns of the record have begun."""
        values = csv.reader([line for _, line in self._record], delimiter=delimiter)
        return max(map(len, values))

    def retry_behind_first_line(self) -> None:
        """Hand the record's lines out again but for the first, whose open quote swallowed them."""
        self._again.extendleft(reversed(self._record[1:]))

    def skip_record(self) -> None:
        """Drop lines up to the one where the quote closes that is open in the record too long."""
        # Where a single line is too long, its end was passed over, and a closing quote with it.
        cut = isinstance(self._record[-1][1], Overlong)
        if cut or sum(line.count('"') for _, line in self._record) % 2 == 0:
            return
        for number, line in self._lines:
            self.number = number
            if line.count('"') % 2:
                return


def _delimited(source: Source) -> Iterator[Row | Refusal]:
    csv.field_size_limit(MAX_ROW)  # the default of 131,072 characters would stop the whole file
    numbered = text_lines(source)
    opening = list(_opening(numbered))
    delimiter = _delimiter(opening)
    head, taken = _head(opening, delimiter)
    _check_header(source, head)
    feed = _Feed(chain(opening[taken:], numbered), at=taken)
    yield from _records(source, feed, head=head, delimiter=delimiter)


def _opening(lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The first lines, as many as a head needs and as few as memory allows."""
    size = 0
    for number, line in islice(lines, 2 * HEAD_WITHIN):
        yield number, line
        size += len(line)
        if size > _OPENING:
            return


def _delimiter(opening: Sequence[tuple[int, str]]) -> str:
    """The sign that is most frequent in the first line that holds any."""
    first = next((line for _, line in opening if any(sign in line for sign in _DELIMITERS)), "")
    return max(_DELIMITERS, key=first.count)


def _head(opening: Sequence[tuple[int, str]], delimiter: str) -> tuple[Head, int]:
    """The names of the columns, and the number of lines up to them."""
    reader = csv.reader([line for _, line in opening], delimiter=delimiter, strict=True)
    ends: list[int] = []

    def records() -> Iterator[list[str]]:
        with suppress(csv.Error):  # told when the record is read as a row
            for values in reader:
                ends.append(reader.line_num)
                yield values

    top = list(filled(records()))
    if head := find_head(top):
        return head, ends[head.lines[-1].number - 1]
    first = next(csv.reader([line for _, line in opening[:1]], delimiter=delimiter), [])
    names = [name.strip() for name in first]
    return Head("", names, (Line(1, names, len(names)),)), 1


def _records(source: Source, feed: _Feed, *, head: Head, delimiter: str) -> Iterator[Row | Refusal]:
    header = head.names
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    below = Below(head)
    while True:
        line = feed.start()
        place = f"{source.name}:{line}"
        try:
            values = next(reader)
        except StopIteration:
            return
        except _RowTooLong:
            column = header[min(feed.columns(delimiter), len(header)) - 1]
            feed.skip_record()
            lines = f"lines {line} to {feed.number} are left out; is a quotation mark left open?"
            yield Refusal(place, f"{_TOO_LONG}; {lines}", column, feed.excerpt())
        except csv.Error as error:
            reason = f"broken CSV in lines {line} to {feed.number}: {error}; only line {line} is left out"
            yield Refusal(place, reason, excerpt=feed.excerpt())
            feed.retry_behind_first_line()
        else:
            if values and not below.passes(values):
                yield _csv_row(place, head, values)


def _check_header(source: Source, head: Head) -> None:
    named = [name for name in head.names if name]
    if not named:
        raise IntakeError(f"{source.path}: the first line must name the columns, and is empty")
    if bad := invalid("".join(named)):
        raise IntakeError(f"{source.path}: byte {bad} in the header is invalid in the encoding of the file")
    if head.repeated:
        raise IntakeError(
            f"{source.path}: the header names {', '.join(sorted(head.repeated))} more than once"
        )


def _csv_row(place: str, head: Head, values: list[str]) -> Row | Refusal:
    excerpt = " | ".join(values)[:EXCERPT]
    columns = len(head.names)
    if not any(value.strip() for value in values):
        return Refusal(place, "empty row")
    if len(values) < columns or any(values[columns:]):
        return Refusal(place, f"{len(values)} cells, but the header has {columns}", excerpt=excerpt)
    if bad := invalid("".join(values)):
        return Refusal(place, f"byte {bad} is invalid in the encoding of the file", excerpt=excerpt)
    digest = hashlib.sha256(json.dumps(values).encode()).hexdigest()
    return Row(place, head.cells(values), digest, head.title)


_READERS: Final[Mapping[str, Callable[[Source], Iterator[Row | Refusal]]]] = {
    "jsonl": _jsonl,
    "json": _json,
    "csv": _delimited,
    "feed": feed_rows,
    "workbook": workbook_rows,
    "docx": docx_rows,
    "pdf": pdf_rows,
}
