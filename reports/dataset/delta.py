"""What changed from one version of a table to the next: rows that came, that differ, that are gone."""

import json
from collections.abc import Iterator
from os import SEEK_CUR
from pathlib import Path
from typing import BinaryIO, Final, Literal, NamedTuple

from reports.dataset.blocks import Span, differing, read_blocks
from reports.dataset.fields import Key, Table
from reports.dataset.lines import WrittenFile, json_line, written

Op = Literal["ADD", "MOD", "DEL"]
OPS: Final[tuple[Op, ...]] = ("ADD", "MOD", "DEL")

FEWEST: Final = 4_096
"""Bytes of both versions that are compared at once, just after they have differed."""
MOST: Final = 65_536
"""And at most, where they agree for long."""


class Change(NamedTuple):
    op: Op
    line: bytes
    """The row as its version has it; for DEL the row that is gone."""


class Part:
    """Whole lines of a file, read as if it held no others."""

    def __init__(self, file: BinaryIO, span: Span) -> None:
        self._file = file
        self._end = span.end
        file.seek(span.start)

    def read(self, size: int) -> bytes:
        return self._file.read(min(size, self._end - self._file.tell()))

    def readline(self) -> bytes:
        return self._file.readline() if self._file.tell() < self._end else b""

    def back(self, size: int) -> None:
        self._file.seek(-size, SEEK_CUR)


def changes(table: Table, old: Part, new: Part) -> Iterator[Change]:
    """Walk along both versions' JSON lines, which are ordered by key, and tell where they part.

    What they share is compared as bytes, many lines at once, and not parsed.
    """
    while True:
        _pass_shared(old, new)
        here, there = old.readline(), new.readline()
        if not here and not there:
            return
        if here == there:
            continue
        gone, came = _key(table, here), _key(table, there)
        if gone == came:
            yield Change("MOD", there)
        elif came is None or (gone is not None and gone < came):
            yield Change("DEL", here)
            new.back(len(there))
        else:
            yield Change("ADD", there)
            old.back(len(here))


def _pass_shared(old: Part, new: Part) -> None:
    """Move both, each at the start of a line, over lines that are the same in both, as far as those go.

    A line longer than what is compared at once is left to the caller.
    """
    size = FEWEST
    while True:
        here, there = old.read(size), new.read(size)
        same = len(here) if here == there else _shared(here, there)
        lines = here.rfind(b"\n", 0, same) + 1
        old.back(len(here) - lines)
        new.back(len(there) - lines)
        if here != there or not lines:
            return
        size = min(2 * size, MOST)


def _shared(one: bytes, other: bytes) -> int:
    """How many bytes both begin with."""
    known, end = 0, min(len(one), len(other))
    while known < end:
        middle = (known + end + 1) // 2
        if one[known:middle] == other[known:middle]:
            known = middle
        else:
            end = middle - 1
    return known


def _key(table: Table, line: bytes) -> Key | None:
    return table.key_of(json.loads(line)) if line else None


def write_delta(old: Path, new: Path, table: Table, folder: Path) -> tuple[WrittenFile, dict[Op, int]]:
    """Write `<table>.delta.jsonl` into `folder`, from the versions in the folders `old` and `new`.

    Of both, only blocks that the other lacks are read: the work is in proportion to what changed.

    Each line is `{"op": "ADD" | "MOD", "row": {…}}`, or `{"op": "DEL", "key": {…}}` with the fields of the
    key: a row that is gone leaves nothing else behind.
    """
    counts: dict[Op, int] = dict.fromkeys(OPS, 0)
    file = folder / f"{table.name}.delta.jsonl"
    name = f"{table.name}.jsonl"
    with (
        (old / name).open("rb", buffering=4 * MOST) as before,
        (new / name).open("rb", buffering=4 * MOST) as after,
        file.open("xb") as delta,
    ):
        for here, there in differing(read_blocks(old, table), read_blocks(new, table)):
            for change in changes(table, Part(before, here), Part(after, there)):
                counts[change.op] += 1
                delta.write(_told(table, change))
    return written(file, sum(counts.values())), counts


def _told(table: Table, change: Change) -> bytes:
    if change.op != "DEL":
        return b'{"op":"%b","row":%b}\n' % (change.op.encode(), change.line.rstrip(b"\n"))
    row = json.loads(change.line)
    return json_line({"op": "DEL", "key": {name: row[name] for name in table.key}})
