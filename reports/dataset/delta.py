"""What changed from one version of a table to the next: rows that came, that differ, that are gone."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, Literal, NamedTuple

from reports.dataset.fields import Key, Table
from reports.dataset.lines import WrittenFile, written

Op = Literal["ADD", "MOD", "DEL"]
OPS: Final[tuple[Op, ...]] = ("ADD", "MOD", "DEL")


class Change(NamedTuple):
    op: Op
    line: str
    """The row as its version has it; for DEL the row that is gone."""


def changes(table: Table, old: Iterable[str], new: Iterable[str]) -> Iterator[Change]:
    """Walk along both versions' JSON lines, which are ordered by key, and tell where they part.

    A line that stands in both is compared as text and not read, so that what did not change costs no more
    than its reading from the disk.
    """
    before, after = iter(old), iter(new)
    here, there = next(before, ""), next(after, "")
    while here or there:
        if here == there:
            here, there = next(before, ""), next(after, "")
            continue
        gone, came = _key(table, here), _key(table, there)
        if gone == came:
            yield Change("MOD", there)
        elif came is None or (gone is not None and gone < came):
            yield Change("DEL", here)
        else:
            yield Change("ADD", there)
        if came is None or (gone is not None and gone <= came):
            here = next(before, "")
        if gone is None or (came is not None and came <= gone):
            there = next(after, "")


def _key(table: Table, line: str) -> Key | None:
    return table.key_of(json.loads(line)) if line else None


def write_delta(old: Path, new: Path, table: Table, folder: Path) -> tuple[WrittenFile, dict[Op, int]]:
    """Write `<table>.delta.jsonl` into `folder`, from the versions in the folders `old` and `new`.

    Each line is `{"op": "ADD" | "MOD", "row": {…}}`, or `{"op": "DEL", "key": {…}}` with the fields of the
    key: a row that is gone leaves nothing else behind.
    """
    counts: dict[Op, int] = dict.fromkeys(OPS, 0)
    file = folder / f"{table.name}.delta.jsonl"
    name = f"{table.name}.jsonl"
    with (
        (old / name).open(encoding="utf-8", newline="\n") as before,
        (new / name).open(encoding="utf-8", newline="\n") as after,
        file.open("x", encoding="utf-8", newline="\n") as delta,
    ):
        for change in changes(table, before, after):
            counts[change.op] += 1
            delta.write(_told(table, change))
    return written(file, sum(counts.values())), counts


def _told(table: Table, change: Change) -> str:
    if change.op != "DEL":
        return f'{{"op":"{change.op}","row":{change.line.rstrip()}}}\n'
    row = json.loads(change.line)
    key = {name: row[name] for name in table.key}
    return json.dumps({"op": "DEL", "key": key}, ensure_ascii=False, separators=(",", ":")) + "\n"
