"""Building the evidence pack of a case."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Final

from sqlalchemy.orm import Session

from config.catalogue.model import Catalogue
from config.policy import Policy
from reports.pack.archive import sha256_of, write
from reports.pack.contents import Material, Presence, files
from store.access_models import Read
from store.evidence_bytes import kept_bytes, state_of
from store.evidence_models import Capture
from store.pack_file import PackFile, open_pack_file

MOST_PICTURES: Final = 20
LARGEST_PAGE: Final = 10 * 1024 * 1024
"""Bytes of a page that is drawn."""

Draw = Callable[[bytes, str], bytes | None]
"""The PNG of a page, which is read in the encoding named; None where it cannot be drawn."""


@dataclass(frozen=True, slots=True)
class Built:
    """A pack that was written."""

    number: str
    bureau: str
    """That of the case."""
    sha256: str
    length: int
    absent: tuple[tuple[Capture, Presence], ...]
    """Those whose bytes are not in it, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a pack is to be built by and of."""

    catalogue: Catalogue
    policy: Policy
    whole_files: bool
    """Are files that were handed in part of it? They may hold ads of any place."""
    originals: bool = True
    """Is anything that is not masked part of it?"""
    draw: Draw | None = None


def build(session: Session, number: str, wanted: Wanted, target: IO[bytes]) -> Built | None:
    """Write the pack of the case with this number, as `session` shows it; None when there is no such case.

    `target` is an empty file that can be read; afterwards it is at its beginning. What is written follows
    from the case, the data and what is `wanted`: not from the moment, nor from who asks.
    """
    pack = open_pack_file(session, number)
    if pack is None:
        return None
    captures = pack.captures
    states = {id_: _state(session, each, wanted) for id_, each in captures.items()}
    sound = tuple(each for id_, each in captures.items() if states[id_] == "sound")
    material = Material(
        catalogue=wanted.catalogue,
        policy=wanted.policy,
        states=states,
        originals=wanted.originals,
        original=lambda capture: kept_bytes(session, capture.sha256),
        pictures=dict(_pictures(session, sound, wanted.draw)) if wanted.draw else {},
    )
    return _written(pack, material, sound, target)


def _written(pack: PackFile, material: Material, sound: tuple[Capture, ...], target: IO[bytes]) -> Built:
    number = pack.case.line.number
    write(target, files(pack, material), folder=number)
    length = target.tell()
    sha256 = sha256_of(target)
    absent = tuple((each, material.states[each.id]) for each in pack.captures.values() if each not in sound)
    return Built(number, pack.case.line.bureau, sha256, length, absent)


def _state(session: Session, capture: Capture, wanted: Wanted) -> Presence:
    if capture.removed_at is not None:
        return "removed"
    if not wanted.originals:
        return "apart"
    if capture.name and not wanted.whole_files:
        return "withheld"
    return state_of(session, capture.sha256)


def _pictures(session: Session, captures: tuple[Capture, ...], draw: Draw) -> Iterator[tuple[str, bytes]]:
    """PNG by SHA-256, of the first pages that can be drawn."""
    pages = {
        each.sha256: each.charset
        for each in captures
        if each.media_type == "text/html" and each.length <= LARGEST_PAGE
    }
    for sha256, charset in list(pages.items())[:MOST_PICTURES]:
        if picture := draw(b"".join(kept_bytes(session, sha256)), charset):
            yield sha256, picture


def note_handing_over(session: Session, built: Built, *, actor: str, why: str, now: datetime) -> None:
    """Note that `actor` is handed a pack; commit it before handing it over."""
    of = {"what": "pack", "subject": built.number, "sha256": built.sha256, "bureau": built.bureau}
    session.add(Read(at=now, actor=actor, why=why, **of))
