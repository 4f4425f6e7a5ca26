"""The report as a workbook, read by two programs that had no part in writing it."""

import shutil
import subprocess
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from reports.templating import visible
from reports.weekly import xlsx
from reports.weekly.model import Edition, Report
from tests.processes import PATIENCE
from tests.reports.made_reports import report
from tests.reports.test_weekly_html import PAYLOADS

CASES: Final = "案件清单"
EVERY_SHEET: Final = "44,34,76,1,,0,false,true,false,false,false,-1"
"""For LibreOffice: a file in UTF-8 for each."""


@cache
def content(edition: Edition, *, attacked: bool = False) -> bytes:
    return xlsx.render(report(edition, attacked=attacked))


def lines(file: bytes, sheet: str) -> list[dict[str, Any]]:
    """The rows of a sheet by the titles of their columns."""
    head, *rows = CalamineWorkbook.from_filelike(BytesIO(file)).get_sheet_by_name(sheet).to_python()
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def test_every_case_has_a_row_with_its_numbers_and_words() -> None:
    found = lines(content("internal"), CASES)
    cases = report("internal").cases
    assert [row["案号"] for row in found] == [case.number for case in cases]
    assert [row["广告"] for row in found] == [case.ads for case in cases]
    assert [row["用人单位"] for row in found] == [case.employer for case in cases]
    assert [row["承办"] for row in found] == [case.handler for case in cases]
    assert all(row["证书"] in row["原文"] for row in found)


def test_a_term_is_a_day_and_an_ad_is_a_link() -> None:
    first = replace(report("internal").cases[0], due=date(2026, 11, 30))
    file = xlsx.render(replace(report("internal"), cases=(first,)))
    sheet = openpyxl.load_workbook(BytesIO(file))[CASES]
    row = dict(zip((cell.value for cell in sheet[1]), sheet[2], strict=True))
    assert row["期限"].value == datetime(2026, 11, 30)  # noqa: DTZ001 - a cell has no time zone
    link = row["广告链接 1"].hyperlink
    assert link is not None
    assert link.target == first.links[0].url
    assert row["案号"].data_type == "s"
    assert row["广告"].data_type == "n"


def test_the_tables_of_the_report_are_there() -> None:
    found = report("internal")
    file = content("internal")
    assert [row["线索"] for row in lines(file, "证书")] == [row.clues for row in found.qualifications]
    assert [row["每万条广告"] for row in lines(file, "地区")] == [
        row.rate.per_10000 if row.rate else "" for row in found.regions
    ]
    assert [row["来源"] for row in lines(file, "平台")] == [row.source for row in found.boards]
    assert [row["周期"] for row in lines(file, "总量")] == [str(row.period) for row in found.trend]
    facts = [row["内容"] for row in lines(file, "说明")]
    assert {found.number, *found.key_points} <= set(facts)
    assert "机器识别的疑似线索，须经核查，不构成违法认定" in facts


def test_the_public_edition_has_no_employer_name_or_link() -> None:
    book = openpyxl.load_workbook(BytesIO(content("public")))
    assert not {CASES, "挂靠与招转培提示", "未收录名称"} & set(book.sheetnames)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.hyperlink or "有限公司" in str(cell.value)]


def test_hostile_text_is_text_in_every_cell() -> None:
    book = openpyxl.load_workbook(BytesIO(content("internal", attacked=True)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    said = {cell.value for cell in cells}
    assert {visible(payload) for payload in PAYLOADS} <= said
    links = [str(cell.hyperlink.target) for cell in cells if cell.hyperlink]
    assert not [link for link in links if not link.startswith(("http://", "https://"))]


def test_an_empty_week_is_a_workbook_that_says_so() -> None:
    empty: Report = replace(
        report("internal"), empty=True, cases=(), hints=(), regions=(), boards=(), qualifications=()
    )
    file = xlsx.render(empty)
    assert lines(file, CASES) == []
    assert lines(file, "说明")


def test_the_same_report_gives_the_same_bytes() -> None:
    assert xlsx.render(report("internal")) == content("internal")


@pytest.mark.skipif(
    not shutil.which("soffice") or not Path("/usr/lib/libreoffice/program/libsclo.so").exists(),
    reason="LibreOffice Calc is not installed",
)
def test_libreoffice_shows_formulas_as_text(tmp_path: Path) -> None:
    first = replace(report("internal").cases[0], employer='=HYPERLINK("http://evil.example")', place="+1+1")
    file = tmp_path / "weekly.xlsx"
    file.write_bytes(xlsx.render(replace(report("internal"), cases=(first,))))
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    subprocess.run(
        [*command, "--convert-to", f"csv:Text - txt - csv (StarCalc):{EVERY_SHEET}", file.name],
        cwd=tmp_path, check=True, capture_output=True, timeout=PATIENCE,
    )  # fmt: skip
    said = (tmp_path / f"weekly-{CASES}.csv").read_text(encoding="utf-8")
    assert '"=HYPERLINK(""http://evil.example"")"' in said
    assert "+1+1" in said
