"""What a report says of the evidence packs that go with it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """The packs of some cases, in one file."""

    name: str
    cases: int
    length: int
    """Bytes."""
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Annexes:
    archives: tuple[Archive, ...]
    too_large: tuple[str, ...]
    """Numbers of the cases whose packs are left out."""
