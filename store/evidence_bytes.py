"""The bytes of evidence as they were received: compressed, in pieces, each content once under its SHA-256."""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import count, islice
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from backports import zstd
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from store.database import one_at_a_time
from store.evidence_models import EvidencePiece
from store.upsert import among, insert_new

PIECE: Final = 256 * 1024
"""Bytes of a content that are compressed together; a page is one piece, and a large file flat in memory."""
_TOGETHER: Final = 20
"""Pieces that are handed to the database at a time."""
_LEVEL: Final = 1
"""Of compression: the others make pages hardly smaller, and take longer."""
_TURN: Final = "evidence"

State = Literal["sound", "missing", "changed"]


@dataclass(frozen=True)
class Content:
    """Bytes to be kept: at hand, or in a file that is read piece by piece."""

    origin: bytes | Path

    @cached_property
    def sha256(self) -> str:
        """Of all bytes."""
        if isinstance(self.origin, bytes):
            return hashlib.sha256(self.origin).hexdigest()
        with self.origin.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    @cached_property
    def length(self) -> int:
        """How many bytes."""
        return len(self.origin) if isinstance(self.origin, bytes) else self.origin.stat().st_size

    def pieces(self) -> Iterator[bytes]:
        """All bytes, in order; at least one piece, and an empty one of nothing only."""
        if isinstance(self.origin, bytes):
            yield from (self.origin[at : at + PIECE] for at in range(0, self.length or 1, PIECE))
        else:
            with self.origin.open("rb") as file:
                yield file.read(PIECE)
                while piece := file.read(PIECE):
                    yield piece


def keep_bytes(session: Session, contents: Iterable[Content]) -> None:
    """Keep `contents` together with the rows that name them: commit both in one durable transaction.

    Raises:
        OSError: a file cannot be read.
    """
    # What is found here is not removed before the rows that name it are committed.
    one_at_a_time(session.connection(), _TURN, shared=True)
    offered = {content.sha256: content for content in contents}
    first = (among(session, EvidencePiece.sha256.expression, offered), EvidencePiece.number == 0)
    known = set(session.scalars(select(EvidencePiece.sha256).where(*first)))
    # In one order for all writers: two that bring the same contents would else wait for each other.
    rows = (row for sha256 in sorted(offered.keys() - known) for row in _rows(offered[sha256]))
    while batch := list(islice(rows, _TOGETHER)):
        insert_new(session, EvidencePiece, batch)


def _rows(content: Content) -> Iterator[dict[str, Any]]:
    for number, piece in enumerate(content.pieces()):
        yield {"sha256": content.sha256, "number": number, "packed": zstd.compress(piece, _LEVEL)}


def kept_bytes(session: Session, sha256: str) -> Iterator[bytes]:
    """What is kept under `sha256`, as it was received, piece by piece.

    Raises:
        ZstdError: a piece is not what was kept.
    """
    packed = select(EvidencePiece.packed).where(EvidencePiece.sha256 == sha256)
    for number in count():
        piece = session.scalar(packed.where(EvidencePiece.number == number))
        if piece is None:
            return
        # A piece that somebody put in its place may be a bomb.
        yield zstd.ZstdDecompressor().decompress(piece, max_length=PIECE)


def state_of(session: Session, sha256: str) -> State:
    """Whether the bytes of this hash are there, and still the same; they are read to the end."""
    digest, pieces = hashlib.sha256(), 0
    try:
        for pieces, piece in enumerate(kept_bytes(session, sha256), start=1):  # noqa: B007 - counted
            digest.update(piece)
    except zstd.ZstdError:
        return "changed"
    if not pieces:
        return "missing"
    return "sound" if digest.hexdigest() == sha256 else "changed"


class Removed(NamedTuple):
    contents: int
    bytes: int
    """As they were kept."""


def alone_with_bytes(session: Session) -> None:
    """Until this transaction ends, nobody keeps bytes; call it first in one that removes some."""
    one_at_a_time(session.connection(), _TURN)


def remove_bytes(session: Session, hashes: Collection[str]) -> Removed:
    """Remove what is kept under `hashes`."""
    meant = among(session, EvidencePiece.sha256.expression, hashes)
    size = func.coalesce(func.sum(func.length(EvidencePiece.packed)), 0)
    removed = session.execute(select(func.count(EvidencePiece.sha256.distinct()), size).where(meant)).one()
    session.execute(delete(EvidencePiece).where(meant).execution_options(synchronize_session=False))
    return Removed(*removed)
