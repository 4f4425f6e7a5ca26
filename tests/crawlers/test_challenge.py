"""Boards that keep programs out, postings that have ended, and how fast a run may be."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers import signs
from tests.crawlers.crawling import Result, crawl_together
from tests.crawlers.serving import Answer, Site, posting_page, serving

SLOW = 0.8
"""Seconds until a slow board answers."""
CHALLENGE = Answer("<title>滑动验证页面</title>".encode())


@pytest.mark.parametrize(
    ("page", "sign"),
    [
        ("<html><head><TITLE lang=zh>滑动验证页面</TITLE>", "滑动验证页面"),
        ("<title>\n 安全验证 - 58同城 </title>", "安全验证 - 58同城"),
        ("<title>百度安全验证</title>", "百度安全验证"),
        ("<title>Just a moment...</title>", "Just a moment..."),
        ("<title>访问过于频繁</title>", "访问过于频繁"),
        ('<div id="@@xxzlGatewayUrl">', "@@xxzlGatewayUrl"),
        ("<p>请先排队</p>", "请先排队"),
        ("<title>安全验证工程师招聘</title>", ""),
        ("<title>招聘：滑动验证页面开发</title>", ""),
        ("<p>负责登录页面的安全验证</p>", ""),
        ("", ""),
    ],
)
def test_a_challenge_is_told_from_an_ad_about_one(page: str, sign: str) -> None:
    assert signs.challenge(page, ["请先排队"]) == sign


@given(st.text())
def test_ordinary_text_is_no_challenge(text: str) -> None:
    assert signs.challenge(f"<p>{text}</p>") == ""


@pytest.mark.shared
def test_real_pages(shared: Path) -> None:
    samples = shared / "samples"
    found = {
        file.name: sign
        for file in samples.glob("*.html")
        if (sign := signs.challenge(file.read_text("utf-8", errors="replace")))
    }
    assert found == {"zhaopin_antibot_slider.html": "滑动验证页面"}


@pytest.fixture(scope="module")
def crawled() -> Iterator[tuple[dict[str, Site], dict[str, Result]]]:
    """Boards that keep us out in three ways, and one whose posting has ended."""
    names = ("challenged", "forbidden", "robots", "ended", "now_and_then", "slow", "delayed")
    with ExitStack() as stack:
        sites = {name: stack.enter_context(serving()) for name in names}
        for site in sites.values():
            site.answers |= {f"/{n}": posting_page(n) for n in range(9)}
            site.sitemap(*(f"/{n}" for n in range(9)))
        sites["challenged"].answers["/1"] = CHALLENGE
        sites["forbidden"].answers |= {f"/{n}": Answer(b"", 403) for n in range(1, 9)}
        sites["robots"].answers["/robots.txt"] = CHALLENGE
        sites["ended"].answers["/1"] = Answer("<p>抱歉，该职位已下线</p>".encode())
        sites["ended"].answers["/2"] = Answer("<p>名额已满</p>".encode())
        sites["now_and_then"].answers |= {f"/{n}": Answer(b"", 403) for n in (4, 7)}
        for name in ("slow", "delayed"):
            sites[name].sitemap("/0", "/1", "/2")
        sites["slow"].answers |= {f"/{n}": replace(posting_page(n), wait=SLOW) for n in range(3)}
        sites["delayed"].answers["/robots.txt"] = Answer(b"User-agent: *\nCrawl-delay: 1")
        boards = [site.board(id=name.replace("_", "-"), closed=["名额已满"]) for name, site in sites.items()]
        yield sites, crawl_together(boards)


def test_a_challenge_ends_the_run_without_another_request(
    crawled: tuple[dict[str, Site], dict[str, Result]],
) -> None:
    site, result = crawled[0]["challenged"], crawled[1]["challenged"]
    assert result.ended == "blocked"
    assert len(result.postings) + 1 == len([path for path in site.paths if path[1:].isdigit()])
    assert "blocked: a challenge stands in place of the page (滑动验证页面)" in result.reasons[0]
    assert all(item.lost for item in result.refused)


def test_three_refusals_in_a_row_end_the_run(crawled: tuple[dict[str, Site], dict[str, Result]]) -> None:
    site, result = crawled[0]["forbidden"], crawled[1]["forbidden"]
    assert result.ended == "blocked"
    assert len([path for path in site.paths if path[1:].isdigit()]) == len(result.postings) + 3
    assert "blocked: HTTP 403 3 times in a row" in result.reasons[-1]


def test_refusals_now_and_then_do_not(crawled: tuple[dict[str, Site], dict[str, Result]]) -> None:
    result = crawled[1]["now-and-then"]
    assert (result.ended, len(result.postings), len(result.refused)) == ("finished", 7, 2)


def test_a_challenge_in_place_of_robots_txt_ends_it_before_it_begins(
    crawled: tuple[dict[str, Site], dict[str, Result]],
) -> None:
    site, result = crawled[0]["robots"], crawled[1]["robots"]
    assert site.paths == ["/robots.txt"]
    assert result.ended == "blocked"


def test_a_posting_that_has_ended_says_so(crawled: tuple[dict[str, Site], dict[str, Result]]) -> None:
    result = crawled[1]["ended"]
    assert {item.place[-2:]: item.reason for item in result.refused} == {
        "/1": "the posting has ended (该职位已下线)",
        "/2": "the posting has ended (名额已满)",
    }
    assert not any(item.lost for item in result.refused)


def test_a_slow_board_is_asked_less_often(crawled: tuple[dict[str, Site], dict[str, Result]]) -> None:
    site, result = crawled[0]["slow"], crawled[1]["slow"]
    assert (result.ended, len(result.postings)) == ("finished", 3)
    moments = [moment for path, moment, _ in site.hits if path[1:].isdigit()]
    assert moments[-1] - moments[-2] >= 1.5 * SLOW  # the answer itself takes once that


def test_what_robots_txt_asks_for_is_a_floor_for_a_fast_board(
    crawled: tuple[dict[str, Site], dict[str, Result]],
) -> None:
    moments = [moment for path, moment, _ in crawled[0]["delayed"].hits if path != "/robots.txt"]
    assert all(later - earlier >= 0.95 for earlier, later in pairwise(moments))
