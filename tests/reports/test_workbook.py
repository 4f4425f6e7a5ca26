"""Cells of a workbook, read by two programs that had no part in writing it."""

from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from reports.templating import visible
from reports.workbook import LONGEST, Column, Link, Sheet, Value, workbook

FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@x",
    "\t=1",
    "\r=1",
    "＝1+1",
    '=HYPERLINK("http://x")',
    "{=1}",
    "1e5",
    "'=1",
    "https://x.example/",
)


def written(*rows: tuple[Value, ...], title: str = "t") -> bytes:
    width = max(len(row) for row in rows)
    sheet = Sheet(name="表", columns=[Column(f"列{place}", 9) for place in range(width)], rows=rows)
    return workbook([sheet], title=title, note="须经核查 & 待核", created=datetime(2026, 11, 22))  # noqa: DTZ001


def cells(file: bytes) -> list[Any]:
    """Those below the head, as openpyxl has them."""
    sheet = openpyxl.load_workbook(BytesIO(file))["表"]
    return [cell for row in sheet.iter_rows(min_row=2) for cell in row]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_looks_like_a_formula_is_text(text: str) -> None:
    (cell,) = cells(written((text,)))
    assert (cell.data_type, cell.value, cell.hyperlink) == ("s", visible(text), None)


@given(st.lists(st.text(min_size=1, max_size=40), min_size=1, max_size=20))
def test_any_text_comes_back_as_it_is_shown(texts: list[str]) -> None:
    (_, *rows) = (
        CalamineWorkbook.from_filelike(BytesIO(written(*((text,) for text in texts))))
        .get_sheet_by_index(0)
        .to_python(skip_empty_area=False)
    )
    assert [row[0] for row in rows] == [visible(text) for text in texts]


def test_numbers_days_and_nothing_have_their_types() -> None:
    count, rate, day, nothing, empty = cells(written((1234, 56.78, date(2026, 11, 20), None, "")))
    assert (count.value, count.data_type, count.number_format) == (1234, "n", "#,##0")
    assert (rate.value, rate.number_format) == (56.78, "#,##0.0")
    assert (day.value, day.data_type, day.number_format) == (datetime(2026, 11, 20), "d", "yyyy-mm-dd")  # noqa: DTZ001
    assert (nothing.value, empty.value) == (None, None)


def test_only_addresses_that_may_be_followed_are_links() -> None:
    good, bad = cells(
        written((Link("甲", "https://jobs.example/1?a=b#c"), Link("乙", "javascript:alert(1)")))
    )
    assert (good.value, good.hyperlink.target, good.hyperlink.location) == (
        "甲",
        "https://jobs.example/1?a=b",
        "c",
    )
    assert (bad.value, bad.data_type, bad.hyperlink) == ("乙（javascript:alert(1)）", "s", None)


def test_a_text_too_long_for_a_cell_is_cut_and_says_so() -> None:
    (cell,) = cells(written(("甲" * 40_000,)))
    assert cell.value == "甲" * LONGEST + "…"


def test_the_head_stays_in_sight_and_repeats_with_filters_over_all_rows() -> None:
    sheet = openpyxl.load_workbook(BytesIO(written(("a", 1), ("b", 2))))["表"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("A2", "A1:B3", "$1:$1")
    assert sheet.oddHeader is not None
    assert sheet.oddHeader.left.text == "须经核查 && 待核"


def test_a_wide_sheet_goes_over_several_pages_with_its_first_column_on_each() -> None:
    columns = [Column("案号", 22), *(Column(f"列{number}", 40) for number in range(6))]
    wide = Sheet(name="宽", columns=columns, rows=[("a",) * 7])
    file = workbook([wide], title="t", note="n", created=datetime.combine(date(2026, 1, 1), time()))
    sheet = openpyxl.load_workbook(BytesIO(file))["宽"]
    assert (sheet.freeze_panes, sheet.print_title_cols, sheet.page_setup.fitToWidth) == ("B2", "$A:$A", 2)


def test_the_same_cells_give_the_same_bytes_and_the_given_time() -> None:
    file = written(("a", 1), title="周报")
    assert file == written(("a", 1), title="周报")
    properties = openpyxl.load_workbook(BytesIO(file)).properties
    assert (properties.title, properties.created) == ("周报", datetime(2026, 11, 22))  # noqa: DTZ001
