"""Which counts a slice leaves empty, so that small ones cannot be told, also by who knows the totals.

What is left empty wherever a total is known is two counts or more, and together no small one.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from reports.dataset.fields import Key

SMALL: Final = 5
"""Counts below it (and above 0) are left empty."""

Cells = Mapping[Key, Counter[str]]
"""Counts of each cell of a slice, of one week."""


def left_empty(week: Cells, name: str, more: Collection[Key] = ()) -> set[Key]:
    """The cells of a week of which this count is not told, where its total over the week is known.

    Those are the small ones, all counts of a cell with few ads, `more`, and of the others the smallest, as
    long as what is left empty could be told from the total.
    """
    few = {key for key, exact in week.items() if _is_small(exact[name]) or _is_small(exact["ads"])}
    return _widened({key: exact[name] for key, exact in week.items()}, few | set(more))


def ads_left_empty(places: Cells, sources: Cells, names: Collection[str]) -> tuple[set[Key], set[Key]]:
    """The cells of which `ads` is not told where the slice by source gives their sums, and its own.

    Args:
        places: cells by week, province and source.
        sources: cells of the same week, by week and source.
        names: the counts of `sources` that are told together or not at all, since one bounds another.

    Returns:
        The cells of `places`, and those of `sources`.
    """
    of_source: dict[Key, dict[Key, int]] = defaultdict(dict)
    for key, exact in places.items():
        of_source[key[0], key[2]][key] = exact["ads"]
    empty = {key for key, exact in places.items() if _is_small(exact["ads"])}
    hidden = {key for key, exact in sources.items() if any(_is_small(exact[name]) for name in names)}
    while True:
        before = len(empty) + len(hidden)
        for name in names:
            hidden = _widened({key: exact[name] for key, exact in sources.items()}, hidden)
        for group in _groups(sources, hidden):
            counts = {key: count for source in group for key, count in of_source[source].items()}
            empty |= _widened(counts, empty & counts.keys())
            if not _is_safe(counts[key] for key in empty & counts.keys()):
                # Nothing of them is left to be told, so their sum has to go too.
                hidden |= group
                hidden |= set(sorted(sources.keys() - hidden, key=lambda key: (sources[key]["ads"], key))[:1])
        if len(empty) + len(hidden) == before:
            return empty, hidden


def _groups(sources: Cells, hidden: set[Key]) -> Iterator[set[Key]]:
    """The sources of which a sum is known: each that is told, and the others together."""
    yield from ({source} for source in sorted(sources.keys() - hidden))
    yield set(hidden)


def _widened(counts: Mapping[Key, int], empty: set[Key]) -> set[Key]:
    """`empty` with the smallest other counts, as long as what it lacks could be told from the sum."""
    found = set(empty)
    for _, key in sorted((count, key) for key, count in counts.items() if count and key not in empty):
        if _is_safe(counts[each] for each in found):
            break
        found.add(key)
    return found


def _is_safe(lost: Iterable[int]) -> bool:
    some = [count for count in lost if count]
    return not some or (len(some) > 1 and sum(some) >= SMALL)


def _is_small(count: int) -> bool:
    return 0 < count < SMALL
