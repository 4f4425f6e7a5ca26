"""The charts of the weekly report, each with a description that gives its figures in words."""

from collections.abc import Sequence
from math import ceil
from typing import Final

from config.divisions import NATION
from reports.charts import INK, Bar, Chart, Point, Tile, bars, line, tiles
from reports.weekly.model import BoardLine, Count, PeriodPoint, QualificationLine, RegionLine, Report

KIND_COLOURS: Final = {
    "proficiency": "#004488",
    "skill_level": "#6699cc",
    "delisted": "#994455",
    "post_permit": "#ee99aa",
    "other": "#997700",
}
"""Paul Tol's medium-contrast scheme: told apart with any colour vision and on a grey print."""
OTHER_COLOUR: Final = "#6b7280"

STEPS: Final = ("#eef3f8", "#c6d8ea", "#7fa8d0", "#33729f", "#004488")
"""From no clue to the highest class of rates."""
DARK_STEPS: Final = frozenset(STEPS[3:])
EMPTY: Final = "未采集"
TOO_FEW: Final = "不足"

MAP: Final = (
    ".......黑",
    "....蒙..吉",
    "新..宁晋京津辽",
    "藏青甘陕豫冀鲁.",
    "..川渝鄂皖苏沪",
    "..云贵湘赣浙.",
    "...桂粤闽.台",
    "...琼澳港..",
)
"""A province a tile, where its neighbours make it easiest to find."""
PROVINCES: Final = dict(
    zip(
        "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新台港澳",
        (
            *("110000", "120000", "130000", "140000", "150000", "210000", "220000", "230000", "310000"),
            *("320000", "330000", "340000", "350000", "360000", "370000", "410000", "420000", "430000"),
            *("440000", "450000", "460000", "500000", "510000", "520000", "530000", "540000", "610000"),
            *("620000", "630000", "640000", "650000", "710000", "810000", "820000"),
        ),
        strict=True,
    )
)
COMPARED: Final = 2
"""Bars of some length, or points of a line, that make a chart."""
BARS: Final = 12
"""Bars that fit on half a printed page; the table has the rest."""


def pictures(report: Report) -> dict[str, Chart]:
    """The charts of `report` by section; a section without figures has none."""
    drawn = {
        "trend": trend_chart(report.trend) if _measured(report.trend) >= COMPARED else None,
        "qualifications": qualification_chart(report.qualifications),
        "regions": region_chart(report),
        "boards": board_chart(report.boards),
        "ages": age_chart(report.progress.ages),
    }
    return {section: chart for section, chart in drawn.items() if chart}


def _measured(trend: Sequence[PeriodPoint]) -> int:
    return sum(point.ads > 0 for point in trend)


def trend_chart(trend: Sequence[PeriodPoint]) -> Chart:
    points = [Point(each.period.label, each.clues if each.ads else None) for each in trend]
    said = "；".join(f"{each.label} {EMPTY if each.value is None else each.value}" for each in points)
    return line("近四期新增疑似线索（条）", f"{said}。", points)


def qualification_chart(lines: Sequence[QualificationLine]) -> Chart | None:
    entries = [
        Bar(each.name, each.clues, f"{each.clues:,}", KIND_COLOURS.get(each.kind, OTHER_COLOUR))
        for each in lines[:BARS]
    ]
    return _bars("疑似线索最多的证书（条）", entries)


def board_chart(lines: Sequence[BoardLine]) -> Chart | None:
    found = sorted((each for each in lines if each.clues), key=lambda each: -each.clues)
    return _bars(
        "各平台疑似线索（线索 / 广告，条）",
        [Bar(each.source, each.clues, f"{each.clues:,} / {each.ads:,}") for each in found[:BARS]],
    )


def age_chart(ages: Sequence[Count]) -> Chart | None:
    return _bars("在办案件时长（件）", [Bar(each.label, each.count, f"{each.count:,}") for each in ages])


def region_chart(report: Report) -> Chart | None:
    """A map of tiles for the nation if any province has a rate, bars of clues for a province or city."""
    if report.division == NATION:
        return province_map(report.regions) if any(each.rate for each in report.regions) else None
    known = [each for each in report.regions if each.code and each.clues]
    ordered = sorted(known, key=lambda each: (-each.clues, each.code))[:BARS]
    entries = [Bar(each.name, each.clues, f"{each.clues:,} / {each.ads:,}") for each in ordered]
    return _bars("各地区疑似线索（线索 / 广告，条）", entries)


def _bars(title: str, entries: Sequence[Bar]) -> Chart | None:
    """The bars; None where there are too few to compare, which the table says as well."""
    if sum(each.value > 0 for each in entries) < COMPARED:
        return None
    said = "；".join(f"{each.label} {each.note}" for each in entries)
    return bars(title, f"{said}。", entries)


def province_map(regions: Sequence[RegionLine]) -> Chart:
    """34 tiles coloured by rate; one without a rate says so, or that nothing was collected."""
    by_code = {each.code: each for each in regions}
    step = map_step(regions)
    entries = [
        _tile(column, row, label, (by_code.get(PROVINCES[label]), step))
        for row, labels in enumerate(MAP)
        for column, label in enumerate(labels)
        if label != "."
    ]
    said = "；".join(f"{each.name} {_said(each)}" for each in regions if each.code)
    return tiles("各省份每万条广告涉线索数", f"{said or '各省份均未采集'}。", entries)


def map_step(regions: Sequence[RegionLine]) -> int:
    """Width of a class of the map, so that four classes reach the highest rate; a round number per 10,000."""
    highest = max((each.rate.per_10000 for each in regions if each.rate), default=0.0)
    rough = highest / (len(STEPS) - 1)
    unit = int(10 ** max(0, len(str(int(rough))) - 1))
    return max(1, ceil(rough / unit) * unit)


def _tile(column: int, row: int, label: str, found: tuple[RegionLine | None, int]) -> Tile:
    region, step = found
    if region is None:
        return Tile(column, row, label, "—", None, OTHER_COLOUR)
    if region.rate is None:
        return Tile(column, row, label, TOO_FEW, None)
    colour = STEPS[min(ceil(region.rate.per_10000 / step), len(STEPS) - 1)]
    ink = "#ffffff" if colour in DARK_STEPS else INK
    return Tile(column, row, label, f"{region.rate.per_10000:,.0f}", colour, ink)


def _said(region: RegionLine) -> str:
    rate = f"每万条 {region.rate.per_10000:,.0f} 条" if region.rate else "样本不足"
    return f"{rate}，疑似线索 {region.clues:,} 条"


def map_classes(regions: Sequence[RegionLine]) -> tuple[tuple[str, str], ...]:
    """Colour and meaning of each class of the map, for its legend; only the colours it can show."""
    step = map_step(regions)
    return (
        (STEPS[0], "0"),
        *((colour, f"≤ {step * place:,}") for place, colour in enumerate(STEPS[1:], start=1)),
    )


def kind_classes(report: Report) -> tuple[tuple[str, str], ...]:
    """Colour and meaning of the bars of the qualification chart, for the kinds it shows."""
    shown = dict.fromkeys((each.kind, each.status) for each in report.qualifications[:BARS])
    return tuple((KIND_COLOURS.get(kind, OTHER_COLOUR), status) for kind, status in shown)
