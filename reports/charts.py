"""Charts as vector pictures: plain figures in, a sanitised SVG for inlining out.

Vega-Lite draws them without network and without script. All positions come from the figures, never from
the width of a text, so that the picture does not depend on the fonts of the machine that draws it. A chart
has no legend of its own; what a colour means stands beside it in the report, where a screen reader finds it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any, Final
from unicodedata import east_asian_width

import vl_convert
from lxml import etree

from reports.templating import visible

VEGA_LITE: Final = "5.21"
FONTS: Final = '"Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif'
_NO_FONT: Final = "no-such-font"
"""What Vega draws with until `_drawn` names the `FONTS`. To measure texts, on which nothing here rests, takes
Vega ten times as long as all else; without a font it has nothing to measure."""
INK: Final = "#1f2937"
FAINT: Final = "#6b7280"
LINE: Final = "#d1d5db"
LABEL_WIDTH: Final = 28
"""Room for a bar's label, in Latin characters; a Chinese one takes two."""
ACCENT: Final = "#004488"
STEEP: Final = 0.08
"""A line that goes up or down by more than this share of the highest value meets the number above its end."""

_SVG: Final = "http://www.w3.org/2000/svg"
_ELEMENTS: Final = frozenset({"svg", "g", "path", "line", "rect", "circle", "text", "tspan"})
_ATTRIBUTES: Final = frozenset(
    [
        *("width", "height", "viewBox", "transform", "d", "x", "y", "x1", "x2", "y1", "y2", "dx", "dy"),
        *("r", "cx", "cy", "fill", "fill-opacity", "opacity", "display", "stroke", "stroke-width"),
        *("stroke-dasharray", "stroke-opacity", "stroke-miterlimit", "stroke-linejoin"),
        *("text-anchor", "font-family", "font-size", "font-weight"),
    ]
)


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture with its title and a text that says the same; templates inline it as it is."""

    title: str
    description: str
    svg: str

    def __html__(self) -> str:
        """The SVG for jinja2, which would escape it otherwise; `sanitised` left only shapes and text."""
        return self.svg


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    value: float
    note: str
    """Printed at the bar's end, usually the value."""
    colour: str = ACCENT


@dataclass(frozen=True, slots=True)
class Point:
    """One week of a line; `value` None where nothing was measured."""

    label: str
    value: int | None


@dataclass(frozen=True, slots=True)
class Tile:
    column: int
    row: int
    label: str
    note: str
    colour: str | None
    """None for a tile without a figure: it is drawn empty, with a broken border."""
    ink: str = INK


def bars(title: str, description: str, entries: Sequence[Bar]) -> Chart:
    """Horizontal bars, the first one on top."""
    rows = [{**_row(each.label, each.note), "value": each.value, "colour": each.colour} for each in entries]
    places = _places(rows)
    widest = max((each.value for each in entries), default=0) or 1
    across = {"field": "value", "type": "quantitative", "axis": None, "scale": {"domain": [0, widest]}}
    down = {
        "field": "place", "type": "ordinal", "axis": None,
        "scale": {"domain": places, "paddingInner": 0.35, "paddingOuter": 0.2},
    }  # fmt: skip
    label = {"type": "text", "align": "right", "baseline": "middle", "x": -10, "fontSize": 14, "fill": INK}
    note = {"type": "text", "align": "left", "baseline": "middle", "dx": 7, "fontSize": 13, "fill": FAINT}
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "bar"}, "encoding": {"x": across, "fill": _as_given("colour")}},
        {"mark": label, "encoding": {"text": {"field": "label"}}},
        {"mark": note, "encoding": {"x": across, "text": {"field": "note"}}},
    ]
    size = _Size(width=230, height=34 * len(rows), left=246, right=80, top=4, bottom=4)
    return _chart(title, description, _spec(size, rows, {"y": down}, layers))


