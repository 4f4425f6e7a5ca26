"""From the rows of editions.yaml and changes.tsv to the states of the law."""

from collections.abc import Iterable, Mapping
from typing import Final

from config.catalogue.model import Change, Edition, EditionRow, Item
from config.tables import DataError

AMENDING: Final = frozenset({"left", "narrowed", "kept"})
"""Changes that say all that is needed to compute the items after them."""


def states(
    rows: Iterable[EditionRow], items: Mapping[str, tuple[Item, ...]], changes: Iterable[Change]
) -> tuple[Edition, ...]:
    """The states of the law; `items` holds the published lists by file, and a state amends an earlier one.

    Raises:
        DataError: a state amends by a change that cannot be computed, or of an item that is not there.
    """
    found: dict[str, Edition] = {}
    known = tuple(changes)
    for row in rows:
        if row.amends:
            before = found[row.amends]
            own = tuple(change for change in known if change.state == row.id)
            found[row.id] = _state(row, _amended(before.items, own), before.origin)
        else:
            found[row.id] = _state(row, items[row.items] if row.items else (), row.id)
    return tuple(found.values())


def _state(row: EditionRow, items: tuple[Item, ...], origin: str) -> Edition:
    return Edition(row, items, {each: item for item in items for each in item.qualifications}, origin)


def _amended(items: tuple[Item, ...], changes: tuple[Change, ...]) -> tuple[Item, ...]:
    after = {item.ref: item for item in items}
    problems: list[str] = []
    for change in changes:
        if change.change not in AMENDING:
            message = f"{change.change!r} needs a list of items, not a state that amends"
            problems.append(change.problem("change", message))
        elif change.before not in after:
            problems.append(change.problem("before", f"{change.before!r} is no item of the state before"))
        elif change.change == "left":
            del after[change.before]
        else:
            after[change.before] = _without(after[change.before], change)
    if problems:
        raise DataError(*problems)
    return tuple(after.values())


def _without(item: Item, change: Change) -> Item:
    kept = tuple(each for each in item.contents if each not in change.occupations)
    covered = tuple(each for each in item.qualifications if each not in change.qualifications)
    return item.model_copy(update={"contents": kept, "qualifications": covered})
