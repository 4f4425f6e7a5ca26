"""Position tables in PDF and Word documents, whole, torn by pages, and hostile."""

import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Table

import crawlers.intake.docx
import crawlers.intake.pdf
from crawlers.intake.pdf_pages import MAX_PAGES, unwrapped
from crawlers.intake.readers import read_rows
from crawlers.intake.rows import IntakeError, Row
from crawlers.intake.source import open_source
from store.intake import Refusal
from tests.crawlers.documents import Cell, docx, pdf, pdf_table

TITLE = "石家庄市2026年事业单位公开招聘岗位表"
UPPER = ["单位名称", "岗位代码", "招聘岗位", "招聘岗位条件", "", "招聘人数"]
LOWER = ["", "", "", "学历", "其他条件", ""]
NURSE = ["市第一医院", "0101", "护士", "大专", "具有护士执业资格证书，三十五周岁及以下", "2"]
CLERK = ["", "0102", "会计", "本科", "1.会计学；<br/>2.不限", "1"]
HEAD_SPANS = [((0, 0), (0, 1)), ((1, 0), (1, 1)), ((2, 0), (2, 1)), ((3, 0), (4, 0)), ((5, 0), (5, 1))]
NURSE_CELLS = {
    "单位名称": "市第一医院",
    "岗位代码": "0101",
    "招聘岗位": "护士",
    "学历": "大专",
    "其他条件": "具有护士执业资格证书，三十五周岁及以下",
    "招聘人数": "2",
}
CLERK_CELLS = NURSE_CELLS | {
    "岗位代码": "0102",
    "招聘岗位": "会计",
    "学历": "本科",
    "其他条件": "1.会计学；\n2.不限",
    "招聘人数": "1",
}


def read(file: Path) -> list[Row | Refusal]:
    with open_source(file) as source:
        return list(read_rows(source))


def rows(found: Sequence[Row | Refusal]) -> list[Row]:
    assert [each for each in found if isinstance(each, Refusal)] == []
    return [each for each in found if isinstance(each, Row)]


def test_a_pdf_table_with_wrapped_and_merged_cells(tmp_path: Path) -> None:
    table = pdf_table([UPPER, LOWER, NURSE, CLERK], *HEAD_SPANS, ((0, 2), (0, 3)))
    found = rows(read(pdf(tmp_path / "a.pdf", TITLE, table)))
    assert [dict(row.cells) for row in found] == [NURSE_CELLS, CLERK_CELLS]
    assert [row.place for row in found] == ["a.pdf:page 1!3", "a.pdf:page 1!4"]
    assert {row.title for row in found} == {TITLE}


@pytest.mark.parametrize("repeat", [0, 2], ids=["headless", "head-repeated"])
def test_a_pdf_table_goes_on_over_pages(tmp_path: Path, repeat: int) -> None:
    positions = [[f"第{n // 6}医院", f"{n:04}", *NURSE[2:]] for n in range(30)]
    table = pdf_table([UPPER, LOWER, *positions], *HEAD_SPANS, repeat=repeat)
    found = rows(read(pdf(tmp_path / "a.pdf", TITLE, table, "备注：解释权归本单位。")))
    assert [row.cells["岗位代码"] for row in found] == [f"{n:04}" for n in range(30)]
    assert [row.cells["单位名称"] for row in found] == [f"第{n // 6}医院" for n in range(30)]
    assert {row.title for row in found} == {TITLE}
    assert not found[-1].place.startswith("a.pdf:page 1!")


def test_what_the_end_of_a_page_has_torn_is_put_together(tmp_path: Path) -> None:
    rest = ["", "", "", "", "，具有驾驶证", ""]
    merged = ["", "0103", "", "本科", "不限", "1"]
    pages: list[str | Table | None] = [
        TITLE,
        pdf_table([UPPER, LOWER, NURSE], *HEAD_SPANS),
        None,
        "第 2 页，共 2 页",
        pdf_table(
            [
                ["", "", "", "以上", "，具有驾驶证", ""],
                merged,
                ["乙医院", "0104", "医师", "本科", "不限", "1"],
            ]
        ),
    ]
    found = rows(read(pdf(tmp_path / "a.pdf", *pages)))
    assert found[0].cells["其他条件"] == NURSE_CELLS["其他条件"] + rest[4]
    assert [(row.cells["单位名称"], row.cells["招聘岗位"], row.cells["岗位代码"]) for row in found] == [
        ("市第一医院", "护士", "0101"),
        ("市第一医院", "护士", "0103"),
        ("乙医院", "医师", "0104"),
    ]


