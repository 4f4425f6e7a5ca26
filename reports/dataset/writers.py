"""Writing one table into its three files at once: JSON lines, canonical CSV, and CSV for spreadsheets."""

import csv
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from reports.dataset.fields import DatasetRow, Table, Value, check_row

_JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_FORMULA: Final = re.compile(r"[\s\ufeff\u200b]*[=+\-@＝＋－＠]|[\t\r\n\0]")
"""What a spreadsheet may take for a formula; blanks before it do not make it harmless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFile:
    name: str
    sha256: str
    bytes: int
    rows: int | None
    """None for a file that is no table."""


class RowWriter(Protocol):
    def write(self, row: DatasetRow, cells: list[str]) -> None:
        """Write one row, given as values and as cells of text."""


class _HashedFile:
    """A new file, written and hashed at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("xb")
        self._hash = hashlib.sha256()

    def write(self, text: str) -> int:
        data = text.encode()
        self._hash.update(data)
        return self._file.write(data)

    def close(self) -> None:
        self._file.close()

    def done(self, rows: int | None) -> WrittenFile:
        return WrittenFile(
            name=self.path.name, sha256=self._hash.hexdigest(), bytes=self.path.stat().st_size, rows=rows
        )


class _JsonLines:
    def __init__(self, file: _HashedFile) -> None:
        self._file = file

    def write(self, row: DatasetRow, cells: list[str]) -> None:  # noqa: ARG002 - one of three writers
        self._file.write(json_line(row))


class _Csv:
    """RFC 4180: CRLF, quotes only where needed; an empty cell is null."""

    def __init__(self, file: _HashedFile, table: Table) -> None:
        self._csv = csv.writer(file, lineterminator="\r\n")
        self._csv.writerow(table.header)

    def write(self, row: DatasetRow, cells: list[str]) -> None:  # noqa: ARG002 - one of three writers
        self._csv.writerow(cells)


class _SpreadsheetCsv:
    """For Excel and its like: byte order mark, every cell quoted, formulas made text by an apostrophe."""

    def __init__(self, file: _HashedFile, table: Table) -> None:
        file.write("\ufeff")
        self._csv = csv.writer(file, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
        self._csv.writerow(table.header)

    def write(self, row: DatasetRow, cells: list[str]) -> None:  # noqa: ARG002 - one of three writers
        self._csv.writerow(map(harmless, cells))


def json_line(row: DatasetRow) -> str:
    return _JSON.encode(row) + "\n"


def cell(value: Value) -> str:
    """`value` as a CSV cell: empty for null, lists joined by `;`, booleans as true and false."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ";".join(value)
    return "" if value is None else str(value)


def harmless(text: str) -> str:
    """`text`, with an apostrophe before it when a spreadsheet could run it (OWASP ASVS 1.2.10)."""
    return f"'{text}" if _FORMULA.match(text) else text


def write_table(folder: Path, table: Table, rows: Iterable[DatasetRow]) -> list[WrittenFile]:
    """Write `rows`, each checked against the schema, and say what was written.

    Raises:
        RowError: a row does not fit; files are left half-written.
    """
    with _new_files(folder, table) as files:
        writers: list[RowWriter] = [
            _JsonLines(files[0]),
            _Csv(files[1], table),
            _SpreadsheetCsv(files[2], table),
        ]
        count = 0
        for row in rows:
            check_row(table, row)
            cells = [cell(value) for value in row.values()]
            for writer in writers:
                writer.write(row, cells)
            count += 1
    return [file.done(count) for file in files]


@contextmanager
def _new_files(folder: Path, table: Table) -> Iterator[list[_HashedFile]]:
    with ExitStack() as stack:
        files = [_HashedFile(folder / f"{table.name}.{ending}") for ending in ("jsonl", "csv", "excel.csv")]
        for file in files:
            stack.callback(file.close)
        yield files


def write_text(folder: Path, name: str, text: str) -> WrittenFile:
    file = _HashedFile(folder / name)
    file.write(text)
    file.close()
    return file.done(None)


def read_cells(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a canonical CSV, as text."""
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)
