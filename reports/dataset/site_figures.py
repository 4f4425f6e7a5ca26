"""What the pages of the dataset show of a version: its key figures, charts and first rows.

All comes from the public files. Counts from 1 to 4 stay out of the charts, as they do of `weekly`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from reports.charts import Bar, Chart, bars
from reports.dataset.fields import Table
from reports.dataset.formats import engine, table_file
from reports.dataset.lines import cell
from reports.dataset.suppression import SMALL
from reports.weekly.figures import rate
from reports.weekly.model import RegionLine
from reports.weekly.pictures import BARS, COMPARED, KIND_COLOURS, OTHER_COLOUR, map_classes, province_map

_WEEKS: Final = """
    SELECT week, count(*), count(*) FILTER (verdict = 'violation')
    FROM {ads} GROUP BY week ORDER BY week DESC LIMIT 12
"""
_QUALIFICATIONS: Final = """
    SELECT qualification_name, min(kind), count(*) AS clues
    FROM {clues} GROUP BY qualification_name HAVING clues >= $small ORDER BY clues DESC, 1 LIMIT $bars
"""
_PROVINCES: Final = """
    SELECT left(division, 2) || '0000', min(province), count(*),
        count(*) FILTER (verdict = 'violation'), sum(verdict_violation)
    FROM {ads} WHERE province IS NOT NULL GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """The charts; None for one with too little to compare."""

    weeks: Chart | None
    qualifications: Chart | None
    provinces: Chart | None
    classes: tuple[tuple[str, str], ...]
    """Colour and meaning of each class of the map, in ads with a suspected violation per 10,000.

    None where no province has a rate.
    """


def pictures(version: Path) -> Pictures:
    regions = [_region(*found) for found in _asked(version, _PROVINCES)]
    shown = [region for region in regions if not 0 < region.clues < SMALL]
    return Pictures(
        weeks=_weeks(_asked(version, _WEEKS)),
        qualifications=_qualifications(_asked(version, _QUALIFICATIONS, small=SMALL, bars=BARS)),
        provinces=province_map(shown) if any(region.rate for region in shown) else None,
        classes=map_classes(shown) if any(region.rate for region in shown) else (),
    )


def preview(version: Path, table: Table, most: int) -> list[list[str]]:
    """The first `most` rows of `table`, as cells in the order of its fields."""
    with (version / f"{table.name}.jsonl").open(encoding="utf-8", newline="\n") as lines:
        return [[cell(value) for value in json.loads(line).values()] for line in islice(lines, most)]


def _asked(version: Path, query: str, **values: int) -> list[tuple[Any, ...]]:
    tables = {name: table_file(version / f"{name}.parquet") for name in ("ads", "clues")}
    with engine() as asked:
        return asked.execute(query.format_map(tables), values or None).fetchall()


def _weeks(found: Sequence[tuple[str, int, int]]) -> Chart | None:
    return _bars(
        "各周每万条招聘信息中疑似违规的条数",
        [_week(*week) for week in reversed(found)],
    )


def _week(week: str, ads: int, hit: int) -> Bar:
    if 0 < hit < SMALL:
        return Bar(week, 0, f"少于 {SMALL} / {ads:,}")
    return Bar(week, 10_000 * hit / ads, f"{hit:,} / {ads:,}")


def _qualifications(found: Sequence[tuple[str, str, int]]) -> Chart | None:
    return _bars(
        "线索最多的证书（条）",
        [Bar(name, clues, f"{clues:,}", KIND_COLOURS.get(kind, OTHER_COLOUR)) for name, kind, clues in found],
    )


def _bars(title: str, entries: Sequence[Bar]) -> Chart | None:
    if len(entries) < COMPARED:
        return None
    said = "；".join(f"{each.label} {each.note}" for each in entries)
    return bars(title, f"{said}。", entries)


def _region(code: str, name: str, ads: int, clue_ads: int, clues: int) -> RegionLine:
    return RegionLine(
        rank=None, code=code, name=name, ads=ads, clue_ads=clue_ads, clues=clues, rate=rate(clue_ads, ads)
    )
