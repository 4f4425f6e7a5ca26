"""Is a draft what a version should be? Sense, and continuity with the version before it."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final

from config.weeks import Week
from reports.dataset.fields import Table
from reports.dataset.formats import engine, table_file
from reports.dataset.manifest import read_manifest
from reports.dataset.schema import ADS, CLUES

Accepted = str
"""Why a person takes a break in continuity; empty: nobody does."""

MOST_LOST: Final = 0.02
"""Share of the rows of `ads`, or of a week's ads, by which a version may fall below the one before it."""
LEAST_KEPT: Final = 0.5
"""Share of the ads of the week before that a week holds at least."""
MOST_EMPTIED: Final = 0.10
"""Share of rows by which a field may be empty more often than before."""
ENOUGH: Final = 100
"""Rows below which shares say nothing."""

_SENSE: Final[Mapping[str, str]] = {
    "ads posted after they were first seen by more than a day": (
        "SELECT count(*) FROM {ads} WHERE posted > first_seen + 1"
    ),
    "ads last seen before they were first seen": "SELECT count(*) FROM {ads} WHERE last_seen < first_seen",
    "ads whose least pay is above their most": "SELECT count(*) FROM {ads} WHERE salary_low > salary_high",
    "clues of ads that are not in the table ads": "SELECT count(*) FROM {clues} ANTI JOIN {ads} USING (ad)",
    "findings of ads that are not in the table ads": (
        "SELECT count(*) FROM {findings} ANTI JOIN {ads} USING (ad)"
    ),
}


class QualityError(Exception):
    """A draft that is not what a version should be; `problems` says why, a line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def judge(draft: Path, before: Path | None, accepted: Accepted = "") -> None:
    """Let a draft pass, or say why not.

    Args:
        draft: folder of the draft.
        before: folder of the newest released version; None before the first release.
        accepted: why a break in continuity is taken all the same; what makes no sense never is.

    Raises:
        QualityError: it is not what a version should be.
    """
    found = list(_senseless(draft))
    if before and not accepted and (before / f"{ADS.name}.parquet").exists():
        found += [
            *_lost(draft, before),
            *_sparse(draft, before),
            *_emptied(draft, before, ADS),
            *_emptied(draft, before, CLUES),
        ]
    if found:
        raise QualityError(found)


def _senseless(draft: Path) -> Iterator[str]:
    tables = {path.stem: table_file(path) for path in draft.glob("*.parquet")}
    with engine() as asked:
        for what, query in _SENSE.items():
            count = _number(asked.execute(query.format_map(tables)).fetchone())
            if count:
                yield f"{count:,.0f} {what}"


def _lost(draft: Path, before: Path) -> Iterator[str]:
    """Weeks of the version before, and all of them together, that have lost too many ads."""
    now = _ads_by_week(draft)
    for week, count in _ads_by_week(before).items():
        if count >= ENOUGH and now.get(week, 0) < count * (1 - MOST_LOST):
            yield f"{week}: {now.get(week, 0):,} ads, {count:,} in {before.name}"


def _sparse(draft: Path, before: Path) -> Iterator[str]:
    """Weeks that ended since, with far fewer ads than the one before them: a source may have failed."""
    counts = _ads_by_week(draft)
    judged, newest = _newest_day(before), _newest_day(draft)
    week = Week.with_day(judged)
    while week.last <= newest:
        then, now = counts.get(str(week.before(1)), 0), counts.get(str(week), 0)
        if week.last > judged and then >= ENOUGH and now < then * LEAST_KEPT:
            yield f"{week}: {now:,} ads, {then:,} in the week before"
        week = week.before(-1)


def _newest_day(version: Path) -> date:
    return date.fromisoformat(read_manifest(version)["as_of"])


def _ads_by_week(version: Path) -> dict[str, int]:
    query = (
        f"SELECT coalesce(week, 'all weeks'), count(*) FROM {table_file(version / 'ads.parquet')} "  # noqa: S608
        "GROUP BY GROUPING SETS ((week), ()) ORDER BY 1"
    )
    with engine() as asked:
        return dict(asked.execute(query).fetchall())


def _emptied(draft: Path, before: Path, table: Table) -> Iterator[str]:
    """Fields that are empty far more often than in the version before."""
    then, now = _empty(before, table), _empty(draft, table)
    for name, share in now.items():
        if name in then and share > then[name] + MOST_EMPTIED:
            yield f"{table.name}.{name}: empty in {share:.0%} of the rows, {then[name]:.0%} in {before.name}"


def _empty(version: Path, table: Table) -> dict[str, float]:
    """The share of rows in which each field that may be empty is; nothing for a small table."""
    with engine() as asked:
        file = table_file(version / f"{table.name}.parquet")
        # A version of an older schema lacks the fields that came since.
        there = {column for column, *_ in asked.execute(f"DESCRIBE FROM {file}").fetchall()}
        names = [field.name for field in table.fields if field.nullable and field.name in there]
        shares = ", ".join(f'avg(CAST("{name}" IS NULL AS INTEGER))' for name in names)
        query = f"SELECT count(*), {shares} FROM {file}"  # noqa: S608 - names of our own schema
        count, *found = asked.execute(query).fetchall()[0]
    return dict(zip(names, found, strict=True)) if count >= ENOUGH else {}


def _number(row: tuple[float, ...] | None) -> float:
    return row[0] if row else 0
