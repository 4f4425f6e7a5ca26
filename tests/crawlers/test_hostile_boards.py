"""Boards that mean harm or are in trouble: a rejection with its reason, bounded time and memory."""

import gzip
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import brotli  # type: ignore[import-untyped]
import pytest
from backports import zstd

from crawlers.backoff import retry_after
from tests.crawlers.crawling import Result, crawl_together
from tests.crawlers.serving import Answer, Site, posting_page, serving, unsigned

TIMEOUT = 1.0
NOTHING = b"\0" * (64 * 1024 * 1024)
BOMB = gzip.compress(NOTHING)


def drip(write: Callable[[bytes], object]) -> None:
    for _ in range(600):
        write(b"<p>")
        time.sleep(0.1)


def flood(write: Callable[[bytes], object]) -> None:
    for _ in range(1000):
        write(b"x" * (1024 * 1024))


def cut(write: Callable[[bytes], object]) -> None:
    write(b"<html>")


Crawled = tuple[dict[str, Site], dict[str, Result]]

HOSTILE = {
    "/bomb": Answer(BOMB, 200, {"Content-Encoding": "gzip"}),
    "/bomb-deflate": Answer(zlib.compress(NOTHING), 200, {"Content-Encoding": "deflate"}),
    "/bomb-br": Answer(brotli.compress(NOTHING, quality=1), 200, {"Content-Encoding": "br"}),
    "/bomb-zstd": Answer(zstd.compress(NOTHING), 200, {"Content-Encoding": "zstd"}),
    "/bomb-twice": Answer(gzip.compress(BOMB), 200, {"Content-Encoding": "gzip, gzip"}),
    "/header": Answer(headers={"X-Long": "x" * 200_000}),
    "/drip": Answer(stream=drip),
    "/flood": Answer(stream=flood),
    "/cut": Answer(stream=cut, headers={"Content-Length": "1000"}),
    "/loop": Answer(b"", 302, {"Location": "/loop"}),
    "/ping": Answer(b"", 302, {"Location": "/pong"}),
    "/pong": Answer(b"", 302, {"Location": "/ping"}),
    "/broken": Answer(b"", 500),
    "/forbidden": Answer(b"", 403),
    "/gone": Answer(b"", 410),
    "/picture": Answer(b"\x89PNG\r\n\x1a\n" + bytes(100), 200, {"Content-Type": "image/png"}),
    "/refresh": Answer(b'<meta http-equiv="refresh" content="0;url=/elsewhere">'),
    "/empty": Answer(b""),
    "/good": posting_page(1),
}
BUSY: dict[str, Answer | list[Answer]] = {
    "/1": [Answer(b"", 429, {"Retry-After": "1"}), posting_page(1)],
    "/2": posting_page(2),
}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    with ExitStack() as stack:
        sites = {
            name: stack.enter_context(serving())
            for name in ("hostile", "busy", "overloaded", "index", "long")
        }
        tls = unsigned(tmp_path_factory.mktemp("tls"))
        sites["unsigned"] = stack.enter_context(serving(tls=tls))
        sites["unsigned"].sitemap("/1")
        sites["hostile"].answers |= HOSTILE
        sites["hostile"].sitemap(*HOSTILE, "/" + "x" * 3000)
        sites["busy"].answers |= BUSY
        sites["busy"].sitemap("/1", "/2")
        sites["overloaded"].answers |= {f"/{n}": Answer(b"", 503, {"Retry-After": "3600"}) for n in range(9)}
        sites["overloaded"].sitemap(*(f"/{n}" for n in range(9)))
        sites["long"].answers |= {f"/{n}": posting_page(n) for n in range(9)}
        sites["long"].sitemap(*(f"/{n}" for n in range(9)))
        for n in range(8):
            body = f"<sitemapindex><sitemap><loc>/sitemap.xml?{n + 1}</loc></sitemap></sitemapindex>"
            path = "/sitemap.xml" + (f"?{n}" if n else "")
            sites["index"].answers[path] = Answer(body.encode())
        boards = [
            site.board(id=name, timeout=TIMEOUT, max_pages=3 if name == "long" else 100)
            for name, site in sites.items()
        ]
        yield sites, crawl_together(boards)


