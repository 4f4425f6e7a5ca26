"""`qingdan notices`, from draft to files, and the files as other programs open them."""

import csv
import json
from datetime import date, timedelta
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


def later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    monkeypatch.setattr("cli.notices.now_in_china", lambda: WEDNESDAY + timedelta(days=days))


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
    *_, last, bureau, day = letter.paragraphs
    assert [each.style and each.style.name for each in (bureau, day)] == ["Signature"] * 2
    assert (last.paragraph_format.keep_with_next, day.text) == (True, "2026年11月18日")  # on one page with it
    assert "Addressee" in {each.style.name for each in letter.paragraphs if each.style}
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


def fill_in(file: Path, *answers: tuple[str | date, ...]) -> None:
    """Fill in the list as a platform does, a row for each of `answers`."""
    book = openpyxl.load_workbook(file)
    for row, answer in enumerate(answers, start=2):
        for column, value in enumerate(answer, start=11):
            book["清单"].cell(row, column).value = value
    book.save(file)


def test_a_list_that_came_back_is_taken_row_by_row(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    approved(open_database(), 1, 2, 3, 4)
    run(*DRAFT)
    run(*ISSUE)
    later(monkeypatch, 2)
    file = home / "notices" / NUMBER / "list.xlsx"
    fill_in(
        file,
        ("已删除", date(2026, 11, 19), "王合规"),
        ("也许", "2026-11-19", "王合规"),
        ("不同意", "2026/11/19", "王合规"),
    )
    taken = run("import", NUMBER, str(file), "--by", "赵承办")
    assert taken.exit_code == 1
    assert "1 answers taken, 0 known, 2 problems" in taken.output
    assert "list.xlsx:清单!3: 处置结果: '也许' is none of 已警示" in taken.output
    assert "list.xlsx:清单!4: 说明: disagreed needs a reason" in taken.output
    fill_in(
        file,
        ("已删除", date(2026, 11, 19), "王合规"),
        ("未找到", "2026年11月19日", "王合规"),
        ("不同意", "2026/11/19", "王合规", "是岗位法定要求"),
    )
    mended = run("import", NUMBER, str(file), "--by", "赵承办")
    assert (mended.exit_code, mended.output) == (0, "2 answers taken, 1 known, 0 problems\n")
    shown = run("show", NUMBER).output
    assert "平台称 已删除（2026-11-19，王合规）；本系统所见" in shown
    assert "平台称 不同意（2026-11-19，王合规）：是岗位法定要求" in shown
    assert "3/4 条已答复" in shown
    # What came back is kept as it came.
    run("show", NUMBER, "--out", str(home / "kept"))
    kept = [each.read_bytes() for each in (home / "kept" / NUMBER).glob("reply-*.xlsx")]
    assert file.read_bytes() in kept
    assert len(kept) == 2


def test_a_csv_list_tells_what_is_wrong_with_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    approved(open_database(), 1, 2)
    run(*DRAFT)
    run(*ISSUE)
    later(monkeypatch, 2)
    file = home / "back.csv"
    head = "序号,广告编号,处置结果,处置日期,经办人,说明"
    rows = (
        "1,A1,已删除,2026-11-19,王合规,",
        "1,A1,已警示,2026-11-19,王合规,",
        "2,A9,已删除,2026-11-30,,",
        "x,,已删除,,,",
    )
    file.write_text("\n".join([head, *rows, "x,,已删除,,,"]), encoding="gb18030")
    told = run("import", NUMBER, str(file), "--by", "赵承办").output
    assert "1 answers taken" in told
    for words in (
        "back.csv:3: 序号: 1 stands at back.csv:2 already",
        "back.csv:4: 处置日期: 2026-11-30 is not from 2026-11-18 to 2026-11-20",
        "back.csv:4: 经办人: who says so has to be named",
        "back.csv:4: 广告编号: item 2 is 'A2', the row says 'A9'",
        "back.csv:5: 序号: 'x' is no number",
    ):
        assert words in told
    file.write_text("序号,结果\n1,已删除\n")
    assert "处置结果: the column is missing" in run("import", NUMBER, str(file), "--by", "赵承办").output


def test_an_answer_by_hand_and_what_is_overdue(monkeypatch: pytest.MonkeyPatch) -> None:
    approved(open_database(), 1, 2)
    run(*DRAFT)
    said = "--said-by", "王合规", "--by", "赵承办"
    early = run("reply", NUMBER, "1", "--outcome", "removed", "--on", "2026-11-19", *said)
    assert f"{NUMBER} is draft; only what was issued is answered" in early.output
    run(*ISSUE)
    later(monkeypatch, 8)
    assert (run("overdue").exit_code, f"{NUMBER}  已签发" in run("overdue").output) == (1, True)
    assert run("overdue", "--bureau", "310000").output == "nothing is overdue\n"
    for item in "12":
        answered = run("reply", NUMBER, item, "--outcome", "removed", "--on", "2026-11-19", *said)
        assert answered.output == f"{NUMBER} item {item}: 已删除\n"
    assert run("overdue").output == "nothing is overdue\n"
    assert (
        "place: 330000-P-2026-1 has the items 1 to 2"
        in run("reply", NUMBER, "9", "--outcome", "removed", "--on", "2026-11-19", *said).output
    )


def test_a_reminder_from_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    approved(open_database(), 1)
    run(*DRAFT)
    run(*ISSUE)
    remind = ("remind", NUMBER, "--by", "张处长", "--why", "逾期未答复")
    early = run(*remind)
    assert (early.exit_code, "is not past its day (2026-11-25)" in early.output) == (1, True)
    later(monkeypatch, 8)
    assert f"{NUMBER}-R1: reminded of 1 ads, answer due by 2026-12-01" in run(*remind).output
    assert f"催办 {NUMBER}-R1 张处长：逾期未答复  1 条  限 2026-12-01 前答复" in run("show", NUMBER).output
    assert "no notice x" in run("remind", "x", *remind[2:]).output


def test_a_token_of_a_platform_is_shown_once_and_revoked() -> None:
    given = run("token", "add", "demo", "--for", "合规系统", "--by", "root")
    token_id = given.stderr.split()[1]
    assert given.exit_code == 0
    listed = run("token", "list").output
    assert f"{token_id}  answers  demo  合规系统  until " in listed
    assert given.stdout.strip() not in listed
    assert (
        f"token {token_id} of board demo is revoked"
        in run("token", "revoke", token_id, "--by", "root").output
    )
    assert "  revoked " in run("token", "list").output
    unknown = run("token", "add", "nowhere", "--for", "x", "--by", "root")
    assert (unknown.exit_code, "nowhere is not among the boards" in unknown.output) == (2, True)
