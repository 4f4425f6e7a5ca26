"""The packs of many cases in a few archives: what goes with a report that is issued (decision 0036)."""

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Final

from sqlalchemy.orm import Session

from config.divisions import in_subtree
from reports.pack.annexes import Annexes, Archive
from reports.pack.archive import File, sha256_of, write_compressed
from reports.pack.build import Wanted, build

LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a pack; one that is larger is fetched by itself."""
FULL: Final = 256 * 1024 * 1024
"""Bytes of packs, before they are compressed, after which an archive takes no more."""
_IN_MEMORY: Final = 1 << 20
_AT_A_TIME: Final = 1 << 16


class ForeignCaseError(ValueError):
    """A case of another area reached the packs; nothing may be issued then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packing:
    """Packs the cases that wait, in their order."""

    session: Session
    wanted: Wanted
    area: str
    """Division code of the bureau that the packs are for."""
    waiting: deque[str]
    too_large: list[str] = field(default_factory=list)
    packed: list[str] = field(default_factory=list)

    def __call__(self) -> Iterator[File]:
        """Packs until an archive is full; each is to be read before the next is asked for."""
        room = FULL
        while self.waiting and room > 0:
            number = self.waiting.popleft()
            with SpooledTemporaryFile(_IN_MEMORY) as file:
                built = build(self.session, number, self.wanted, file)
                if built is None or not in_subtree(built.bureau, self.area):
                    raise ForeignCaseError(f"case {number} is not one of {self.area}")
                if built.length > LARGEST:
                    self.too_large.append(number)
                    continue
                yield File(f"{number}.zip", built.length, _pieces(file))
            self.packed.append(number)
            room -= built.length


def pack_many(
    session: Session, numbers: Collection[str], wanted: Wanted, *, area: str, folder: Path
) -> Annexes:
    """Write the packs of these cases to `folder`, as files `evidence-001.zip` and on.

    Raises:
        ForeignCaseError: there is no such case in `area`.
    """
    packing = Packing(session=session, wanted=wanted, area=area, waiting=deque(numbers))
    archives: list[Archive] = []
    while packing.waiting:
        path = folder / f"evidence-{len(archives) + 1:03}.zip"
        before = len(packing.packed)
        with path.open("w+b") as target:
            write_compressed(target, packing())
            cases = len(packing.packed) - before
            if cases:
                archives.append(_archive(path.name, cases, target))
    return Annexes(archives=tuple(archives), too_large=tuple(packing.too_large))


def _archive(name: str, cases: int, file: IO[bytes]) -> Archive:
    return Archive(name=name, cases=cases, length=file.tell(), sha256=sha256_of(file))


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_AT_A_TIME):
        yield piece
