"""Lists in the markup alone: where they are, what their rows say, how they go on."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.http import HtmlResponse

from crawlers.board import validated
from crawlers.draft import FILL_IN, draft
from crawlers.extract.containers import Document
from crawlers.extract.guess_html import Rows, rows_of, text_of
from crawlers.extract.reading import Extractor, Fields
from crawlers.probe import Looked, Site

ADDRESS = "https://www.example.cn/zhaopin/index.html"
MENU = (
    "<ul class=menu><li><a href='/'>首页</a></li><li><a href='/zwgk/'>政务公开</a></li>"
    "<li><a href='/hd/'>互动交流</a></li></ul>"
)
FOOT = (
    "<div class=foot><a href='/about'>关于我们</a><a href='/law'>法律声明</a><a href='/help'>帮助</a></div>"
)
DETAIL = """<div class=top>济南 5-8K</div>
<div class=job-detail><h3>岗位职责</h3><p>配电维护，巡检线路，处理故障</p>
<h3>任职要求</h3><p>持低压电工证，两年经验</p></div><div class=side>其他职位</div>"""
SHORT = "任职要求：持低压电工证，两年以上工作经验，能上夜班，服从安排，吃苦耐劳。"
NAMES = ("电工", "焊工", "叉车工")


def page(content: str) -> str:
    return f"<html><body>{MENU}{content}{FOOT}</body></html>"


def table(*, head: str = "th") -> str:
    names = "".join(
        f"<{head}>{name}</{head}>" for name in ("职位名称", "公司名称", "工作地点", "薪资", "发布日期")
    )
    rows = "".join(
        f"<tr><td><a href='/job/{n}.html'>{name}</a></td><td>某公司</td><td>济南</td><td>5-8K</td>"
        f"<td>2026-11-0{n}</td></tr>"
        for n, name in enumerate(NAMES, start=1)
    )
    return f"<table class=jobs><tr>{names}</tr>{rows}</table>"


def cards() -> str:
    rows = "".join(
        f"<li data-id={n}><a href='/login'><img alt=x></a><h3><a href='/jobs/{n}'>{name}</a></h3>"
        f"<span class='company'>某公司</span><b class='job-city'>济南</b>"
        f"<time datetime='2026-11-0{n}'>3天前</time></li>"
        for n, name in enumerate(NAMES, start=1)
    )
    return f"<ul id=results>{rows}</ul><a rel=next href='?page=2'>2</a>"


def notices() -> str:
    rows = "".join(
        f"<li><a href='./202611/t2026110{n}_{n}.html' title='某市第{n}医院公开招聘工作人员公告'>"
        f"某市第{n}医院…</a><span>[2026-11-0{n}]</span></li>"
        for n in range(1, 5)
    )
    return f"<div class=list><ul>{rows}</ul></div>"


def found(content: str) -> Rows:
    rows = rows_of(page(content), ADDRESS)
    assert rows is not None
    return rows


def read(content: str, *, linked: str = "") -> list[Fields]:
    """What the drafted list gives of the page it was drafted from."""
    site = Site(ADDRESS, page=page(content), linked=Looked(ADDRESS, linked, linked=True))
    made = draft(site, board_id="somewhere")
    assert made is not None
    listing = validated(made.content, place="draft").listing
    assert listing is not None
    reading = Extractor(listing).read(Document(site.page, ADDRESS))
    assert not reading.flaws
    return list(reading.found)


@pytest.mark.parametrize("head", ["th", "td"])
def test_a_table_is_read_by_its_head(head: str) -> None:
    first, *others = read(table(head=head))
    assert (first["title"], first["company"], first["city"]) == ("电工", "某公司", "济南")
    assert (first["salary"], first["posted"]) == ("5-8K", "2026-11-01")
    assert first["url"] == "https://www.example.cn/job/1.html"
    assert [each["title"] for each in others] == ["焊工", "叉车工"]


def test_cards_are_read_by_heading_class_and_time() -> None:
    first, *others = read(cards())
    assert (first["title"], first["company"], first["posted"]) == ("电工", "某公司", "2026-11-01")
    assert len(others) == 2
    assert found(cards()).pages["by"] == "next"


def test_notices_have_their_whole_title_and_their_day() -> None:
    first, *others = read(notices())
    assert (first["title"], first["posted"]) == ("某市第1医院公开招聘工作人员公告", "2026-11-01")
    assert first["url"] == "https://www.example.cn/zhaopin/202611/t20261101_1.html"
    assert len(others) == 3
    assert found(notices()).of_notices
    assert not found(cards()).of_notices


def test_pages_whose_links_a_script_makes_are_named() -> None:
    script = "<script>createPageHTML(3, 0, 'index', 'html');</script><a href='javascript:go(2)'>下一页</a>"
    made = draft(Site(ADDRESS, page=page(notices() + script)), board_id="somewhere")
    assert made is not None
    board = validated(made.content, place="draft")
    assert board.engine == "notices"
    assert board.listing is not None
    assert board.listing.slices == {"list": ["index.html", "index_1.html", "index_2.html"]}
    assert board.listing.request.url == "https://www.example.cn/zhaopin/{list}"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("<a href='/l_2.html'>下一页</a>", "https://www.example.cn/l_2.html"),
        ("<a href='?page=2'> Next </a>", "https://www.example.cn/zhaopin/index.html?page=2"),
        ("<a href='javascript:void(0)'>下一页</a>", ""),
        ("<a href='/other'>更多</a>", ""),
    ],
)
def test_the_next_page(words: str, expected: str) -> None:
    rules = found(notices() + words).pages
    assert bool(rules) == bool(expected)
    if rules:
        opened = HtmlResponse(ADDRESS, body=page(words).encode())
        assert opened.urljoin(opened.xpath(rules["where"].removeprefix("xpath:")).get() or "") == expected


@pytest.mark.parametrize(
    "content",
    [
        "",
        "<p>招聘电工，电话联系</p>",
        "<ul><li><a href='/job/1'>电工</a></li></ul>",
        "<ul>"
        + "".join(f"<li><a href='https://other.example/job/{n}'>电工{n}</a></li>" for n in range(5))
        + "</ul>",
        "<ul>" + "<li><a href='javascript:show(1)'>电工</a> 2026-11-01</li>" * 5 + "</ul>",
        "<ul>" + "<li><a href='/job/1'>电工</a> 2026-11-01</li>" * 5 + "</ul>",
        "<table>" + "".join(f"<tr><td>电工{n}</td><td>2</td></tr>" for n in range(5)) + "</table>",
    ],
)
def test_what_is_no_list_of_pages(content: str) -> None:
    assert rows_of(page(content), "https://www.example.cn/") is None


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (DETAIL, "岗位职责配电维护，巡检线路，处理故障任职要求持低压电工证，两年经验"),
        (f"<script>var x = '任职要求'</script><section id=jd>{SHORT}</section>", SHORT),
        ("<p>没有什么</p>", ""),
    ],
)
def test_the_text_of_a_posting_on_its_page(markup: str, text: str) -> None:
    where = text_of(page(markup))
    assert bool(where) == bool(text)
    if where:
        opened = HtmlResponse(ADDRESS, body=page(markup).encode(), encoding="utf-8")
        words = opened.xpath(where.removeprefix("xpath:")).xpath(".//text()").getall()
        assert "".join("".join(words).split()) == text


def test_the_page_of_a_posting_says_how_its_text_is_read() -> None:
    def detail(linked: str) -> object:
        site = Site(ADDRESS, page=page(cards()), linked=Looked(ADDRESS, linked, linked=True))
        made = draft(site, board_id="somewhere")
        assert made is not None
        validated(made.content, place="draft")
        return made.content["detail"]["container"], made.content["detail"]["fields"]["text"]

    script = '<script type="application/ld+json">{"@type": "JobPosting", "description": "持证"}</script>'
    assert detail(script) == ("jobposting", "description")
    assert detail(f"<div id=jd>{SHORT}</div>") == (
        "html",
        "xpath://div[@id='jd']",
    )
    assert detail("") == ("html", FILL_IN)


@given(st.text(alphabet=st.sampled_from(list("<>/='\" aliuhrefjob1电工招聘2026-")), max_size=300))
def test_no_page_is_an_error(markup: str) -> None:
    rows_of(markup, ADDRESS)
    text_of(markup)


@pytest.mark.shared
def test_a_real_list_and_a_real_list_without_rows(shared: Path) -> None:
    def rows(name: str) -> Rows | None:
        body = (shared / "samples" / name).read_text("utf-8")
        return rows_of(body, "https://www.jobs.cz/prace/")

    listed = rows("jobscz_listing.html")
    assert listed is not None
    assert (len(listed.titles), listed.titles[0]) == (30, "Senior JavaScript Developer")
    assert rows("jobscz_listing_empty.html") is None
    assert rows("jobscz_detail_standard.html") is None
