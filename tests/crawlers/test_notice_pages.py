"""Pages of notices, the tables in them, and what names say: without a server."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.html_text import parse_html
from crawlers.intake.rows import IntakeError
from crawlers.intake.tables import filled
from crawlers.notices.attachments import kind_of
from crawlers.notices.html_tables import table_grids
from crawlers.notices.page import Attachment, read_notice
from crawlers.notices.words import is_about_process, is_form, speaks_of_positions

URL = "https://www.example.cn/art/2026/4/3/art_1_1.html"


def cells(markup: str) -> list[list[list[str]]]:
    """The filled cells of each table."""
    root = parse_html(markup)
    assert root is not None
    return [
        [list(line.cells) for line in filled(grid.rows, grid.merged)] for grid in table_grids(root, "page")
    ]


def test_cells_over_rows_and_columns_stand_in_each_of_them() -> None:
    table = (
        "<table><tr><th rowspan=2>单位<th colspan=2>条件</tr><tr><td>学历<td>专业</tr>"
        "<tr><td rowspan=2>甲<br>校<td>本科<td>数学</tr><tr><td>硕士<td>几何</tr></table>"
    )
    assert cells(table) == [
        [
            ["单位", "条件", "条件"],
            ["单位", "学历", "专业"],
            ["甲\n校", "本科", "数学"],
            ["甲\n校", "硕士", "几何"],
        ]
    ]


def test_a_table_around_others_is_layout() -> None:
    assert cells("<table><tr><td>x<table><tr><td>a</table><td><table><tr><td>b</table></table>") == [
        [["a"]],
        [["b"]],
    ]


@pytest.mark.parametrize(
    "table",
    [
        "<table><tr>" + "<td colspan=200>x" * 500 + "</table>",
        "<table>" + ("<tr>" + "<td>x" * 150) * 1000 + "</table>",
        "<table><tr><td rowspan=99999999999 colspan=999999999>x<td>" + "<tr><td>y" * 50 + "</table>",
    ],
)
def test_spans_without_end_fill_no_memory(table: str) -> None:
    assert sum(len(row) for rows in cells(table) for row in rows) < 20_000


@given(
    st.lists(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=1, max_size=5), max_size=6)
)
def test_every_cell_of_a_table_is_kept_once_in_its_row(spans: list[list[tuple[int, int]]]) -> None:
    rows = [
        "".join(f"<td rowspan={down} colspan={across}>c{at}-{n}" for n, (down, across) in enumerate(row))
        for at, row in enumerate(spans)
    ]
    root = parse_html("<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>")
    grids = list(table_grids(root, "page")) if root is not None else []
    kept = [cell for grid in grids for row in grid.rows for cell in row if cell]
    assert kept == [f"c{at}-{n}" for at, row in enumerate(spans) for n in range(len(row))]


def page(body: str, *, meta: str = "", beside: str = "") -> str:
    return f"<html><head>{meta}</head><body>{beside}<div id=zoom>{body}</div></body></html>"


def test_a_notice_tells_its_title_and_date_in_meta_tags() -> None:
    meta = '<meta name="articletitle" content="甲市 招聘公告"><META NAME=PubDate CONTENT="2026/08/24 09:30">'
    found = read_notice(page("x", meta=meta), URL, listed={"title": "甲市招聘...", "posted": "2026-08-01"})
    assert (found.title, found.published) == ("甲市 招聘公告", "2026/08/24 09:30")


@pytest.mark.parametrize(
    ("listed", "title"), [("甲市招聘公告", "甲市招聘公告"), ("甲市招…", "大标题"), ("", "大标题")]
)
def test_without_meta_tags_a_whole_title_of_the_list_comes_first(listed: str, title: str) -> None:
    found = read_notice("<h1>大标题</h1>", URL, listed={"title": listed, "posted": "2026-08-01"})
    assert (found.title, found.published) == (title, "2026-08-01")


def test_attachments_are_links_to_files_in_the_body_or_such_by_name() -> None:
    body = (
        '<a href="P0201.xlsx">附件1：岗位/计划表</a><a href="/d.jsp?f=a.PDF&amp;id=1">简章</a>'
        '<a href="x.html">网页</a><a href="P0202.doc" title="附件3"></a><a href="%E8%A1%A8.xls"></a>'
    )
    beside = '<a href="/manual.pdf">操作说明</a><a href="/z.docx">附件4 职位表</a>'
    assert read_notice(page(body, beside=beside), URL, listed={}).attachments == (
        Attachment("附件4 职位表.docx", "https://www.example.cn/z.docx"),
        Attachment("附件1：岗位计划表.xlsx", "https://www.example.cn/art/2026/4/3/P0201.xlsx"),
        Attachment("简章.pdf", "https://www.example.cn/d.jsp?f=a.PDF&id=1"),
        Attachment("附件3.doc", "https://www.example.cn/art/2026/4/3/P0202.doc"),
        Attachment("表.xls", "https://www.example.cn/art/2026/4/3/%E8%A1%A8.xls"),
    )


def test_an_empty_page_is_a_notice_without_anything() -> None:
    assert read_notice("", URL, listed={"title": "公告"}).title == "公告"


@pytest.mark.parametrize(
    "title",
    [
        "关于2026年公开招聘面试工作的通知", "拟聘用人员公示", "2026年公务员考试录用笔试成绩查询",
        "招聘岗位核减公告", "体检递补人员名单", "资格复审公告", "关于取消部分招聘岗位的公告",
    ],
)  # fmt: skip
def test_notices_about_the_process(title: str) -> None:
    assert is_about_process(title)


@pytest.mark.parametrize(
    "title",
    [
        "甲市2026年事业单位公开招聘工作人员公告", "省直机关公务员招录公告", "2026年免笔试招聘教师公告",
        "某校招聘简章", "人才引进公告", "直接面试招聘高层次人才公告",
    ],
)  # fmt: skip
def test_notices_of_positions(title: str) -> None:
    assert not is_about_process(title)


@pytest.mark.parametrize(
    ("name", "form", "positions"),
    [
        ("附件2：报名登记表.docx", True, False),
        ("诚信承诺书.doc", True, False),
        ("同意报考证明.docx", True, False),
        ("研究生专业参考目录.pdf", True, False),
        ("附件1：岗位信息表.xlsx", False, True),
        ("招聘计划一览表.xls", False, True),
        ("岗位表（样式）.xls", False, True),
        ("附件.xlsx", False, False),
    ],
)
def test_names_of_attachments(name: str, form: bool, positions: bool) -> None:  # noqa: FBT001
    assert (is_form(name), speaks_of_positions(name)) == (form, positions)


def package(part: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(part, "x")
    return content.getvalue()


OLD_WORKBOOK = (Path(__file__).parent / "positions.xls").read_bytes()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.xls", package("xl/workbook.xml"), ".xlsx"),
        ("a.xlsx", OLD_WORKBOOK, ".xls"),
        ("a.doc", package("word/document.xml"), ".docx"),
        ("a.docx", b"\n%PDF-1.7 x", ".pdf"),
        ("a.xls", b"\xef\xbb\xbf <TABLE><tr>", ".html"),
        ("a.csv", "岗位,人数".encode(), ".csv"),
    ],
)
def test_what_a_file_is_its_content_says(name: str, content: bytes, kind: str) -> None:
    assert kind_of(name, content) == kind


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.xlsx", b" ", "a.xlsx: the file is empty"),
        ("a.pdf", b"<!DOCTYPE html>", "a.pdf: a page came in place of the file"),
        ("a.xlsx", package("photo.jpg"), "a .zip file cannot be read"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "a .doc file"),
        ("a.rar", b"Rar!", "a .rar file cannot be read; a person must look at it: unpack it and hand in"),
        ("a.zip", b"Rar!\x1a\x07\x00", "a .rar file cannot be read"),
    ],
)
def test_what_cannot_be_read_is_told_by_name(name: str, content: bytes, told: str) -> None:
    with pytest.raises(IntakeError, match=told):
        kind_of(name, content)
