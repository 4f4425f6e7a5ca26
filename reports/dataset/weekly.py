"""Counts by week, in slices that keep small counts from being read off each other.

All slices of a week add up to the same total, and that total can be told from one in which nothing is left
empty; the slice by source gives sums of that by place besides. What they leave empty says `suppression`. No
table goes over places and occupations at once, since its rows would add up to those of both slices.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from itertools import groupby
from operator import itemgetter
from typing import Final

from config.divisions import name_of, province_of
from reports.dataset.fields import DatasetRow, Key, Value
from reports.dataset.suppression import Cells, ads_left_empty, left_empty

COUNTS: Final = ("ads", "ads_violation", "ads_advisory", "clues")
SEEN: Final = ("sightings", "refused", "ads_seen", "ads")
TOGETHER: Final = ("ads", "ads_seen", "sightings")
"""Counts of a source that are told together or not at all: whoever knows one can nearly tell the next."""
_RUNS: Final = ("runs", "runs_complete", "pages_lost")
_OF_RUNS: Final = ("sightings", "refused", "ads_seen")
"""Not known where no run has ended."""


class WeeklyCounts:
    """Adds up the slices from rows and runs; as large as weeks × provinces × sources."""

    def __init__(self) -> None:
        self._places: dict[Key, Counter[str]] = {}
        self._occupations: dict[Key, Counter[str]] = {}
        self._sources: dict[Key, Counter[str]] = {}

    def add_ad(self, row: DatasetRow) -> None:
        for cell in self._cells(row):
            cell["ads"] += 1
            cell[f"ads_{row['verdict']}"] += 1
        self._source(row)["ads"] += 1

    def add_clue(self, row: DatasetRow) -> None:
        for cell in self._cells(row):
            cell["clues"] += 1

    def add_run(self, row: DatasetRow, counts: Mapping[str, int]) -> None:
        """Add what a run saw (`rows.seen_in`); `row` has its week and source."""
        self._source(row).update(counts)

    def _cells(self, row: DatasetRow) -> Iterator[Counter[str]]:
        """The cell of each slice of clues that counts `row`."""
        week = str(row["week"])
        province = province_of(str(row["division"])) if row["division"] else None
        yield self._places.setdefault((week, province or "", str(row["source"])), Counter())
        yield self._occupations.setdefault((week, str(row["occupation"] or "")), Counter())

    def _source(self, row: DatasetRow) -> Counter[str]:
        return self._sources.setdefault((str(row["week"]), str(row["source"])), Counter())

    def by_place(self) -> Iterator[dict[str, Value]]:
        """The rows of `weekly`, in the order of their keys."""
        for week, cells in _weeks(self._places):
            empty = {name: left_empty(cells, name) for name in COUNTS}
            empty["ads"], _ = ads_left_empty(cells, _of_week(self._sources, week), TOGETHER)
            for (_, province, source), counts in _told(cells, empty):
                yield {
                    "week": week,
                    "province_code": province or None,
                    "province": name_of(province) if province else None,
                    "source": source,
                    **counts,
                }

    def by_occupation(self, names: Mapping[str, str]) -> Iterator[dict[str, Value]]:
        """The rows of `weekly_occupations`, in the order of their keys; `names` are those of the families."""
        for week, cells in _weeks(self._occupations):
            for (_, occupation), counts in _told(cells, {name: left_empty(cells, name) for name in COUNTS}):
                yield {
                    "week": week,
                    "occupation": occupation or None,
                    "occupation_name": names.get(occupation),
                    **counts,
                }

    def by_source(self) -> Iterator[dict[str, Value]]:
        """The rows of `weekly_sources`, in the order of their keys."""
        for week, cells in _weeks(self._sources):
            _, hidden = ads_left_empty(_of_week(self._places, week), cells, TOGETHER)
            empty = dict.fromkeys(TOGETHER, hidden) | {"refused": left_empty(cells, "refused", hidden)}
            for (_, source), counts in _told(cells, {name: empty[name] for name in SEEN}):
                exact = cells[week, source]
                unknown = {} if exact["runs"] else dict.fromkeys(_OF_RUNS)
                runs = {name: exact[name] for name in _RUNS}
                yield {"week": week, "source": source, **runs, **counts, **unknown}


def _weeks(cells: Cells) -> Iterator[tuple[str, Cells]]:
    for week, keys in groupby(sorted(cells), key=itemgetter(0)):
        yield week, {key: cells[key] for key in keys}


def _of_week(cells: Cells, week: str) -> Cells:
    return {key: exact for key, exact in cells.items() if key[0] == week}


def _told(cells: Cells, empty: Mapping[str, AbstractSet[Key]]) -> Iterator[tuple[Key, dict[str, Value]]]:
    """What may be told of each cell of a week: the counts that `empty` names, but of the cells it gives."""
    for key, exact in cells.items():
        told = {name: None if key in those else exact[name] for name, those in empty.items()}
        yield key, {**told, "suppressed": None in told.values()}