def reason_of(result: Result, path: str) -> tuple[str, bool]:
    (found,) = [item for item in result.refused if item.place.endswith(path)]
    return found.reason, found.lost


@pytest.mark.parametrize(
    ("path", "reason", "lost"),
    [
        ("/bomb", "exceeded", False),
        ("/bomb-deflate", "exceeded", False),
        ("/bomb-br", "exceeded", False),
        ("/bomb-zstd", "exceeded", False),
        ("/bomb-twice", "exceeded", False),
        ("/header", "not fetched", True),
        ("/drip", "took longer than 1", True),
        ("/flood", "8388608", False),
        ("/cut", "not fetched", True),
        ("/loop", "max redirections reached", False),
        ("/ping", "max redirections reached", False),
        ("/broken", "the board answered HTTP 500", True),
        ("/forbidden", "the board answered HTTP 403", True),
        ("/gone", "the board answered HTTP 410", False),
        ("/picture", "the page is not text (image/png)", False),
        ("/refresh", "the page holds no posting", False),
        ("/empty", "the page holds no posting", False),
        ("xxx", "the URL has 30", False),
    ],
)
def test_each_page_is_refused_by_name(crawled: Crawled, path: str, reason: str, *, lost: bool) -> None:
    found, may_come_back = reason_of(crawled[1]["hostile"], path)
    assert reason in found
    assert may_come_back == lost


def test_the_good_page_among_them_is_not_lost_and_the_run_ends_in_time(
    crawled: Crawled,
) -> None:
    result = crawled[1]["hostile"]
    assert [posting.source_ad_id for posting in result.postings] == ["1"]
    assert result.ended == "finished"
    assert result.seconds < 30
    assert "/elsewhere" not in crawled[0]["hostile"].paths


def test_memory_stays_bounded(crawled: Crawled) -> None:
    # The bomb and the flood hold more than this.
    assert crawled[1]["hostile"].peak_mib < 400


def test_retry_after_holds_the_whole_run(crawled: Crawled) -> None:
    site, result = crawled[0]["busy"], crawled[1]["busy"]
    assert sorted(posting.source_ad_id for posting in result.postings) == ["1", "2"]
    moments = {path: moment for path, moment, _ in site.hits}
    first = next(moment for path, moment, _ in site.hits if path == "/1")
    after = [moment for _, moment, _ in site.hits if moment > first]
    assert moments["/1"] - first >= 1
    assert min(after) - first >= 1


def test_a_board_that_asks_for_an_hour_is_left_alone(
    crawled: Crawled,
) -> None:
    site, result = crawled[0]["overloaded"], crawled[1]["overloaded"]
    assert len(site.paths) == 3  # robots.txt, the sitemap, and one page
    assert result.ended == "board_busy"
    assert "overloaded" in result.reasons[0]
    assert result.refused[0].lost


def test_an_endless_chain_of_sitemap_indexes_ends(
    crawled: Crawled,
) -> None:
    site, result = crawled[0]["index"], crawled[1]["index"]
    assert result.reasons == ["sitemap below 3 sitemap indexes"]
    assert len(site.paths) == 1 + 4


def test_more_pages_than_allowed_make_the_run_incomplete(
    crawled: Crawled,
) -> None:
    result = crawled[1]["long"]
    assert len(result.postings) == 3
    assert [(item.field, item.lost) for item in result.refused] == [("max_pages", True)]


def test_a_certificate_that_nobody_vouches_for_is_refused(crawled: Crawled) -> None:
    assert crawled[0]["unsigned"].hits == []
    (refused,) = crawled[1]["unsigned"].refused
    assert refused.lost
    assert "certificate verify failed" in refused.reason


NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Wed, 18 Nov 2026 02:01:30 GMT", 90),
        ("Wed, 18 Nov 2026 01:00:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("²", None),
        ("", None),
    ],
)
def test_retry_after_header(header: str, seconds: float | None) -> None:
    assert retry_after(header, now=NOW) == seconds
