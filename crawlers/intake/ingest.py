"""Taking files in: rows to postings, postings through the door, every row accounted for."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from crawlers.door import Door
from crawlers.intake.columns import Columns
from crawlers.intake.mappings import ColumnMapping
from crawlers.intake.readers import read_rows
from crawlers.intake.rows import MAX_ROW, IntakeError, Row
from crawlers.intake.seen import SeenIds
from crawlers.intake.source import open_source, stem
from crawlers.posting import Posting
from store.intake import Refusal

BATCH: Final = 500
"""Rows that pass the door together."""


@dataclass(frozen=True, slots=True)
class FileProgress:
    """How far a file has been taken in."""

    rows: int
    position: int
    """Bytes of the file read, compressed ones for .gz."""
    unread: Mapping[str, str] = field(default_factory=dict)
    """Columns of the first rows that nobody reads, each with a value; told once."""


class RejectionFile(AbstractContextManager["RejectionFile"]):
    """rejections.jsonl of a run: what the table `rejections` holds, for reading without a database."""

    def __init__(self, path: Path, *, show: int) -> None:
        self.path = path
        self.first: list[Refusal] = []
        """The first `show` of them."""
        self.count = 0
        self._show = show
        self._file: IO[str] | None = None

    def write(self, refusals: Sequence[Refusal]) -> None:
        if not refusals:
            return
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("w", encoding="utf-8")
        self.first += refusals[: self._show - len(self.first)]
        self.count += len(refusals)
        for each in refusals:
            self._file.write(json.dumps(asdict(each), ensure_ascii=False) + "\n")
        self._file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()


def ingest_file(
    path: Path,
    door: Door,
    *,
    source: str = "",
    mapping: ColumnMapping | None = None,
    kept: Callable[[Sequence[Refusal]], None],
) -> Iterator[FileProgress]:
    """Take one file in, batch by batch; `kept` gets what each batch kept for inspection.

    `source` names the source of all rows; empty means the one each row names, else the file's name.

    Raises:
        IntakeError: the file as a whole cannot be read, or lacks a column; nothing was taken in.
    """
    columns = Columns(path.name, source or stem(path), forced=bool(source), mapping=mapping)
    with open_source(path) as opened, SeenIds() as seen:
        rows = 0
        for batch in _batches(read_rows(opened)):
            unread: Mapping[str, str] = {}
            if not rows:
                _check(batch, columns)
                unread = columns.unread(row for row in batch if isinstance(row, Row))
            postings, refusals = _sorted(batch, columns, seen)
            door.admit(postings)
            kept(door.refusals)
            door.refuse_all(refusals)
            kept(door.refusals)
            rows += len(batch)
            yield FileProgress(rows, opened.raw.tell(), unread)
        if not rows:
            raise IntakeError(f"{path}: no rows in the file")


def _batches(rows: Iterable[Row | Refusal]) -> Iterator[list[Row | Refusal]]:
    """Rows in lists that are neither long nor large."""
    batch: list[Row | Refusal] = []
    size = 0
    for row in rows:
        batch.append(row)
        if isinstance(row, Row):
            size += sum(len(cell) for cell in row.cells.values() if isinstance(cell, str))
        if len(batch) == BATCH or size >= MAX_ROW:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _check(batch: Iterable[Row | Refusal], columns: Columns) -> None:
    headers = [header for row in batch if isinstance(row, Row) for header in row.cells]
    if headers:
        columns.check(headers)


def _sorted(
    batch: Iterable[Row | Refusal], columns: Columns, seen: SeenIds
) -> tuple[list[Posting], list[Refusal]]:
    postings: list[Posting] = []
    refusals: list[Refusal] = []
    for row in batch:
        found = posting_of(row, columns, seen) if isinstance(row, Row) else row
        if isinstance(found, Refusal):
            refusals.append(found)
        else:
            postings.append(found)
    return postings, refusals


def posting_of(row: Row, columns: Columns, seen: SeenIds) -> Posting | Refusal:
    """The posting in a row; a refusal if there is none, or its id stands for another one."""
    found = columns.posting(row)
    if isinstance(found, Refusal) or not (other := seen.collision(found)):
        return found
    apart = columns.set_apart(found, row)
    if apart is not None and not seen.collision(apart):
        return apart
    reason = f"id {found.source_ad_id!r} stands at {other} with other content"
    return Refusal(found.place, reason, "id", found.title)


def difference(after: Counter[str], before: Counter[str]) -> Counter[str]:
    """Counts of one file, from the door's counts after and before it."""
    return Counter({name: after[name] - before[name] for name in after})
