"""What the catalogue's answers are made of: citations and items, as documents with a stable schema."""

from collections.abc import Iterable
from datetime import date
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from config.catalogue.model import Catalogue, Edition, Item, ListedClass, SubItem

Part = Literal["professional", "skilled"]
SCHEMA: Final = 1
"""Raised when a field of an answer changes its meaning or goes; a new field leaves it as it is."""
_UNREGISTERED: Final = "出处未登记"
"""For an id that sources.tsv lacks, which the linter reports; an answer is given all the same."""
_COLUMNS: Final = ("name", "class", "departments", "legal_basis")


class Document(BaseModel):
    """A part of an answer; field names in JSON are those of docs/catalogue.md."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def to_json(self) -> str:
        return self.model_dump_json(by_alias=True, indent=2)


class Citation(Document):
    """A source as a reader would cite it; `number` is what the other parts of the answer refer to."""

    number: int
    title: str
    publisher: str
    date: str
    url: str
    seen: bool
    """False: from memory, no text was seen."""


class State(Document):
    """A state of the catalogue."""

    id: str
    title: str
    start: date | None = Field(alias="from")
    """None: open."""
    dated: str
    """`from` as far as it is known: 2017-09-12 or 2017-09; empty: open."""
    document: str
    items: int
    verified: bool


class States(Document):
    """All states, oldest first."""

    schema_version: int = SCHEMA
    states: tuple[State, ...]


class Place(Document):
    """An item, by where it stands in its list."""

    part: Part
    number: int
    name: str
    listed: ListedClass = Field(alias="class")


class ListedSubItem(Document):
    """A sub-item, or an entry of a list that the item refers to, told by `list`, `group` and `code`."""

    name: str
    listing: str = Field(alias="list")
    group: str
    code: str
    listed: ListedClass | Literal[""] = Field(alias="class")
    """Empty: that of the item."""
    departments: tuple[str, ...]
    legal_basis: tuple[str, ...]
    unverified: tuple[str, ...]
    note: str


class ListedItem(Document):
    """An item of the catalogue; `unverified` names the fields that are from memory."""

    part: Part
    number: int
    name: str
    listed: ListedClass = Field(alias="class")
    departments: tuple[str, ...]
    legal_basis: tuple[str, ...]
    contents: tuple[str, ...]
    """Names of its sub-items or occupations, as the list has them."""
    sub_items: tuple[ListedSubItem, ...]
    """What more is known of some of them."""
    unverified: tuple[str, ...]
    note: str
    sources: tuple[int, ...]


class Citations:
    """Numbers sources in the order in which an answer first refers to them."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._known = catalogue.sources
        self._numbers: dict[str, int] = {}

    def cite(self, ids: Iterable[str]) -> tuple[int, ...]:
        return tuple(self._numbers.setdefault(each, len(self._numbers) + 1) for each in ids)

    @property
    def cited(self) -> tuple[Citation, ...]:
        return tuple(self._citation(each, number) for each, number in self._numbers.items())

    def _citation(self, source_id: str, number: int) -> Citation:
        source = self._known.get(source_id)
        if source is None:
            return Citation(number=number, title=_UNREGISTERED, publisher="", date="", url="", seen=False)
        return Citation(
            number=number,
            title=source.title,
            publisher=source.publisher,
            date=source.date,
            url=source.url,
            seen=source.kind != "memory",
        )


def states(catalogue: Catalogue) -> States:
    """The states of the law that `catalogue` knows."""
    return States(states=tuple(state(edition) for edition in catalogue.editions))


def state(edition: Edition) -> State:
    """The state `edition`, without its items."""
    row = edition.row
    return State(
        id=row.id,
        title=row.title,
        start=row.start if edition.items else None,
        dated=(row.dated or row.start.isoformat()) if edition.items else "",
        document=row.document,
        items=len(edition.items),
        verified=row.verified,
    )


def place(item: Item | None) -> Place | None:
    """Where `item` stands."""
    if item is None:
        return None
    return Place(part=item.part, number=item.number, name=item.name, listed=item.listed)


def listed_item(catalogue: Catalogue, edition: Edition, item: Item, citations: Citations) -> ListedItem:
    """An item of `edition` with what is known below it."""
    return ListedItem(
        part=item.part,
        number=item.number,
        name=item.name,
        listed=item.listed,
        departments=item.departments,
        legal_basis=item.legal_basis,
        contents=item.contents,
        sub_items=tuple(_sub_item(row) for row in catalogue.sub_items_of(edition, item)),
        unverified=tuple(column for column in _COLUMNS if not item.is_verified(column)),
        note=item.note,
        sources=citations.cite(item.source),
    )


def _sub_item(row: SubItem) -> ListedSubItem:
    verified = row.verified.split()
    return ListedSubItem(
        name=row.name,
        listing=row.listing,
        group=row.group,
        code=row.code,
        listed=row.listed,
        departments=row.departments,
        legal_basis=row.legal_basis,
        unverified=tuple(column for column in _COLUMNS if column not in verified),
        note=row.note,
    )
