"""Merged cells and heads, over tables that nobody would draw."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from crawlers.intake.rows import Row
from crawlers.intake.tables import Grid, Range, filled, find_head, rows_of

CELLS = st.sampled_from(["", " ", "岗位", "招聘人数", "学历", "专业", "其他条件", "护士", "备注：无", "合计"])
ROWS = st.integers(1, 6).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=8)
)
CORNERS = st.tuples(st.integers(0, 9), st.integers(0, 7))


@st.composite
def ranges(draw: st.DrawFn) -> list[Range]:
    pairs = draw(st.lists(st.tuples(CORNERS, st.integers(0, 3), st.integers(0, 3)), max_size=4))
    return [((row, column), (row + down, column + across)) for (row, column), down, across in pairs]


@given(ROWS, ranges())
def test_filling_merged_cells_keeps_what_the_cells_themselves_say(
    rows: list[list[str]], merged: list[Range]
) -> None:
    lines = list(filled(rows, merged))
    assert [line.number for line in lines] == [
        number for number, row in enumerate(rows, start=1) if any(cell.strip() for cell in row)
    ]
    for line in lines:
        own = rows[line.number - 1]
        assert len(line.cells) == len(own)
        assert all(cell == kept for cell, kept in zip(own, line.cells, strict=True) if cell)
        assert 0 <= line.parts <= sum(bool(cell.strip()) for cell in line.cells)


@given(ROWS, ranges())
def test_every_table_is_read_or_refused(rows: list[list[str]], merged: list[Range]) -> None:
    found = list(rows_of(Grid("a.xlsx:Sheet", rows, merged)))
    head = find_head(list(filled(rows, merged)))
    if head is not None and not head.repeated:
        names = {name for name in head.names if name}
        assert all(set(row.cells) == names for row in found if isinstance(row, Row))
    places = [each.place for each in found]
    assert len(places) == len(set(places)) <= len(rows)


def test_a_merged_cell_as_large_as_a_sheet_may_be_costs_no_more_than_its_rows() -> None:
    whole: Range = ((0, 0), (1_048_575, 16_383))
    (first, *rest) = filled([["a", ""], ["", "b"]], [whole] * 10_000)
    assert (first.cells, first.parts) == (["a", "a"], 1)
    assert [line.cells for line in rest] == [["a", "b"]]


def test_a_head_of_two_rows_is_no_head_with_a_first_row() -> None:
    """A row below a head with a gap is not taken for its second row."""
    for gap, value in product(("", " "), ("护士", "学历")):
        lines = list(filled([["招聘岗位", gap, "学历", "专业"], [value, "1", "大专", "护理"]]))
        head = find_head(lines)
        assert head is not None
        assert len(head.lines) == 1
