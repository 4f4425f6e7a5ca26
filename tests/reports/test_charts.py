from typing import Any

import pytest
from lxml import etree

from reports.charts import ACCENT, FONTS, Bar, Chart, Point, Tile, bars, line, sanitised, tiles

HOSTILE = '"><script>alert(1)</script>&\u202e{{7*7}}'
SVG = "{http://www.w3.org/2000/svg}"


def texts(chart: Chart) -> list[str]:
    return [each.text or "" for each in etree.fromstring(chart.svg).iter(f"{SVG}text")]


def down(element: Any) -> float:
    """How far down a thing is moved."""
    return float(element.get("transform").removeprefix("translate(").split(")")[0].split(",")[1])


def test_bars_print_labels_and_values_as_text() -> None:
    chart = bars("标题", "茶艺师证 12；会计证 7。", [Bar("茶艺师证", 12, "12 条"), Bar("会计证", 7, "7 条")])
    assert texts(chart) == ["茶艺师证", "会计证", "12 条", "7 条"]
    assert etree.fromstring(chart.svg).get("aria-label") == "标题。茶艺师证 12；会计证 7。"
    assert etree.fromstring(chart.svg).get("role") == "img"


def test_a_bar_is_as_long_as_its_value() -> None:
    chart = bars("t", "d", [Bar("a", 10, "10"), Bar("b", 5, "5"), Bar("c", 0, "0")])
    drawn = [
        each.get("d") or "" for each in etree.fromstring(chart.svg).iter(f"{SVG}path") if each.get("fill")
    ]
    assert [path.split("h")[1].split("v")[0] for path in drawn] == ["230", "115", "0"]


def test_two_bars_of_the_same_name_stay_two() -> None:
    assert texts(bars("t", "d", [Bar("甲", 1, "1"), Bar("甲", 2, "2")])) == ["甲", "甲", "1", "2"]


def test_a_long_label_is_cut_by_characters() -> None:
    assert texts(bars("t", "d", [Bar("证" * 20, 1, "1")]))[0] == "证" * 14 + "…"


def test_a_week_without_data_breaks_the_line_and_is_no_zero() -> None:
    chart = line("t", "d", [Point("甲", 3), Point("乙", None), Point("丙", 0)])
    assert sorted(texts(chart)) == sorted(["3", "未采集", "0", "甲", "乙", "丙"])
    stroke = [
        each.get("d") or "" for each in etree.fromstring(chart.svg).iter(f"{SVG}path") if each.get("stroke")
    ]
    assert any(path.count("M") == 2 and "L" not in path for path in stroke)


@pytest.mark.parametrize(
    ("values", "anchors"),
    [
        ((500, 530, 540, 187), ["middle", "middle", "middle", "start"]),
        ((0, 4, 1, 1), ["end", "middle", "start", "middle"]),
        ((9, 1, 9), ["middle", "middle", "middle"]),
    ],
)
def test_a_number_stands_beside_a_steep_line_and_not_on_it(
    values: tuple[int, ...], anchors: list[str]
) -> None:
    chart = line("t", "d", [Point(f"第{place}", value) for place, value in enumerate(values)])
    found = [each for each in etree.fromstring(chart.svg).iter(f"{SVG}text") if (each.text or "").isdigit()]
    assert [each.get("text-anchor") for each in found] == anchors


def test_a_number_between_two_higher_ones_stands_below_its_point() -> None:
    drawn = etree.fromstring(line("t", "d", [Point("甲", 9), Point("乙", 4), Point("丙", 9)]).svg)
    places = {each.text: down(each) for each in drawn.iter(f"{SVG}text")}
    low = max(down(each) for each in drawn.iter(f"{SVG}path") if each.get("fill") == ACCENT)
    assert low < places["4"] < places["乙"]


def test_a_tile_without_a_figure_has_a_broken_border() -> None:
    chart = tiles("t", "d", [Tile(0, 0, "京", "7", "#004488", "#ffffff"), Tile(1, 0, "津", "—", None)])
    squares = [each for each in etree.fromstring(chart.svg).iter(f"{SVG}path") if each.get("fill")]
    assert [(each.get("fill"), each.get("stroke-dasharray")) for each in squares if each.get("stroke")] == [
        ("#004488", None),
        ("#ffffff", "3,3"),
    ]


def test_every_text_is_in_the_fonts_of_the_report() -> None:
    for chart in (
        bars("t", "d", [Bar("甲", 1, "1")]),
        line("t", "d", [Point("甲", 1), Point("乙", None)]),
        tiles("t", "d", [Tile(0, 0, "京", "7", "#004488")]),
    ):
        drawn = list(etree.fromstring(chart.svg).iter(f"{SVG}text"))
        assert drawn
        assert {each.get("font-family") for each in drawn} == {FONTS}


def test_hostile_text_stays_text() -> None:
    for chart in (
        bars(HOSTILE, HOSTILE, [Bar(HOSTILE, 1, HOSTILE)]),
        line(HOSTILE, HOSTILE, [Point(HOSTILE, 1)]),
        tiles(HOSTILE, HOSTILE, [Tile(0, 0, HOSTILE, HOSTILE, None)]),
    ):
        tags = {etree.QName(each).localname for each in etree.fromstring(chart.svg).iter()}
        assert tags <= {"svg", "g", "path", "line", "rect", "text"}
        assert "\u202e" not in chart.svg
        assert "[U+202E]" in chart.svg


def test_sanitising_leaves_only_shapes_and_text() -> None:
    dirty = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" onload="x()">'
        '<script>x()</script><style>@import "x"</style><a xlink:href="javascript:x()"><text>a</text></a>'
        '<image href="http://x.example/x.png"/><foreignObject><p>x</p></foreignObject>'
        '<rect fill="url(http://x)" width="1" onclick="x()" style="x"/></svg>'
    )
    clean = sanitised(dirty, name="n")
    assert clean == (
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="n"><rect width="1"/></svg>'
    )


def test_what_is_no_svg_is_refused() -> None:
    with pytest.raises(ValueError, match="SVG was expected"):
        sanitised("<html/>", name="n")


def test_the_same_figures_give_the_same_picture() -> None:
    entries = [Bar("甲", 3, "3"), Bar("乙", 1, "1")]
    assert bars("t", "d", entries) == bars("t", "d", entries)
