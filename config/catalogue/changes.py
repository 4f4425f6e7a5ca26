"""What changed in law from one state of the catalogue to another, and whether the data agree."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from config.catalogue.model import Catalogue, Change, ChangeKind, Edition, Item, Sourced

ARROW: Final = "→"
"""Between the old and the new name of a sub-item that was renamed."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """One change of the law, with the day from which it held."""

    day: date
    state: str
    change: ChangeKind
    before: Item | None
    after: Item | None
    occupations: tuple[str, ...]
    """Sub-items or occupations that enter or leave; `OLD→NEW` where one was renamed."""
    qualifications: tuple[str, ...]
    """Ids that enter or leave."""
    document: str
    verified: bool
    note: str
    sources: tuple[str, ...]


def state_of(catalogue: Catalogue, name: str) -> Edition:
    """The state with the id `name`, or the one in force on the day `name` (YYYY-MM-DD).

    Raises:
        ValueError: neither an id nor a day.
    """
    for edition in catalogue.editions:
        if edition.id == name:
            return edition
    try:
        return catalogue.edition_on(date.fromisoformat(name))
    except ValueError as error:
        known = ", ".join(edition.id for edition in catalogue.editions)
        raise ValueError(f"{name!r} is neither a state of the catalogue ({known}) nor a day") from error


def difference(catalogue: Catalogue, earlier: Edition, later: Edition) -> tuple[Amendment, ...]:
    """All that changed in law after `earlier` up to `later`, oldest first, without what was kept.

    Raises:
        ValueError: `later` does not follow `earlier`.
    """
    ids = [edition.id for edition in catalogue.editions]
    first, last = ids.index(earlier.id), ids.index(later.id)
    if last < first:
        raise ValueError(f"{later.id} came before {earlier.id}")
    steps = range(first + 1, last + 1)
    return tuple(
        each for step in steps for each in _step(catalogue, *catalogue.editions[step - 1 : step + 1])
    )


def _step(catalogue: Catalogue, before: Edition, after: Edition) -> Iterator[Amendment]:
    if not before.items:
        yield from (_published(after, item) for item in after.items)
    for row in _rows(catalogue, after):
        if row.change != "kept":
            yield Amendment(
                after.row.start, after.id, row.change, before.item(row.before), after.item(row.after),
                row.occupations, row.qualifications, row.document, row.verified, row.note, row.source,
            )  # fmt: skip


def _published(edition: Edition, item: Item) -> Amendment:
    """The first list enters as a whole; changes.tsv need not repeat it."""
    return Amendment(
        edition.row.start, edition.id, "entered", None, item, item.contents, item.qualifications,
        edition.row.document, item.is_verified("name"), item.note, item.source,
    )  # fmt: skip


def _rows(catalogue: Catalogue, edition: Edition) -> tuple[Change, ...]:
    return tuple(row for row in catalogue.changes if row.state == edition.id)


def problems(catalogue: Catalogue) -> Iterator[str]:
    """Official figures not met, states that changes.tsv does not lead to, sources that are not there."""
    for edition in catalogue.editions:
        for name, official in edition.row.totals.items():
            counted = count(catalogue, edition, name)
            if counted != official:
                place = f"editions.yaml: editions.{edition.id}.totals.{name}"
                yield f"{place}: counted {counted}, official {official}"
    for before, after in zip(catalogue.editions, catalogue.editions[1:], strict=False):
        if before.items:
            yield from _reconciled(_rows(catalogue, after), before, after)
    yield from _unknown_sources(catalogue)


def count(catalogue: Catalogue, edition: Edition, name: str) -> int:
    """What `edition` counts under an official figure's name.

    `all`; a part (`skilled`); a part and a class (`skilled pending`); a part and `contents`, its sub-items or
    occupations; `items changed` and `contents left` by what led to the state.
    """
    rows = _rows(catalogue, edition)
    if name == "items changed":
        return len({row.before for row in rows})
    if name == "contents left":
        return sum(len(row.occupations) for row in rows)
    part, _, what = name.partition(" ")
    items = [item for item in edition.items if name == "all" or item.part == part]
    if what == "contents":
        return sum(len(item.contents) for item in items)
    return sum(what in {"", item.listed} for item in items)


def _reconciled(rows: tuple[Change, ...], before: Edition, after: Edition) -> Iterator[str]:
    wrong = list(_ends(rows, before, after))
    yield from wrong
    if not wrong:
        yield from _accounted(rows, before, after)
        for item in before.items:
            yield from _item_reconciled(item, tuple(row for row in rows if row.before == item.ref), after)
        yield from _listings_reconciled(rows, before, after)


def _ends(rows: tuple[Change, ...], before: Edition, after: Edition) -> Iterator[str]:
    """Each change begins at an item of the state before and ends at one of the state after."""
    for row in rows:
        for field, ref, edition, absent in (
            ("before", row.before, before, row.change == "entered"),
            ("after", row.after, after, row.change == "left"),
        ):
            if absent and ref:
                yield row.problem(field, f"must be empty where an item has {row.change}")
            elif not absent and edition.item(ref) is None:
                yield row.problem(field, f"{edition.id} has no item {ref!r}")


def _accounted(rows: tuple[Change, ...], before: Edition, after: Edition) -> Iterator[str]:
    """No item of a published list comes from nowhere or goes without a word."""
    if after.origin != after.id:
        return
    for edition, named in ((before, {row.before for row in rows}), (after, {row.after for row in rows})):
        for item in edition.items:
            if item.ref not in named:
                yield f"changes.tsv: {after.id}: {item.ref} of {edition.id} ({item.name}) is in no change"


def _item_reconciled(item: Item, rows: tuple[Change, ...], after: Edition) -> Iterator[str]:
    wrong = list(_not_there(item, rows))
    yield from wrong
    if wrong or not rows:
        return
    kinds, row = {each.change for each in rows}, rows[0]
    successor = after.item(row.after)
    if successor is None:
        return
    odd = _contents_after(item, rows) ^ _contents(successor)
    if odd:
        yield row.problem(
            "occupations", f"does not lead to {successor.ref} of {after.id}: {'、'.join(sorted(odd))}"
        )
    if (item.listed != successor.listed) != ("reclassed" in kinds):
        yield row.problem("change", f"{item.listed} before, {successor.listed} after: say so with reclassed")
    arrows = any(ARROW in each for some in rows for each in some.occupations)
    if (item.name != successor.name and "renamed" not in kinds) or (
        item.name == successor.name and "renamed" in kinds and not arrows
    ):
        yield row.problem("change", f"{item.name} before, {successor.name} after: say so with renamed")


def _not_there(item: Item, rows: tuple[Change, ...]) -> Iterator[str]:
    for row in rows:
        for each in row.occupations:
            old, arrow, _ = each.partition(ARROW)
            if (arrow or row.change != "extended") and old not in _contents(item):
                yield row.problem("occupations", f"{old!r} is not in {item.ref} before")


def _contents(item: Item) -> set[str]:
    """The sub-items or occupations; an item without any is its own."""
    return set(item.contents or (item.name,))


def _contents_after(item: Item, rows: tuple[Change, ...]) -> set[str]:
    named = [(row.change, *each.partition(ARROW)) for row in rows for each in row.occupations]
    gone = {old for change, old, arrow, _ in named if arrow or change != "extended"}
    come = {new or old for change, old, _, new in named if new or change == "extended"}
    return (_contents(item) - gone) | come


def _listings_reconciled(rows: tuple[Change, ...], before: Edition, after: Edition) -> Iterator[str]:
    gone = {each for row in rows if row.change in {"left", "narrowed"} for each in row.qualifications}
    come = {each for row in rows if row.change in {"entered", "extended"} for each in row.qualifications}
    for each in sorted(((set(before.listings) - gone) | come) ^ set(after.listings)):
        listed = "lists" if each in after.listings else "does not list"
        yield f"changes.tsv: {after.id}: qualifications: {after.id} {listed} {each!r}, and no change says so"


def _unknown_sources(catalogue: Catalogue) -> Iterator[str]:
    rows: list[Sourced] = [
        *(item for edition in catalogue.editions for item in edition.items if edition.origin == edition.id),
        *catalogue.changes, *catalogue.records, *catalogue.sub_items, *catalogue.curation,
        *catalogue.qualifications.values(), *catalogue.aliases.values(), *catalogue.ambiguous.values(),
    ]  # fmt: skip
    for row in rows:
        for each in row.source:
            if each not in catalogue.sources:
                yield row.problem("source", f"{each!r} is no id of sources.tsv")
    for edition in catalogue.editions:
        for each in edition.row.source:
            if each not in catalogue.sources:
                yield f"editions.yaml: editions.{edition.id}.source: {each!r} is no id of sources.tsv"
