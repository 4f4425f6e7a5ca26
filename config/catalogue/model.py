"""Rows of the catalogue's data files, and the catalogue itself: questions are asked with a date."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

OutsideKind = Literal[
    "skill_level", "delisted", "post_permit", "foreign", "vendor",
    "statutory", "title", "education", "generic", "other",
]  # fmt: skip
ListedClass = Literal["licensing", "proficiency"]
Use = Literal["name", "post", "short", "token", "loose", "maker"]


def _split(cell: object) -> object:
    return tuple(part for part in cell.split("|") if part) if isinstance(cell, str) else cell


def _optional(cell: object) -> object:
    return cell or None


Parts = Annotated[tuple[str, ...], BeforeValidator(_split)]
OptionalDate = Annotated[date | None, BeforeValidator(_optional)]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Qualification(_Row):
    """One qualification or paper, whatever any edition says of it."""

    id: str = Field(min_length=2)
    name: str = Field(min_length=1)
    outside: OutsideKind
    """What it is on a date when the edition in force does not list it."""
    ended: str
    """When it was cancelled or left the catalogue, as the source gives it (a date, a month or a year)."""
    decision: str
    """The document that ended it, or the law behind it."""
    verified: bool
    source: str = Field(min_length=1)
    note: str


class Alias(_Row):
    """One way in which ads name a qualification; lower case, half width."""

    alias: str = Field(min_length=1)
    qualification: str
    use: Use
    """How far the name speaks for itself: see docs/catalogue.md."""
    source: Literal["ads", "memory", "own"]
    """`ads`: seen in real ads; `memory`: from the research, not seen; `own`: added while reading ads."""


class Item(_Row):
    """One numbered item of an edition."""

    number: int = Field(ge=1)
    part: Literal["professional", "skilled"]
    name: str = Field(min_length=1)
    listed: ListedClass = Field(alias="class")
    status: Literal["listed", "pending"]
    """`pending`: the published wording is 拟依法调整为准入类."""
    qualifications: Parts
    """Ids it covers; `id@DATE` leaves the catalogue after DATE, before the edition ends."""
    contents: Parts
    """Sub-items or occupations."""
    departments: Parts
    legal_basis: Parts
    verified: str
    """The columns for which a source was seen; the others are from memory."""
    until: OptionalDate
    """Last day, where the item left before the edition did."""
    note: str
    source: str = Field(min_length=1)

    def is_verified(self, column: str) -> bool:
        return column in self.verified.split()


class EditionRow(_Row):
    """One entry of editions.yaml."""

    id: str
    title: str
    start: date = Field(alias="from")
    document: str
    items: str
    """File of its items; empty for the time before the first edition."""
    totals: dict[str, int]
    """The official totals, by part and class."""
    verified: bool
    source: str


@dataclass(frozen=True, slots=True)
class Listing:
    """That an edition lists a qualification, until when."""

    item: Item
    until: date | None


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition in force from a date, with what it lists by qualification id."""

    row: EditionRow
    items: tuple[Item, ...]
    listings: dict[str, Listing]

    @property
    def id(self) -> str:
        return self.row.id


@dataclass(frozen=True, slots=True)
class Standing:
    """What a qualification is on a date."""

    kind: ListedClass | OutsideKind
    edition: Edition
    item: Item | None
    """The item of the edition that lists it; None when it is outside."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All editions and qualifications; immutable, so that one may be swapped for another between ads."""

    editions: tuple[Edition, ...]
    qualifications: dict[str, Qualification]
    aliases: dict[str, Alias]
    version: str
    """Hash over the data files."""

    def edition_on(self, day: date) -> Edition:
        """The edition in force on `day`; the first one, which lists nothing, before there was a catalogue."""
        in_force = [edition for edition in self.editions if edition.row.start <= day]
        return in_force[-1]

    def standing(self, qualification: str, day: date) -> Standing:
        """What `qualification` is on `day`.

        Raises:
            KeyError: no such qualification.
        """
        edition = self.edition_on(day)
        listing = edition.listings.get(qualification)
        if listing is not None and (listing.until is None or day <= listing.until):
            return Standing(listing.item.listed, edition, listing.item)
        return Standing(self.qualifications[qualification].outside, edition, None)

    def find(self, name: str) -> Qualification | None:
        """The qualification with this id, name or alias; None when there is none."""
        if name in self.qualifications:
            return self.qualifications[name]
        alias = self.aliases.get(name.strip().lower().replace("（", "(").replace("）", ")"))
        return self.qualifications[alias.qualification] if alias else None
