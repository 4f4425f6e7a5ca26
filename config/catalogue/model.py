"""Rows of the catalogue's data files, and the catalogue itself: questions are asked with a date."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from config.tables import PartialDate, TableRow

OutsideKind = Literal[
    "skill_level", "delisted", "post_permit", "foreign", "vendor",
    "statutory", "title", "education", "generic", "other",
]  # fmt: skip
ListedKind = Literal["licensing", "proficiency"]
Kind = Literal[
    "licensing", "proficiency",
    "skill_level", "delisted", "post_permit", "foreign", "vendor",
    "statutory", "title", "education", "generic", "other",
]  # fmt: skip
ListedClass = Literal["licensing", "proficiency", "pending"]
"""`pending`: the published wording is 拟依法调整为准入类."""
Use = Literal["name", "post", "short", "token", "loose", "maker"]
ChangeKind = Literal[
    "entered", "left", "renamed", "extended", "merged", "narrowed", "reclassed", "kept"
]  # fmt: skip
FIRST_DAY: Final = date(2014, 1, 1)
"""The State Council's decisions begin with 2014; the data reach no further back, except for an open start."""
_VERIFIABLE: Final = {"name", "class", "contents", "departments", "legal_basis", "group", "code"}


def _split(cell: object) -> object:
    return tuple(part for part in cell.split("|") if part) if isinstance(cell, str) else cell


def _iso(cell: object) -> object:
    if isinstance(cell, str) and cell and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell):
        raise ValueError("a date is written YYYY-MM-DD")
    return cell or None


def _recorded(day: date | None) -> date | None:
    if day is not None and day < FIRST_DAY:
        raise ValueError(f"before {FIRST_DAY}; leave it empty for an open start")
    return day


def _known_columns(cell: str) -> str:
    unknown = set(cell.split()) - _VERIFIABLE
    if unknown:
        raise ValueError(f"no such column: {' '.join(sorted(unknown))}")
    return cell


Parts = Annotated[tuple[str, ...], BeforeValidator(_split)]
Sources = Annotated[Parts, Field(min_length=1)]
"""Ids of sources.tsv, joined by `|`."""
Day = Annotated[date | None, BeforeValidator(_iso), AfterValidator(_recorded)]
Columns = Annotated[str, AfterValidator(_known_columns)]
"""The columns for which a source was seen, with blanks between; the others are from memory."""
ItemRef = Annotated[str, StringConstraints(pattern=r"^((professional|skilled) [1-9]\d*)?$")]
"""Part and number of an item, `skilled 57`."""


class Sourced(TableRow):
    """A row that cites where it was read."""

    source: Sources


class Source(TableRow):
    """Where something was read."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")
    title: str = Field(min_length=1)
    """As a reader would cite it, in the source's language."""
    publisher: str
    date: PartialDate
    url: str
    kind: Literal["law", "decision", "notice", "press", "mirror", "list", "ads", "memory"]


class Qualification(Sourced):
    """One qualification or paper, whatever any edition says of it."""

    id: str = Field(min_length=2)
    name: str = Field(min_length=1)
    outside: OutsideKind
    """What it is on a date when the edition in force does not list it and history.tsv says nothing."""
    ended: str
    """When it was cancelled or left the catalogue, as the source gives it (a date, a month or a year)."""
    decision: str
    """The document that ended it, or the law behind it."""
    verified: bool
    note: str


class Alias(Sourced):
    """One way in which ads name a qualification; lower case, half width.

    Its source is `ads` (seen in real ads), `memory` (from the research, not seen), `own` (added while
    reading) or what gives the name.
    """

    alias: str = Field(min_length=1, max_length=100)
    qualification: str
    use: Use
    """How far the name speaks for itself: see docs/catalogue.md."""


class Ambiguity(Sourced):
    """A name with several meanings, and what decides between them."""

    alias: str = Field(min_length=1)
    candidates: Annotated[Parts, Field(min_length=2)]
    """Qualification ids."""
    decided_by: Annotated[Parts, Field(min_length=1)]
    """Ids of rules in contexts.yaml, or `curation` where a person has to decide."""
    default: str
    """The meaning where no rule fits; empty: none."""
    note: str = Field(min_length=1)
    """What decides, in Chinese."""


class Question(Sourced):
    """A doubt about the data that a person has to settle."""

    id: str = Field(min_length=1)
    subject: str
    """File and row that it is about, `qualifications.tsv:P38`."""
    question: str = Field(min_length=1)
    """In Chinese."""
    candidates: Parts
    raised: Day


class Item(Sourced):
    """One numbered item of an edition."""

    number: int = Field(ge=1)
    part: Literal["professional", "skilled"]
    name: str = Field(min_length=1)
    listed: ListedClass = Field(alias="class")
    qualifications: Parts
    """Ids it covers."""
    contents: Parts
    """Sub-items or occupations, as the list names them."""
    departments: Parts
    legal_basis: Parts
    verified: Columns
    note: str

    @property
    def ref(self) -> str:
        return f"{self.part} {self.number}"

    @property
    def kind(self) -> ListedKind:
        """The class for a verdict: a pending item counts as licensing."""
        return "proficiency" if self.listed == "proficiency" else "licensing"

    def is_verified(self, column: str) -> bool:
        return column in self.verified.split()


class SubItem(Sourced):
    """What is known of one sub-item of an item, or of one entry of a list that the item refers to."""

    edition: str
    item: ItemRef
    listing: str = Field(alias="list")
    """The list that holds it (特种作业目录); empty for a sub-item of the catalogue itself."""
    group: str
    code: str
    name: str = Field(min_length=1)
    listed: Literal["licensing", "proficiency", "pending", ""] = Field(alias="class")
    """Empty: that of the item."""
    departments: Parts
    legal_basis: Parts
    verified: Columns
    note: str