def line(title: str, description: str, points: Sequence[Point]) -> Chart:
    """A line over equal steps; a step without a value breaks it and says so."""
    values = [each.value for each in points]
    rows = [
        {
            **_row(each.label, "未采集" if each.value is None else f"{each.value:,}"), "value": each.value,
            **_beside_line(values, place),
        }
        for place, each in enumerate(points)
    ]  # fmt: skip
    top = max((each.value or 0 for each in points), default=0) or 1
    across = {
        "field": "place", "type": "ordinal", "axis": None,
        "scale": {"domain": _places(rows), "type": "point", "padding": 0.5},
    }  # fmt: skip
    up = {
        "field": "value", "type": "quantitative", "scale": {"domain": [0, top], "nice": False},
        "axis": {
            "labels": False, "ticks": False, "domain": False, "title": None,
            "gridColor": LINE, "tickCount": 4,
        },
    }  # fmt: skip
    value = {
        "type": "text",
        **{key: {"expr": f"datum.{key}"} for key in ("align", "dx", "dy")},
        "fontSize": 16,
        "fontWeight": "bold",
        "fill": INK,
        "baseline": "middle",
    }
    missing = {"type": "text", "y": 150, "dy": -16, "fontSize": 14, "fill": FAINT, "baseline": "middle"}
    week = {"type": "text", "y": 150, "dy": 38, "fontSize": 14, "fill": FAINT, "baseline": "middle"}
    path = {"type": "line", "invalid": "break-paths-show-domains"}
    measured, unmeasured = "datum.value !== null", "datum.value === null"
    layers: list[dict[str, Any]] = [
        {"mark": {**path, "stroke": ACCENT, "strokeWidth": 2.5},
         "encoding": {"y": up}},
        {"transform": [{"filter": measured}],
         "mark": {"type": "circle", "fill": ACCENT, "size": 90, "opacity": 1}, "encoding": {"y": up}},
        {"transform": [{"filter": measured}], "mark": value,
         "encoding": {"y": up, "text": {"field": "note"}}},
        {"transform": [{"filter": unmeasured}], "mark": missing, "encoding": {"text": {"field": "note"}}},
        {"mark": week, "encoding": {"text": {"field": "label"}}},
    ]  # fmt: skip
    size = _Size(width=480, height=150, left=20, right=20, top=34, bottom=54)
    return _chart(title, description, _spec(size, rows, {"x": across}, layers))


def _beside_line(values: Sequence[int | None], place: int) -> dict[str, Any]:
    """Where the number of a point stands: above, beside a steep line, or below where two come down."""
    value = values[place]
    if value is None:
        return {"align": "center", "dx": 0, "dy": -16}
    steep = STEEP * max(each or 0 for each in values)
    before, after = ((values[near] if 0 <= near < len(values) else None) for near in (place - 1, place + 1))
    left, right = (near is not None and near - value > steep for near in (before, after))
    if left and right:
        return {"align": "center", "dx": 0, "dy": 17}
    if left or right:
        return {"align": "left" if left else "right", "dx": 7 if left else -7, "dy": -12}
    return {"align": "center", "dx": 0, "dy": -16}


