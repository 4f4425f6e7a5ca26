"""`qingdan notices`, from draft to files, and the files as other programs open them."""

import csv
import json
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from docx import Document

from cli.notices import command
from cli.wiring import open_database
from tests.factory import WEDNESDAY
from tests.noticed import NUMBER, approve, approved
from tests.recorded import add, violation

HOSTILE = '=HYPERLINK("http://evil.example")<b>\u202e会计'
WHY = ("--why", "经两人复核")
DRAFT = ("draft", "--bureau", "330000", "--board", "demo", "--by", "李起草", *WHY)
ISSUE = ("issue", NUMBER, "--by", "张处长", *WHY)


@pytest.fixture(autouse=True)
def on_wednesday(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    assert home.is_dir()
    monkeypatch.setattr("cli.notices.now_in_china", lambda: WEDNESDAY)


def run(*words: str) -> Result:
    return CliRunner().invoke(command, words)


def test_a_notice_from_draft_to_files(home: Path) -> None:
    assert "no notices yet" in run("list").output
    add(open_database(), violation(1, source="demo", division="330100", title=HOSTILE, url="javascript:1"))
    approved(open_database(), 2)
    drafted = run(*DRAFT)
    assert f"{NUMBER}  待签发  演示招聘网  2 条" in drafted.output
    alone = run("issue", NUMBER, "--by", "李起草", *WHY)
    assert (alone.exit_code, "issuing it is for somebody else" in alone.output) == (1, True)
    issued = run(*ISSUE)
    place = home / "notices" / NUMBER
    assert f"{NUMBER} issued: 2 ads, answer due by 2026-11-25: {place}" in issued.output
    assert (
        "已签发  演示招聘网  0/2 条已答复  限 2026-11-25 前答复" in run("list", "--bureau", "330000").output
    )
    assert "no notices yet" in run("list", "--bureau", "310000").output
    assert "“须持有会计从业资格证”  QD-330100-2026-" in run("show", NUMBER).output
    before = {file.name: file.read_bytes() for file in place.iterdir()}
    assert set(before) == {"letter.docx", "list.xlsx", "list.csv", "list.json", "manifest.json"}
    approve(open_database())
    again = run("show", NUMBER, "--out", str(home / "again"))
    assert again.exit_code == 0
    assert {file.name: file.read_bytes() for file in (home / "again" / NUMBER).iterdir()} == before
    letter = Document(str(place / "letter.docx"))
    words = "\n".join(paragraph.text for paragraph in letter.paragraphs)
    cells = [cell.text for row in letter.tables[0].rows for cell in row.cells]
    assert "请于 2026年11月25日（含当日）前" in words
    assert "人社厅发〔2025〕60号" in words
    assert any("[U+202E]会计" in cell for cell in cells)
    assert not [
        link for link in letter.part.rels.values() if link.is_external and "javascript" in link.target_ref
    ]
    sheet = openpyxl.load_workbook(BytesIO(before["list.xlsx"]))["清单"]
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {"s", "n"}
    rows = list(csv.DictReader(before["list.csv"].decode("utf-8-sig").splitlines()))
    assert [row["请求措施"] for row in rows] == ["撤销删除"] * 2
    assert not [value for row in rows for value in row.values() if value.startswith("=")]
    told = json.loads(before["list.json"])
    assert (told["number"], told["due"], len(told["items"])) == (NUMBER, "2026-11-25", 2)
    assert {item["measure"] for item in told["items"]} == {"remove"}


def test_a_draft_may_be_dropped() -> None:
    approved(open_database(), 1)
    run(*DRAFT)
    assert run("drop", NUMBER, "--by", "李起草", *WHY).output == f"{NUMBER} dropped\n"
    assert f"{NUMBER}  已作废" in run("list").output
    assert "dropped, no draft" in run(*ISSUE).output


@pytest.mark.parametrize(
    "words", [("show", "X"), ("issue", "X", "--by", "甲", *WHY), ("drop", "X", "--by", "甲", *WHY)]
)
def test_a_number_that_is_none_is_told(words: tuple[str, ...]) -> None:
    found = run(*words)
    assert (found.exit_code, "no notice X; see: qingdan notices list" in found.output) == (1, True)
