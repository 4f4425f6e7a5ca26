"""What changed in law between two states of the catalogue, and what one state holds, as documents."""

from datetime import date

from config.catalogue import changes
from config.catalogue.documents import (
    SCHEMA,
    Citation,
    Citations,
    Document,
    ListedItem,
    Place,
    State,
    listed_item,
    place,
    state,
)
from config.catalogue.model import Catalogue, ChangeKind, Edition


class Named(Document):
    """A qualification."""

    id: str
    name: str


class ChangeOfLaw(Document):
    """One change, with the first day on which it held."""

    on: date
    state: str
    change: ChangeKind
    before: Place | None
    after: Place | None
    occupations: tuple[str, ...]
    """Sub-items or occupations that entered or left; OLD→NEW where one was renamed."""
    qualifications: tuple[Named, ...]
    document: str
    verified: bool
    note: str
    sources: tuple[int, ...]


class Comparison(Document):
    """All that changed from one state to another, oldest first."""

    schema_version: int = SCHEMA
    earlier: State
    later: State
    changes: tuple[ChangeOfLaw, ...]
    sources: tuple[Citation, ...]


class Inventory(Document):
    """One state with its items."""

    schema_version: int = SCHEMA
    state: State
    items: tuple[ListedItem, ...]
    sources: tuple[Citation, ...]


def compare(catalogue: Catalogue, earlier: Edition, later: Edition) -> Comparison:
    """What changed in law after `earlier` up to `later`.

    Raises:
        ValueError: `later` came before `earlier`.
    """
    citations = Citations(catalogue)
    changed = tuple(
        _change(catalogue, each, citations) for each in changes.difference(catalogue, earlier, later)
    )
    return Comparison(earlier=state(earlier), later=state(later), changes=changed, sources=citations.cited)


def inventory(catalogue: Catalogue, edition: Edition, number: int | None = None) -> Inventory:
    """The items of `edition`, or those with the number `number`, of which each part has one at most."""
    citations = Citations(catalogue)
    items = tuple(
        listed_item(catalogue, edition, item, citations)
        for item in edition.items
        if number in {None, item.number}
    )
    return Inventory(state=state(edition), items=items, sources=citations.cited)


def _change(catalogue: Catalogue, each: changes.Amendment, citations: Citations) -> ChangeOfLaw:
    return ChangeOfLaw(
        on=each.day,
        state=each.state,
        change=each.change,
        before=place(each.before),
        after=place(each.after),
        occupations=each.occupations,
        qualifications=tuple(
            Named(id=one, name=catalogue.qualifications[one].name) for one in each.qualifications
        ),
        document=each.document,
        verified=each.verified,
        note=each.note,
        sources=citations.cite(each.sources),
    )
