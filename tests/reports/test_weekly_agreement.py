"""What all formats of a report must say alike, as programs read them that had no part in making them."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any, Final

import openpyxl
import pytest
from lxml import html

from reports.weekly.html import render as page
from reports.weekly.model import Edition, Report
from tests.reports import test_weekly_docx, test_weekly_pdf, test_weekly_xlsx
from tests.reports.made_reports import report

GLOSSARY: Final = "疑似线索", "水平评价类", "无依据上岗证", "辖区不明"


def plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace(",", "")


def of_page(edition: Edition) -> str:
    tree: Any = html.fromstring(page(report(edition)).decode())
    return plain(tree.find("body").text_content())


def of_document(edition: Edition) -> str:
    return plain(test_weekly_docx.words(test_weekly_docx.body(test_weekly_docx.content(edition))))


def of_pdf(edition: Edition) -> str:
    return plain(test_weekly_pdf.words(test_weekly_pdf.content(edition)))


def of_workbook(edition: Edition) -> str:
    book = openpyxl.load_workbook(BytesIO(test_weekly_xlsx.content(edition)), read_only=True)
    cells = (cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    return plain("\n".join(str(cell) for cell in cells if cell is not None))


PAGES: Final[Mapping[str, Callable[[Edition], str]]] = {
    "html": of_page, "docx": of_document, "pdf": of_pdf,
}  # fmt: skip
ALL: Final = {**PAGES, "xlsx": of_workbook}


def method_of(found: Report) -> list[str]:
    """What the reader must know of how the figures were come by."""
    rules = [part for each in found.coverage.rules for part in (each.edition, each.rules_version[:12])]
    return [found.coverage.method_change, found.coverage.precision, *rules]


@pytest.mark.parametrize("edition", ["internal", "public"])
@pytest.mark.parametrize("name", ALL)
def test_every_format_has_the_key_points_the_method_and_the_number(name: str, edition: Edition) -> None:
    said, found = ALL[name](edition), report(edition)
    assert found.key_points
    for told in (*found.key_points, *method_of(found), found.number, found.bureau):
        assert plain(told) in said


@pytest.mark.parametrize("edition", ["internal", "public"])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_the_figures_the_glossary_and_the_texts(name: str, edition: Edition) -> None:
    said, found = PAGES[name](edition), report(edition)
    for figure in found.figures:
        assert plain(f"{figure.label}{figure.value}{figure.unit}") in said
    for told in (*GLOSSARY, *(text.citation for text in found.legal)):
        assert plain(told) in said


@pytest.mark.parametrize("edition", ["internal", "public"])
def test_the_workbook_has_the_same_totals_as_the_page(edition: Edition) -> None:
    rows = test_weekly_xlsx.lines(test_weekly_xlsx.content(edition), "总量")
    told = [(row["周期"], row["广告"], row["疑似线索"] or 0, row["新立"], row["期末在办"]) for row in rows]
    points = report(edition).trend
    assert told == [(str(each.period), each.ads, each.clues, each.opened, each.open_cases) for each in points]
