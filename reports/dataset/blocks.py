"""`blocks.csv`: a digest for every few hundred rows, so that what two versions share need not be read.

A block of a table's JSON lines ends after each line whose CRC-32 is divisible by `ROWS`, and with the file.
So its borders follow from the rows alone: one that comes, goes or differs moves none but those of its block.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Final, NamedTuple
from zlib import crc32

from reports.dataset.fields import Table
from reports.dataset.lines import write_text

NAME: Final = "blocks.csv"
HEADER: Final = "table,bytes,sha256"
ROWS: Final = 256
"""Rows of a block, on average."""


class Block(NamedTuple):
    bytes: int
    sha256: str


class Span(NamedTuple):
    """Where a run of blocks lies in its file, in bytes."""

    start: int
    end: int


def write_blocks(folder: Path, tables: Sequence[Table]) -> Path:
    """Write `blocks.csv` from the JSON lines of `tables`: a line for each block, in their order."""
    return write_text(folder, NAME, blocks_text(folder, tables))


def blocks_text(folder: Path, tables: Sequence[Table]) -> str:
    """What `blocks.csv` says of the JSON lines of `tables` in `folder`."""
    lines = [HEADER]
    for table in tables:
        with (folder / f"{table.name}.jsonl").open("rb") as file:
            lines += (f"{table.name},{block.bytes},{block.sha256}" for block in blocks(file))
    return "\n".join(lines) + "\n"


def blocks(lines: Iterable[bytes]) -> Iterator[Block]:
    size, digest = 0, hashlib.sha256()
    for line in lines:
        size += len(line)
        digest.update(line)
        if crc32(line) % ROWS == 0:
            yield Block(size, digest.hexdigest())
            size, digest = 0, hashlib.sha256()
    if size:
        yield Block(size, digest.hexdigest())


def read_blocks(folder: Path, table: Table) -> list[Block]:
    """The blocks of `table`; of a version older than `blocks.csv` one for the whole file, like no other."""
    file = folder / NAME
    if not file.exists():
        lines = folder / f"{table.name}.jsonl"
        return [Block(lines.stat().st_size, f"all of {lines}")]
    with file.open(encoding="utf-8", newline="\n") as rows:
        told = [row.rstrip("\n").split(",") for row in rows if row.startswith(f"{table.name},")]
    return [Block(int(size), digest) for _, size, digest in told]


def differing(old: Sequence[Block], new: Sequence[Block]) -> Iterator[tuple[Span, Span]]:
    """Where both versions of a table have to be read: what lies between the blocks that both have.

    Rows stand in the order of their keys and none twice. So no block stands twice either, those that both
    have stand in the same order, and what lies between two of them in one version has its like in the other.
    """
    shared = set(old) & set(new)
    for here, there in zip(_between(old, shared), _between(new, shared), strict=True):
        if here.start < here.end or there.start < there.end:
            yield here, there


def _between(found: Sequence[Block], shared: AbstractSet[Block]) -> Iterator[Span]:
    """The runs before, between and after the shared blocks, also where they are empty."""
    start = end = 0
    for block in found:
        if block in shared:
            yield Span(start, end)
            start = end + block.bytes
        end += block.bytes
    yield Span(start, end)
