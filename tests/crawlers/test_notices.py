"""The engine `notices` against real servers: lists, pages, attachments, and what a person must see."""

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest
import yaml

from config.settings import CHINA
from crawlers.board import Board, read_board
from crawlers.extract.containers import Document
from crawlers.extract.reading import Extractor
from crawlers.items import Refused
from crawlers.posting import Posting
from crawlers.run import House, crawl
from tests.crawlers.crawling import Result, crawl_together
from tests.crawlers.documents import docx, pdf, pdf_table
from tests.crawlers.serving import HOUSE, Answer, Site, collected, open_database, open_log, serving

HEAD = ["单位名称", "岗位代码", "招聘岗位", "招聘人数", "学历", "其他条件"]
NURSE = ["市医院", "01", "护士", "2", "大专", "具有护士执业资格证书"]
CLERK = ["市图书馆", "01", "会计", "1", "本科", "不限"]
DOCTOR = ["市医院", "02", "医师", "1", "本科", "有执业医师资格证书"]
BINARY = {"Content-Type": "application/octet-stream"}
META = '<meta name="ArticleTitle" content="{}"><meta name="PubDate" content="2026-04-03 09:30:00">'
TITLE = "石家庄市2026年事业单位公开招聘工作人员公告"


def workbook(*rows: Sequence[str]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(list(row))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def archive(files: dict[str, bytes]) -> bytes:
    """A zip archive as Chinese programs write it, with names in GBK."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for name, inside in files.items():
            packed.writestr(name.encode("gb18030").decode("cp437"), inside)
    return content.getvalue()


def table(*rows: Sequence[str]) -> str:
    cells = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"


def notice(*parts: str, title: str = TITLE) -> Answer:
    body = f'<div class="TRS_Editor">{"".join(parts)}</div>'
    sidebar = '<a href="/help.pdf">使用帮助</a>' + table(HEAD, CLERK)
    return Answer(f"<html><head>{META.format(title)}</head><body>{sidebar}{body}</body></html>".encode())


def link(href: str, text: str) -> str:
    return f'<p><a href="{quote(href)}">{text}</a></p>'


def listing(site: Site, path: str) -> dict[str, Any]:
    fields = {
        "title": ["a::attr(title)", "a"],
        "url": {"from": "a::attr(href)", "do": ["url"]},
        "posted": "span",
    }
    return {"request": {"url": site.base + path}, "container": "html", "items": "li", "fields": fields}


def board(site: Site, path: str, **rest: Any) -> Board:
    fields = {"engine": "notices", "start": [], "listing": listing(site, path), "id": path.strip("/")}
    return site.board(**fields | rest)


def entries(*notices: tuple[str, str]) -> Answer:
    items = (
        f'<li><a href="{href}" title="{title}">{title[:9]}...</a><span>2026-04-02</span></li>'
        for href, title in notices
    )
    return Answer(f"<ul>{''.join(items)}</ul>".encode())


JPAGE = """<datastore><nextgroup><![CDATA[{}]]></nextgroup><recordset><record><![CDATA[
<li><a href="/t/{}.html"><span class="list_title">{}</span><i>2026-04-03</i></a></li>
]]></record></recordset></datastore>"""


@pytest.fixture(scope="module")
def site_and_results(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], str, dict[str, Result]]:
    """All boards of this module at once, on one server."""
    folder = tmp_path_factory.mktemp("notices")
    sheet = workbook([TITLE], HEAD, NURSE, CLERK)
    written = docx(folder / "a.docx", "附件", [HEAD, NURSE]).read_bytes()
    printed = pdf(folder / "a.pdf", pdf_table([HEAD, CLERK])).read_bytes()
    page = table(HEAD, NURSE).encode("gbk")
    packed = archive({"岗位表.xlsx": workbook(HEAD, DOCTOR), "报名表.doc": b"x"})
    answers: dict[str, Answer | list[Answer]] = {
        "/robots.txt": Answer(b"", 404),
        "/good": entries(
            ("/t/1.html", TITLE),
            ("/t/2.html", "某校2026年公开招聘面试公告"),
            ("/t/3.html", "某校2026年公开招聘启事"),
        ),
        "/t/1.html": notice(
            link("/f/a.xlsx", "附件1：岗位计划表.xlsx"),
            link("/f/form.docx", "附件2：报名登记表.docx"),
            link("/f/a.xlsx", "下载"),
        ),
        "/t/3.html": notice(
            table(HEAD, NURSE), link("/f/w.docx", "岗位表（一）"), link("/f/p.pdf", "岗位表（二）"),
            link("/download.jsp?name=x.xls", "岗位表（三）"), link("/f/more.zip", "附件"),
            title="乙县2026年公开招聘启事",
        ),
        "/f/a.xlsx": Answer(sheet, headers=BINARY),
        "/f/w.docx": Answer(written, headers=BINARY),
        "/f/p.pdf": Answer(printed, headers=BINARY),
        "/download.jsp%3Fname%3Dx.xls": Answer(page, headers=BINARY),
        "/f/more.zip": Answer(packed, headers=BINARY),
        "/bad": entries(
            ("/t/scan.html", "甲局招聘公告"), ("/t/prose.html", "乙局招聘公告"),
            ("/t/late.html", "丙局招聘..."),
            ("/t/half.html", "丁局招聘公告"), ("/t/gone.html", "戊局招聘公告"),
        ),
        "/t/scan.html": notice(
            link("/f/x.zip", "岗位表.zip"),
            link("/f/login.xlsx", "计划表.xlsx"),
            link("/f/no.xlsx", "需求表.xlsx"),
        ),
        "/f/x.zip": Answer(b"PK\x03\x04 whatever", headers=BINARY),
        "/f/login.xlsx": Answer("<html>请登录</html>".encode()),
        "/f/no.xlsx": Answer(b"", 404),
        "/t/prose.html": notice("<p>招聘护士一名，须有护士证。</p>"),
        "/t/late.html": notice(link("/f/a.xlsx", "名单.xlsx"), title="丙局招聘拟聘用人员公示"),
        "/t/half.html": notice(table(HEAD, NURSE), link("/f/x.zip", "说明.zip")),
        "/t/gone.html": Answer(b"", 404),
        "/jpage?p=1": Answer(JPAGE.format('<a href="/jpage?p=2"></a>', "j1", TITLE).encode()),
        "/jpage?p=2": Answer(JPAGE.format("", "j2", TITLE).encode()),
        "/t/j1.html": notice(table(HEAD, NURSE)),
        "/t/j2.html": notice(table(HEAD, CLERK)),
    }  # fmt: skip
    with serving(answers) as site:
        fields = listing(site, "/jpage?p=1")["fields"]
        jpage = {
            "request": {"url": f"{site.base}/jpage?p=1"},
            "pages": {"by": "next", "where": "css:a[href*='jpage']::attr(href)"},
            "container": "xml_cdata_html",
            "items": "li",
            "fields": fields | {"title": "span.list_title", "posted": "i"},
        }
        boards = [board(site, "/good"), board(site, "/bad"), board(site, "/jpage", listing=jpage)]
        results = crawl_together(boards)
        return site.paths, site.base, results


@pytest.fixture
def results(site_and_results: tuple[list[str], str, dict[str, Result]]) -> dict[str, Result]:
    return site_and_results[2]


def positions(result: Result) -> list[tuple[str, str]]:
    return [(each.company, each.title) for each in result.postings]


def test_each_row_of_an_attached_table_is_an_ad(
    site_and_results: tuple[list[str], str, dict[str, Result]],
) -> None:
    _, base, results = site_and_results
    nurse, clerk = (each for each in results["good"].postings if "/t/1.html" in each.url)
    assert nurse == Posting(
        source="good",
        source_kind="crawl",
        source_ad_id="/t/1.html#01",
        place=f"{base}/t/1.html#附件1：岗位计划表.xlsx:Sheet!3",
        url=f"{base}/t/1.html#附件1：岗位计划表.xlsx:Sheet!3",
        title="护士",
        text="招聘人数：2\n学历：大专\n其他条件：具有护士执业资格证书",
        company="市医院",
        city="河北省石家庄市",
        posted="2026-04-03 09:30:00",
        poster="public",
        headcount="2",
        education="大专",
        raw_sha256=nurse.raw_sha256,
    )
    # The code stands for the nurse already.
    assert (clerk.title, clerk.source_ad_id.startswith("/t/1.html#row-")) == ("会计", True)


def test_tables_on_the_page_in_word_in_pdf_and_in_a_page_called_xls(results: dict[str, Result]) -> None:
    found = [each for each in results["good"].postings if "/t/3.html" in each.url]
    assert [(each.title, each.place.partition("#")[2]) for each in found] == [
        ("护士", "page:table 1!2"),
        ("会计", "岗位表（二）.pdf:page 1!2"),
        ("医师", "附件.zip/岗位表.xlsx:Sheet!2"),
    ]


def test_forms_process_notices_and_other_pages_files_are_not_asked_for(
    site_and_results: tuple[list[str], str, dict[str, Result]],
) -> None:
    asked = site_and_results[0]
    assert not {"/f/form.docx", "/t/2.html", "/help.pdf"} & set(asked)
    assert asked.count("/f/a.xlsx") == 1


def test_a_good_board_leaves_nothing_for_a_person(results: dict[str, Result]) -> None:
    assert results["good"].refused == []
    assert results["good"].ended == "finished"


def refused(result: Result, page: str) -> list[Refused]:
    return [each for each in result.refused if page in each.place]


def test_attachments_that_cannot_be_read_are_seen_by_a_person(results: dict[str, Result]) -> None:
    found = refused(results["bad"], "/t/scan.html")
    assert [(each.reason, each.lost) for each in found] == [
        ("岗位表.zip: damaged or encrypted archive: File is not a zip file", True),
        ("计划表.xlsx: a page came in place of the file", True),
        ("the board answered HTTP 404", True),
    ]


def test_a_notice_without_a_table_is_seen_by_a_person(results: dict[str, Result]) -> None:
    (found,) = refused(results["bad"], "/t/prose.html")
    assert found.reason.startswith("no table of positions")
    assert not found.lost


def test_what_stands_beside_the_positions_loses_nothing(results: dict[str, Result]) -> None:
    (found,) = refused(results["bad"], "/t/half.html")
    assert (found.field, found.lost) == ("attachment", False)
    assert positions(results["bad"]) == [("市医院", "护士")]


def test_a_cut_title_is_read_again_on_the_page(
    site_and_results: tuple[list[str], str, dict[str, Result]],
) -> None:
    assert "/t/late.html" in site_and_results[0]
    assert refused(site_and_results[2]["bad"], "/t/late.html") == []


def test_a_hanweb_list_is_walked_to_its_end(results: dict[str, Result]) -> None:
    assert sorted(positions(results["jpage"])) == [("市医院", "护士"), ("市图书馆", "会计")]
    assert results["jpage"].refused == []


@pytest.mark.usefixtures("home")
def test_a_notice_stays_due_until_its_table_is_read_and_then_rests() -> None:
    page = Answer(notice(link("/f/a.xlsx", "岗位表.xlsx")).body, headers={"ETag": '"a"'})
    answers = {
        "/robots.txt": Answer(b"", 404),
        "/list": entries(("/t/1.html", TITLE), ("/t/2.html", "某校招聘面试名单")),
        "/t/1.html": page,
    }
    with serving(answers) as site:
        site.answers["/f/a.xlsx"] = Answer("<html>请稍候</html>".encode())
        first = crawl(board(site, "/list"), HOUSE)
        assert not first.complete

        site.answers["/f/a.xlsx"] = Answer(workbook([TITLE], HEAD, NURSE, CLERK), headers=BINARY)
        second = crawl(board(site, "/list"), HOUSE)
        assert (second.complete, second.outcome.counts["accepted"]) == (True, 2)

        site.hits.clear()
        third = crawl(board(site, "/list"), House(open_database, open_log, in_eight_days))
        assert (third.complete, third.outcome.counts["unchanged"]) == (True, 1)
        assert site.paths == ["/robots.txt", "/list", "/t/1.html"]
    assert [(ad.title, ad.division, ad.poster) for ad in collected()] == [
        ("护士", "130100", "public"),
        ("会计", "130100", "public"),
    ]


def in_eight_days() -> datetime:
    return datetime.now(CHINA) + timedelta(days=8)


@pytest.mark.shared
def test_the_template_for_hanweb_sites_reads_an_answer_of_one(shared: Path, tmp_path: Path) -> None:
    values = {"host": "www.example.cn", "webid": "222", "columnid": "90001", "unitid": "111"}
    file = tmp_path / "some-city.yaml"
    written = {"id": "some-city", "name": "某市", "template": "hanweb-notices", "values": values}
    file.write_text(yaml.safe_dump(written), "utf-8")
    rules = read_board(file).listing
    assert rules is not None
    answer = (shared / "samples" / "contract_hanweb_jpage.xml").read_text("utf-8")
    reading = Extractor(rules).read(Document(answer, rules.request.url))
    assert [(each["title"], each["posted"], each["url"]) for each in reading.found] == [
        ("示例公告", "2026-04-03", "https://www.example.cn/art/2026/4/3/art_90001_1.html"),
        ("招聘公示...", "2026-09-10", "https://www.example.cn/art/2026/9/10/art_78506_1.html"),
    ]
    assert rules.pages is not None
    assert ["columnid=90001" in each for each in reading.document.values(rules.pages.where)] == [True]