def test_other_tables_of_a_document_are_seen_by_a_person(tmp_path: Path) -> None:
    schedule = pdf_table([["时间", "地点", "事项"], ["1日", "一楼", "报名"], ["2日", "二楼", "笔试"]])
    table = pdf_table([UPPER, LOWER, NURSE], *HEAD_SPANS)
    refused, row = read(pdf(tmp_path / "a.pdf", schedule, TITLE, table))
    assert isinstance(refused, Refusal)
    assert (refused.place, refused.excerpt) == ("a.pdf:page 1 table 1", "时间 | 地点 | 事项")
    assert isinstance(row, Row)
    assert (row.place, row.title) == ("a.pdf:page 1 table 2!3", TITLE)


def test_a_table_as_wide_behind_other_words_does_not_go_on(tmp_path: Path) -> None:
    head: list[list[Cell]] = [["单位名称", "招聘岗位", "学历", "专业"], ["甲校", "教师", "本科", "数学"]]
    people: list[list[Cell]] = [
        ["张三", "甲校", "80", "是"],
        ["李四", "甲校", "79", "否"],
        ["王五", "乙校", "1", "否"],
    ]
    torn: list[list[Cell]] = [["乙校", "教师", "本科", "几何"]]
    row, further, refused = read(docx(tmp_path / "a.docx", head, torn, "成绩如下", people))
    assert isinstance(row, Row)
    assert isinstance(further, Row)
    assert (row.cells["专业"], further.cells["专业"]) == ("数学", "几何")
    assert isinstance(refused, Refusal)
    assert refused.place == "a.docx:table 3"


def scan(canvas: Canvas) -> None:
    canvas.drawInlineImage(Image.new("1", (100, 100)), 50, 50)
    canvas.showPage()


def test_a_scan_is_refused_by_name(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"))
    scan(canvas)
    canvas.save()
    with pytest.raises(IntakeError, match=r"a\.pdf: no text; a scan has to be read by a person"):
        read(tmp_path / "a.pdf")


def test_a_scanned_page_among_others_is_seen_by_a_person(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"))
    table = pdf_table([["Post", "b"], ["c", "d"]])
    table.wrapOn(canvas, 400, 400)
    table.drawOn(canvas, 50, 500)
    canvas.showPage()
    scan(canvas)
    canvas.save()
    (refused,) = read(tmp_path / "a.pdf")
    assert isinstance(refused, Refusal)
    assert (refused.place, refused.reason.partition(";")[0]) == ("a.pdf:page 2", "no text on the page")


def content_stream(file: Path, content: bytes) -> Path:
    """A PDF with one page, whose content is given compressed."""
    pieces = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 500 500]/Contents 4 0 R>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(content), content),
    ]
    objects = b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, each) for n, each in enumerate(pieces, start=1))
    file.write_bytes(b"%PDF-1.4\n" + objects + b"trailer<</Root 1 0 R/Size 5>>\n%%EOF\n")
    return file


def test_a_pdf_that_unpacks_without_end_does_not_fill_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crawlers.intake.pdf, "MAX_MEMORY", 400 * 1024**2)
    packer = zlib.compressobj(1)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(300)) + packer.flush()
    with pytest.raises(IntakeError, match=r"Unable to allocate|MemoryError"):
        read(content_stream(tmp_path / "a.pdf", bomb))


def test_a_pdf_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawlers.intake.pdf, "MAX_SECONDS", 2)
    endless = zlib.compress(b"0 0 m 9 9 l S\n" * 2_000_000)
    with pytest.raises(IntakeError, match=r"more memory or time|takes longer than 2 s"):
        read(content_stream(tmp_path / "a.pdf", endless))


def test_a_pdf_of_too_many_pages_is_refused(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"))
    for _ in range(MAX_PAGES + 1):
        canvas.showPage()
    canvas.save()
    with pytest.raises(IntakeError, match="more than 1,000 pages"):
        read(tmp_path / "a.pdf")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<html>", "no PDF"),
        (b"%PDF-1.4\nnothing", "damaged or locked"),
        (b"%PDF-1.4\n%%EOF", "damaged or locked"),
    ],
)
def test_what_is_no_pdf_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "a.pdf").write_bytes(content)
    with pytest.raises(IntakeError, match=told):
        read(tmp_path / "a.pdf")


