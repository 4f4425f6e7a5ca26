"""Merged cells and heads, over tables that nobody would draw."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from crawlers.intake.rows import Row
from crawlers.intake.tables import Range, filled, find_head, rows_of

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
    found = list(rows_of("a.xlsx:Sheet", filled(rows, merged)))
    lines = list(filled(rows, merged))
    heads = [head for at in range(len(lines)) if (head := find_head(lines[at:])) is not None]
    if heads and not heads[0].repeated:
        names = [{name for name in head.names if name} for head in heads]
        assert all(set(row.cells) in names for row in found if isinstance(row, Row))
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


THREE = [
    ["某市事业单位公开招聘岗位表", "", "", "", "", "", ""],
    ["单位", "招聘岗位", "", "招聘条件", "", "", "备注"],
    ["", "岗位名称", "招聘人数", "学历学位", "", "其他条件", ""],
    ["", "", "", "学历", "学位", "", ""],
    ["市医院", "护士", "2", "本科", "学士", "护士执业证", ""],
]
MERGED_IN_THREE: list[Range] = [
    ((0, 0), (0, 6)), ((1, 0), (3, 0)), ((1, 1), (1, 2)), ((1, 3), (1, 5)), ((1, 6), (3, 6)),
    ((2, 1), (3, 1)), ((2, 2), (3, 2)), ((2, 3), (2, 4)), ((2, 5), (3, 5)),
]  # fmt: skip


def test_a_head_of_three_rows() -> None:
    (row,) = rows_of("a.xlsx:Sheet", filled(THREE, MERGED_IN_THREE))
    assert isinstance(row, Row)
    assert row.title == "某市事业单位公开招聘岗位表"
    assert {name: value for name, value in row.cells.items() if value} == {
        "单位": "市医院",
        "岗位名称": "护士",
        "招聘人数": "2",
        "学历": "本科",
        "学位": "学士",
        "其他条件": "护士执业证",
    }


def test_tables_below_each_other_have_their_own_heads() -> None:
    sheet = [
        ["一、市直单位", "", "", "", "", ""],
        ["单位", "岗位", "招聘人数", "学历", "其他条件", ""],
        ["市医院", "护士", "2", "本科", "护士执业证", ""],
        ["二、县直单位", "", "", "", "", ""],
        ["主管部门", "单位", "岗位", "招聘人数", "学历", "其他条件"],
        ["县卫健局", "县医院", "医师", "1", "研究生", "执业医师证"],
        ["单位", "岗位", "招聘人数", "其他条件", "专业", "学历"],
        ["县中学", "教师", "1", "教师资格证", "数学", "本科"],
    ]
    rows = [row for row in rows_of("a.xlsx:Sheet", filled(sheet)) if isinstance(row, Row)]
    assert [row.place for row in rows] == ["a.xlsx:Sheet!3", "a.xlsx:Sheet!6", "a.xlsx:Sheet!8"]
    assert [(row.cells["单位"], row.cells["岗位"], row.cells["其他条件"]) for row in rows] == [
        ("市医院", "护士", "护士执业证"),
        ("县医院", "医师", "执业医师证"),
        ("县中学", "教师", "教师资格证"),
    ]
    assert [row.title.splitlines()[0] for row in rows[:2]] == ["一、市直单位", "二、县直单位"]


def test_a_row_whose_words_are_those_of_heads_is_no_head() -> None:
    sheet = [
        ["单位", "岗位", "招聘人数", "学历", "专业", "年龄"],
        ["市医院", "管理岗位", "2", "大专以上学历", "护理专业", "年龄35岁以下"],
    ]
    (row,) = rows_of("a.xlsx:Sheet", filled(sheet))
    assert isinstance(row, Row)
    assert row.cells["岗位"] == "管理岗位"


def test_a_further_head_that_names_a_column_twice_ends_the_reading_by_name() -> None:
    sheet = [
        ["单位", "岗位", "招聘人数", "学历"],
        ["市医院", "护士", "2", "本科"],
        ["单位", "岗位", "招聘人数", "岗位"],
        ["县医院", "护士", "2", "x"],
    ]
    row, refused = rows_of("a.xlsx:Sheet", filled(sheet))
    assert isinstance(row, Row)
    assert not isinstance(refused, Row)
    assert "more than once" in refused.reason