class EditionRow(BaseModel):
    """One entry of editions.yaml: a state of the law."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    id: str = Field(min_length=1)
    title: str
    start: date = Field(alias="from")
    dated: PartialDate = ""
    """`from` as far as it is known, where that is less than the day."""
    document: str
    items: str = ""
    """File of its items; empty for the time before the first edition, and for a state that amends another."""
    amends: str = ""
    """The state that changes.tsv turns into this one."""
    totals: dict[str, int]
    """The official figures; see `config.catalogue.changes.count`."""
    verified: bool
    source: Sources


class Change(Sourced):
    """What one state of the law changed in the one before."""

    state: str
    """The state that the change led to."""
    change: ChangeKind
    before: ItemRef
    after: ItemRef
    qualifications: Parts
    """Ids that enter or leave with it; of an item that is kept or renamed, none."""
    occupations: Parts
    """Sub-items or occupations that enter or leave."""
    document: str = Field(min_length=1)
    verified: bool
    note: str


class HistoryRow(Sourced):
    """What a qualification was in a period when no edition listed it."""

    id: str
    start: Day = Field(alias="from")
    """First day; empty for an open start. Where less than the day is known, the last day of that month or
    year, so that nobody is accused for a day on which the older law may still have held."""
    dated: PartialDate
    """`from` as far as it is known, `2014-11`; shown to readers."""
    until: Day
    """Last day; empty for an open end."""
    kind: Kind
    document: str
    verified: bool
    note: str
    """In Chinese."""

    @property
    def citation(self) -> str:
        """The document and what the note says of it, for a reader; marked where it is from memory."""
        told = f"{self.document}：{self.note}" if self.note else self.document
        return told if self.verified else f"{told}〔待核〕"


@dataclass(frozen=True, slots=True)
class Edition:
    """One state of the law, in force from a date, with what it lists by qualification id."""

    row: EditionRow
    items: tuple[Item, ...]
    listings: dict[str, Item]
    origin: str
    """Id of the state that was published as a list; its own unless it amends another."""

    @property
    def id(self) -> str:
        return self.row.id

    def item(self, ref: str) -> Item | None:
        """The item `professional 35`; None when there is none."""
        return next((item for item in self.items if item.ref == ref), None)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a qualification is on a date."""

    kind: Kind
    edition: Edition
    item: Item | None
    """The item of the edition that lists it; None when it is outside."""
    pending: bool
    """Listed with the wording 拟依法调整为准入类; `kind` is then licensing."""
    record: HistoryRow | None
    """What history.tsv says of the time outside the editions."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Standings of one qualification from date.min on; `starts[n]` is the first day of `standings[n]`."""

    starts: tuple[date, ...]
    standings: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time in which the law said one thing of a qualification."""

    start: date | None
    """None: open."""
    until: date | None
    kind: Kind
    pending: bool
    item: Item | None
    edition: str
    """Chinese title of the edition that lists it, or that was in force when the period began."""
    document: str
    dated: str
    """`start` as far as it is known."""
    verified: bool
    sources: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing that a name can stand for."""

    qualification: Qualification
    condition: str
    """What decides, in Chinese; empty where the name has one meaning only."""
    is_default: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All editions and qualifications; immutable, so that one may be swapped for another between ads."""

    editions: tuple[Edition, ...]
    qualifications: dict[str, Qualification]
    aliases: dict[str, Alias]
    timelines: dict[str, Timeline]
    histories: dict[str, tuple[Period, ...]]
    changes: tuple[Change, ...]
    records: tuple[HistoryRow, ...]
    sub_items: tuple[SubItem, ...]
    ambiguous: dict[str, Ambiguity]
    curation: tuple[Question, ...]
    sources: dict[str, Source]
    version: str
    """Hash over the data files."""

    def edition_on(self, day: date) -> Edition:
        """The edition in force on `day`; the first one, which lists nothing, before there was a catalogue."""
        return self.editions[bisect_right(self.editions, day, key=_start) - 1]

    def standing(self, qualification: str, day: date) -> Standing:
        """What `qualification` is on `day`.

        Raises:
            KeyError: no such qualification.
        """
        timeline = self.timelines[qualification]
        return timeline.standings[bisect_right(timeline.starts, day) - 1]

    def find(self, name: str) -> Qualification | None:
        """The qualification with this id, name or alias; None when there is none."""
        if name in self.qualifications:
            return self.qualifications[name]
        alias = self.aliases.get(folded(name))
        return self.qualifications[alias.qualification] if alias else None

    def candidates(self, name: str) -> tuple[Meaning, ...]:
        """All that `name` can stand for, the default first; one for a clear name, none for an unknown one."""
        row = self.ambiguous.get(folded(name))
        if row is None:
            found = self.find(name)
            return (Meaning(found, "", is_default=True),) if found else ()
        meanings = (
            Meaning(self.qualifications[each], row.note, is_default=each == row.default)
            for each in row.candidates
        )
        return tuple(sorted(meanings, key=lambda meaning: not meaning.is_default))

    def history(self, qualification: str) -> tuple[Period, ...]:
        """The whole life of `qualification`, oldest first, without gaps; open at both ends.

        Raises:
            KeyError: no such qualification.
        """
        return self.histories[qualification]

    def sub_items_of(self, edition: Edition, item: Item) -> Iterator[SubItem]:
        """What is known below `item`, in the order of the lists."""
        for row in self.sub_items:
            if row.edition == edition.origin and row.item == item.ref:
                yield row


def _start(edition: Edition) -> date:
    return edition.row.start


def folded(name: str) -> str:
    """`name` as the reader sees it: half width, lower case, no blanks at its ends."""
    return unicodedata.normalize("NFKC", name).strip().lower()