def test_a_pdf_without_a_table_is_no_notice_of_positions(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="no table on its pages"):
        read(pdf(tmp_path / "a.pdf", TITLE))


@pytest.mark.parametrize(
    ("wrapped", "whole"),
    [
        ("本科及\n以上", "本科及以上"),
        ("Microsoft\nOffice", "Microsoft Office"),
        ("CET-\n4级", "CET-4级"),
        ("身高\n1.65米", "身高1.65米"),
        ("1.本科；\n2.有\n证", "1.本科；\n2.有证"),
        ("要求：\n（一）本科\n（二）有证", "要求：\n（一）本科\n（二）有证"),
    ],
)
def test_a_wrapped_cell_is_one_line_for_each_item(wrapped: str, whole: str) -> None:
    assert unwrapped(wrapped) == whole


@given(st.text(alphabet="本科A1.、\n 证", max_size=40))
def test_unwrapping_loses_no_sign(cell: str) -> None:
    assert "".join(unwrapped(cell).split()) == "".join(cell.split())


RESTART, GOES_ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"


def test_a_word_table_with_merged_cells(tmp_path: Path) -> None:
    head: list[list[Cell]] = [
        [("单位名称", RESTART), ("岗位代码", RESTART), ("招聘岗位", RESTART),
         ("招聘岗位条件", '<w:gridSpan w:val="2"/>'), ("招聘人数", RESTART)],
        [("", GOES_ON), ("", GOES_ON), ("", GOES_ON), "学历", "其他条件", ("", GOES_ON)],
    ]  # fmt: skip
    body: list[list[Cell]] = [
        [("市第一医院", RESTART), *NURSE[1:]],
        [("", GOES_ON), *CLERK[1:4], "1.会计学；\n2.不限", "1"],
    ]
    nested = docx(tmp_path / "a.docx", "附件1", TITLE, [*head, *body], "联系电话见公告", [["签名"]])
    found = rows(read(nested))
    assert [dict(row.cells) for row in found] == [NURSE_CELLS, CLERK_CELLS]
    assert (found[0].place, found[0].title) == ("a.docx:table 1!3", f"附件1\n{TITLE}")


def test_a_table_inside_one_for_the_layout_is_read(tmp_path: Path) -> None:
    inner: list[Sequence[str]] = [["单位名称", "招聘岗位", "学历", "专业"], ["甲校", "教师", "本科", "数学"]]
    layout: list[list[Cell]] = [[TITLE], [inner]]
    (row,) = rows(read(docx(tmp_path / "a.docx", layout)))
    assert (row.cells["招聘岗位"], row.title) == ("教师", TITLE)


def test_a_table_inside_a_position_is_part_of_its_text(tmp_path: Path) -> None:
    inner: list[Sequence[str]] = [["教师资格证"], ["普通话二级"]]
    table: list[list[Cell]] = [["单位名称", "招聘岗位", "学历", "其他条件"], ["甲校", "教师", "本科", inner]]
    (row,) = rows(read(docx(tmp_path / "a.docx", table)))
    assert "".join(str(row.cells["其他条件"]).split()) == "教师资格证普通话二级"


def test_a_merged_cell_over_thousands_of_rows_is_no_recursion(tmp_path: Path) -> None:
    head: list[Cell] = ["单位名称", "招聘岗位", "学历", "专业"]
    body: list[list[Cell]] = [
        [("甲校" if n == 0 else "", GOES_ON if n else RESTART), f"教师{n}", "本科", "数学"]
        for n in range(3000)
    ]
    found = rows(read(docx(tmp_path / "a.docx", [head, *body])))
    assert len(found) == 3000
    assert {row.cells["单位名称"] for row in found} == {"甲校"}


def test_hostile_word_documents_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawlers.intake.docx, "MAX_DOCUMENT", 1_000_000)
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 10}">' for n in range(9))
    contents = {
        "more than 1,000,000 bytes": "<a/>" * 300_000,
        "damaged document": f"<!DOCTYPE a [{entities}]><a>&e8;",
        "no item named": None,
    }
    for told, content in contents.items():
        with zipfile.ZipFile(tmp_path / "a.docx", "w", zipfile.ZIP_DEFLATED) as package:
            package.writestr("word/document.xml" if content else "other.xml", content or "")
        with pytest.raises(IntakeError, match=told):
            read(tmp_path / "a.docx")


def test_entities_of_a_word_document_stay_unread(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as package:
        package.writestr(
            "word/document.xml", '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>'
        )
    assert read(tmp_path / "a.docx") == []
