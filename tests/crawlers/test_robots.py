"""robots.txt is obeyed where Scrapy's own middleware would not: traps found by running it."""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise

import pytest
from scrapy.http import TextResponse

from crawlers.robots import rules_from
from tests.crawlers.crawling import Result, crawl_together
from tests.crawlers.serving import Answer, Site, posting_page, serving

AGENT = "Qingdan/0.1 (job advertisement compliance; +mailto:a@b.example)"
PAGES = 5


def answered(status: int, body: bytes = b"") -> TextResponse:
    return TextResponse("http://jobs.example.cn/robots.txt", status=status, body=body)


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503, 599, 302])
def test_an_answer_that_is_no_robots_txt_forbids_everything(status: int) -> None:
    assert str(status) in rules_from(answered(status), AGENT).refusal_of("http://jobs.example.cn/")


@pytest.mark.parametrize("status", [400, 404, 410])
def test_an_absent_robots_txt_allows_everything(status: int) -> None:
    assert rules_from(answered(status, b"<html>"), AGENT).refusal_of("http://jobs.example.cn/x") == ""


@pytest.mark.parametrize("body", [b"<!DOCTYPE html><html>", b"  <html>", b"<script>challenge()</script>"])
def test_a_challenge_page_forbids_everything(body: bytes) -> None:
    assert "HTML page" in rules_from(answered(200, body), AGENT).refusal_of("http://jobs.example.cn/")


def test_rules_for_us_and_for_everyone() -> None:
    rules = rules_from(
        answered(
            200, b"\xef\xbb\xbfUser-agent: *\nAllow: /\nCrawl-delay: 9\n\nUser-agent: qingdan\nDisallow: /x\n"
        ),
        AGENT,
    )
    assert rules.refusal_of("http://jobs.example.cn/x/1")
    assert not rules.refusal_of("http://jobs.example.cn/y")
    assert rules.delay == 0
    assert rules_from(answered(200, b"User-agent: *\nCrawl-delay: 2.5\n"), AGENT).delay == 2.5


def hang_up(_: object) -> None:
    raise ConnectionResetError


Crawled = tuple[dict[str, Site], dict[str, Result]]

ROBOTS = {
    "all-forbidden": Answer(b"User-agent: *\nDisallow: /\n"),
    "refused": Answer(b"", 403),
    "overloaded": Answer(b"", 503, {"Retry-After": "0"}),
    "challenge": Answer(b"<html>please wait</html>"),
    "reset": Answer(stream=hang_up, headers={"Content-Length": "10"}),
    "absent": Answer(b"", 404),
    "some": Answer(b"User-agent: *\nDisallow: /page/2\n"),
    "slow": Answer(b"User-agent: *\nCrawl-delay: 0.4\n"),
}


@pytest.fixture(scope="module")
def crawled() -> Iterator[Crawled]:
    """One site for each of `ROBOTS`, crawled at a concurrency at which stock Scrapy lets pages through."""
    with ExitStack() as stack:
        sites = {name: stack.enter_context(serving({"/robots.txt": ROBOTS[name]})) for name in ROBOTS}
        boards = []
        for name, site in sites.items():
            paths = [f"/page/{number}" for number in range(PAGES)]
            site.answers |= {path: posting_page(n) for n, path in enumerate(paths)}
            site.sitemap(*paths)
            # Several start URLs at once are what makes stock Scrapy forget the rules.
            starts = [f"{site.base}/sitemap.xml?{n}" for n in range(4)]
            site.answers |= {f"/sitemap.xml?{n}": site.answers["/sitemap.xml"] for n in range(4)}
            boards.append(site.board(id=name, start=starts))
        yield sites, crawl_together(boards, concurrency=8)


@pytest.mark.parametrize("name", ["all-forbidden", "refused", "overloaded", "challenge", "reset"])
def test_nothing_but_robots_txt_is_fetched(crawled: Crawled, name: str) -> None:
    sites, results = crawled
    assert set(sites[name].paths) == {"/robots.txt"}
    assert len(sites[name].paths) <= 3  # retries of 503 and of a broken connection
    assert len(results[name].refused) == 4
    assert all(item.lost and "robots.txt" in item.reason for item in results[name].refused)
    assert not results[name].postings


def test_everything_is_fetched_where_robots_txt_is_absent(
    crawled: Crawled,
) -> None:
    sites, results = crawled
    assert len(results["absent"].postings) == PAGES
    assert sites["absent"].paths.count("/robots.txt") == 1


def test_a_forbidden_page_is_refused_and_the_run_loses_nothing_by_it(
    crawled: Crawled,
) -> None:
    sites, results = crawled
    assert "/page/2" not in sites["some"].paths
    assert len(results["some"].postings) == PAGES - 1
    assert [(item.reason, item.lost) for item in results["some"].refused] == [
        ("not fetched: robots.txt forbids this page", False)
    ]


def test_crawl_delay_is_a_floor(crawled: Crawled) -> None:
    moments = sorted(moment for path, moment, _ in crawled[0]["slow"].hits if path != "/robots.txt")
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert len(gaps) == 4 + PAGES - 1
    assert min(gaps) > 0.25


def test_every_request_says_who_asks_and_carries_nothing_else(
    crawled: Crawled,
) -> None:
    for site in crawled[0].values():
        for _, _, headers in site.hits:
            assert headers["User-Agent"].startswith("Qingdan/")
            assert not {"Cookie", "Referer", "Authorization"} & headers.keys()
