"""What a sheet hides, in workbooks as several programs write them."""

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.intake.hidden import Hidden, hidden_in
from crawlers.intake.readers import read_rows
from crawlers.intake.rows import IntakeError
from crawlers.intake.source import open_source
from crawlers.intake.tables import Line, filled

NAMESPACES = (
    'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


def book(file: Path, sheet: str, *, target: str = "worksheets/sheet1.xml", entities: str = "") -> Path:
    with zipfile.ZipFile(file, "w") as archive:
        sheets = '<sheets><sheet name="岗位表" sheetId="1" r:id="rId1"/></sheets>'
        archive.writestr("xl/workbook.xml", f"{entities}<workbook {NAMESPACES}>{sheets}</workbook>")
        relations = f'<Relationships><Relationship Id="rId1" Target="{target}"/></Relationships>'
        archive.writestr("xl/_rels/workbook.xml.rels", relations)
        archive.writestr("xl/worksheets/sheet1.xml", f"<worksheet {NAMESPACES}>{sheet}</worksheet>")
    return file


def hidden(file: Path) -> Hidden:
    with zipfile.ZipFile(file) as archive:
        return hidden_in(archive)["岗位表"]


@pytest.mark.parametrize("target", ["worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml"])
def test_rows_and_columns_as_programs_write_them(tmp_path: Path, target: str) -> None:
    sheet = (
        '<cols><col min="2" max="3" hidden="true"/><col min="5" max="5" width="9"/></cols><sheetData>'
        '<row r="2" hidden=\'1\'/><row><c/></row><row hidden="1"><c/></row>'
        '<row r="9" hidden="0"/></sheetData><rowBreaks hidden="1"/>'
    )
    found = hidden(book(tmp_path / "a.xlsx", sheet, target=target))
    assert (found.rows, found.columns) == ({2, 4}, {1, 2})


def test_a_tag_that_is_read_in_two_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawlers.intake.hidden._CHUNK", 7)
    rows = "".join(
        f'<row r="{number}" hidden="{number % 2}"><c><v>1</v></c></row>' for number in range(1, 30)
    )
    assert hidden(book(tmp_path / "a.xlsx", rows)).rows == set(range(1, 30, 2))


def test_a_workbook_of_another_kind_hides_nothing_that_we_know_of(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("content.xml", "")
        assert hidden_in(archive) == {}


@pytest.mark.parametrize(
    "sheet",
    ['<row r="x" hidden="1"/>', '<cols><col hidden="1"/></cols>', '<col min="1" max="q" hidden="1"/>'],
)
def test_a_workbook_that_cannot_be_understood_is_refused(tmp_path: Path, sheet: str) -> None:
    file = book(tmp_path / "a.xlsx", sheet)
    with open_source(file) as source, pytest.raises(IntakeError, match="damaged workbook"):
        list(read_rows(source))


def test_many_ranges_are_cut_short() -> None:
    found = Hidden(rows=set(range(1, 60, 2)))
    seen = list(found.visible(Line(number, ["a"], 1) for number in range(1, 61)))
    assert [line.number for line in seen] == list(range(2, 61, 2))
    told = found.told("a.xlsx:Sheet")
    assert told is not None
    assert told.reason.startswith("the sheet hides 30 of its rows (1, 3, 5, ")
    assert "19 …" in told.reason


def test_a_merged_cell_shows_what_it_says_where_it_begins_to_be_seen() -> None:
    (line,) = Hidden(columns={0, 1}).visible(filled([["甲院", "", "", "护士"]], [((0, 0), (0, 2))]))
    assert (line.cells, line.parts, line.spread) == (["", "", "甲院", "护士"], 2, frozenset())


@given(
    st.lists(st.lists(st.sampled_from(["", "a", "b"]), min_size=3, max_size=3), max_size=8),
    st.sets(st.integers(1, 8)),
    st.sets(st.integers(0, 2)),
)
def test_nothing_that_is_seen_is_lost(rows: list[list[str]], lines: set[int], columns: set[int]) -> None:
    seen = list(Hidden(rows=lines, columns=columns).visible(filled(rows)))
    expected = {
        number: ["" if at in columns else cell for at, cell in enumerate(row)]
        for number, row in enumerate(rows, start=1)
        if number not in lines
    }
    assert {line.number: list(line.cells) for line in seen} == {
        number: row for number, row in expected.items() if any(row)
    }
    assert all(line.parts == sum(map(bool, line.cells)) for line in seen)
