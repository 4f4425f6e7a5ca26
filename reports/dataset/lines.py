"""The reference format of the dataset: one JSON object a line, checked against the schema, ordered by key."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from pydantic_core import from_json, to_json

from reports.dataset.fields import DatasetRow, Key, RowError, Table, Value, check_row, check_rows

BATCH: Final = 1000
"""Rows that are checked and written together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFile:
    name: str
    sha256: str
    bytes: int
    rows: int | None = None
    """None for a file that is no table."""


def json_line(row: Mapping[str, object]) -> bytes:
    return to_json(row) + b"\n"


def cell(value: Value) -> str:
    """`value` as text: empty for null, lists joined by `;`, booleans as true and false."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ";".join(value)
    return "" if value is None else str(value)


def write_lines(folder: Path, table: Table, rows: Iterable[DatasetRow]) -> int:
    """Write `rows` as `<table>.jsonl`, each checked; returns how many.

    Raises:
        RowError: a row does not fit, or does not come after the one before it; a part is left behind.
    """
    last: Key = ()
    count = 0
    left = iter(rows)
    with (folder / f"{table.name}.jsonl").open("xb") as file:
        while some := list(islice(left, BATCH)):
            check_rows(table, some)
            for row in some:
                last = _next(table, last, row)
            file.writelines(map(json_line, some))
            count += len(some)
    return count


def read_lines(file: Path, table: Table) -> Iterator[DatasetRow]:
    """The rows of such a file, each checked again.

    Raises:
        RowError: a row does not fit, stands in the wrong place, or is not written the way `json_line` does.
        ValueError: a line is no JSON.
    """
    last: Key = ()
    with file.open("rb") as lines:
        while some := list(islice(lines, BATCH)):
            for row in _fitting(table, some) or _one_by_one(table, some):
                last = _next(table, last, row)
                yield row


def _fitting(table: Table, lines: Sequence[bytes]) -> list[DatasetRow]:
    """The rows of `lines`, looked at together; none where one of them may not fit."""
    try:
        rows = list(map(from_json, lines))
        check_rows(table, rows)
    except (ValueError, TypeError, AttributeError):
        return []
    return rows if b"".join(map(json_line, rows)) == b"".join(lines) else []


def _one_by_one(table: Table, lines: Sequence[bytes]) -> Iterator[DatasetRow]:
    for line in lines:
        row = json.loads(line)
        check_row(table, row)
        if json_line(row) != line:
            raise RowError("is not written the way this dataset writes JSON")
        yield row


def _next(table: Table, last: Key, row: DatasetRow) -> Key:
    # Two versions are compared by walking along both at once, which needs one order.
    key = table.key_of(row)
    if key <= last:
        raise RowError(
            f"{table.name}: row {'/'.join(key)}: its key does not come after that of the row before"
        )
    return key


def write_text(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8", newline="\n")
    return file


def sha256(file: Path) -> str:
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def written(file: Path, rows: int | None = None) -> WrittenFile:
    """What the manifest says of `file`."""
    return WrittenFile(name=file.name, sha256=sha256(file), bytes=file.stat().st_size, rows=rows)