def tiles(title: str, description: str, entries: Sequence[Tile]) -> Chart:
    """A map of equal squares."""
    rows = [
        {
            **_row(each.label, each.note), "column": each.column, "line": each.row, "ink": each.ink,
            "colour": each.colour or "", "border": "#9ca3af",
            "empty": each.colour is None,
        }
        for each in entries
    ]  # fmt: skip
    columns = list(range(max((each.column for each in entries), default=0) + 1))
    lines = list(range(max((each.row for each in entries), default=0) + 1))
    cell = 64
    encoding = {
        "x": {
            "field": "column",
            "type": "ordinal",
            "axis": None,
            "scale": {"domain": columns, "padding": 0.08},
        },
        "y": {"field": "line", "type": "ordinal", "axis": None, "scale": {"domain": lines, "padding": 0.08}},
    }
    text = {"type": "text", "baseline": "middle"}
    square = {"type": "rect", "cornerRadius": 3, "strokeWidth": 1}
    layers: list[dict[str, Any]] = [
        {"transform": [{"filter": "!datum.empty"}], "mark": square,
         "encoding": {"fill": _as_given("colour"), "stroke": _as_given("border")}},
        {"transform": [{"filter": "datum.empty"}],
         "mark": {**square, "fill": "#ffffff", "stroke": "#9ca3af", "strokeDash": [3, 3]}},
        {"mark": {**text, "dy": -9, "fontSize": 20, "fontWeight": "bold"},
         "encoding": {"text": {"field": "label"}, "fill": _as_given("ink")}},
        {"mark": {**text, "dy": 15, "fontSize": 13},
         "encoding": {"text": {"field": "note"}, "fill": _as_given("ink")}},
    ]  # fmt: skip
    size = _Size(width=cell * len(columns), height=cell * len(lines), left=4, right=4, top=4, bottom=4)
    return _chart(title, description, _spec(size, rows, encoding, layers))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Size:
    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int


def _row(label: str, note: str) -> dict[str, Any]:
    return {"label": _short(visible(label)), "note": visible(note)}


def _short(label: str) -> str:
    # Measured by character, because a width in pixels would depend on the fonts at hand.
    width = 0
    for place, char in enumerate(label):
        width += 2 if east_asian_width(char) in "WFA" else 1
        if width > LABEL_WIDTH:
            return f"{label[:place]}…"
    return label


def _places(rows: Sequence[dict[str, Any]]) -> list[int]:
    # Two entries may carry the same label, so a place of its own tells them apart.
    for place, row in enumerate(rows):
        row["place"] = place
    return list(range(len(rows)))


def _as_given(field: str) -> dict[str, Any]:
    return {"field": field, "type": "nominal", "scale": None, "legend": None}


def _spec(
    size: _Size,
    rows: Sequence[Mapping[str, Any]],
    shared: Mapping[str, Any],
    layers: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": size.width,
        "height": size.height,
        "autosize": {"type": "none"},
        "padding": {"left": size.left, "right": size.right, "top": size.top, "bottom": size.bottom},
        "background": None,
        "data": {"values": list(rows)},
        "encoding": shared,
        "layer": list(layers),
        "config": {"font": _NO_FONT, "view": {"stroke": None}},
    }


def _chart(title: str, description: str, spec: Mapping[str, Any]) -> Chart:
    drawn = _drawn(json.dumps(spec))
    return Chart(title, description, sanitised(drawn, name=f"{title}。{description}"))


@lru_cache(maxsize=1024)
def _drawn(spec: str) -> str:
    """The same picture is wanted of many bureaus of which there is little to show, and takes long to draw."""
    svg: str = vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[])
    return svg.replace(f'font-family="{_NO_FONT}"', f'font-family="{escape(FONTS)}"')


def sanitised(svg: str, *, name: str) -> str:
    """`svg` with nothing but shapes and text in it, named `name` for those who hear it instead of seeing it.

    Raises:
        ValueError: the text is no SVG.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    drawing = etree.fromstring(svg.encode(), parser)
    if drawing.tag != f"{{{_SVG}}}svg":
        raise ValueError(f"an SVG was expected, not {drawing.tag!r}")
    for element in list(drawing.iter()):
        _strip(element)
    etree.cleanup_namespaces(drawing)
    drawing.set("role", "img")
    drawing.set("aria-label", visible(name))
    return str(etree.tostring(drawing, encoding="unicode"))


def _strip(element: Any) -> None:  # noqa: ANN401 - lxml has no public type for it
    tag = etree.QName(element).localname
    parent = element.getparent()
    if tag not in _ELEMENTS or etree.QName(element).namespace != _SVG:
        if parent is not None:
            parent.remove(element)
        return
    for attribute in list(element.attrib):
        if attribute not in _ATTRIBUTES or "url(" in element.attrib[attribute]:
            del element.attrib[attribute]
