"""Counts by week, in slices that keep small counts from being read off each other.

All slices of a week add up to the same total, and that total can be told from one in which nothing is left
empty. So what a slice leaves empty stays unknown even to those who know the total: each time, it is two
counts or more, and together no small one. No table goes over places and occupations at once, since its rows
would add up to those of both slices.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Final

from config.divisions import name_of, province_of
from reports.dataset.fields import DatasetRow, Key, Value

SMALL: Final = 5
"""Counts below it (and above 0) are left empty."""
COUNTS: Final = ("ads", "ads_violation", "ads_advisory", "clues")

_Cells = Mapping[Key, Counter[str]]
"""Counts of each cell of a slice; its key begins with the week."""


class WeeklyCounts:
    """Adds up the slices from the rows of `ads` and `clues`; as large as weeks × provinces × sources."""

    def __init__(self) -> None:
        self._places: dict[Key, Counter[str]] = {}
        self._occupations: dict[Key, Counter[str]] = {}

    def add_ad(self, row: DatasetRow) -> None:
        for cell in self._cells(row):
            cell["ads"] += 1
            cell[f"ads_{row['verdict']}"] += 1

    def add_clue(self, row: DatasetRow) -> None:
        for cell in self._cells(row):
            cell["clues"] += 1

    def _cells(self, row: DatasetRow) -> Iterator[Counter[str]]:
        """The cell of each slice that counts `row`."""
        week = str(row["week"])
        province = province_of(str(row["division"])) if row["division"] else None
        yield self._places.setdefault((week, province or "", str(row["source"])), Counter())
        yield self._occupations.setdefault((week, str(row["occupation"] or "")), Counter())

    def by_place(self) -> Iterator[dict[str, Value]]:
        """The rows of `weekly`, in the order of their keys."""
        for (week, province, source), counts in _published(self._places):
            yield {
                "week": week,
                "province_code": province or None,
                "province": name_of(province) if province else None,
                "source": source,
                **counts,
            }

    def by_occupation(self, names: Mapping[str, str]) -> Iterator[dict[str, Value]]:
        """The rows of `weekly_occupations`, in the order of their keys; `names` are those of the families."""
        for (week, occupation), counts in _published(self._occupations):
            yield {
                "week": week,
                "occupation": occupation or None,
                "occupation_name": names.get(occupation),
                **counts,
            }


def _published(cells: _Cells) -> Iterator[tuple[Key, dict[str, Value]]]:
    """What may be told of each cell of a slice, in the order of their keys."""
    for _, keys in groupby(sorted(cells), key=itemgetter(0)):
        week = {key: cells[key] for key in keys}
        empty = {name: _left_empty(week, name) for name in COUNTS}
        for key, exact in week.items():
            told = {name: None if key in empty[name] else exact[name] for name in COUNTS}
            yield key, {**told, "suppressed": None in told.values()}


def _left_empty(week: _Cells, name: str) -> set[Key]:
    """The cells of a week of which this count is not told.

    Those are the small ones, all counts of a cell with few ads, and of the others the smallest, as long as
    what is left empty could be told from the total of the week.
    """
    empty = {key for key, exact in week.items() if 0 < exact[name] < SMALL or 0 < exact["ads"] < SMALL}
    for _, key in sorted((exact[name], key) for key, exact in week.items() if exact[name] >= SMALL):
        lost = [week[each][name] for each in empty if week[each][name]]
        if not lost or (len(lost) > 1 and sum(lost) >= SMALL):
            break
        empty.add(key)
    return empty
