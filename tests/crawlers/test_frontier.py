"""What single entries and answers come to; whole runs are in test_incremental.py."""

import json
from typing import cast

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse

from crawlers.board import Board
from crawlers.ledger import PassingLedger
from crawlers.pipelines import Intake
from crawlers.progress import Tally
from crawlers.spiders.jsonld_sitemap import JsonLdSitemapSpider
from crawlers.spiders.listing import ListingSpider
from events.ids import ad_id
from store.targets import Due, Visit

URL = "https://jobs.example.cn/job/7"
AD = ad_id("somewhere", "7")
POSTING = {"@type": "JobPosting", "identifier": "7", "title": "电工", "description": "须持证"}
BROKEN = '<script type="application/ld+json">{"@type": "JobPosting"</script>'


class Remembering(PassingLedger):
    """Wants to know of visits."""

    remembers = True


def board(**changes: object) -> Board:
    fields: dict[str, object] = {
        "id": "somewhere",
        "name": "某招聘网",
        "engine": "jsonld-sitemap",
        "start": ["https://jobs.example.cn/sitemap.xml"],
        "hosts": ["jobs.example.cn"],
    }
    return Board.model_validate(fields | changes)


def spider(**changes: object) -> JsonLdSitemapSpider:
    intake = cast("Intake", None)
    return JsonLdSitemapSpider(board=board(**changes), intake=intake, tally=Tally(), ledger=Remembering())


def visits(
    *nodes: object, more: str = "", status: int = 200, ads: tuple[str, ...] = (), etag: str = ""
) -> list[Visit]:
    """What the answer of a page comes to that gave `ads` before."""
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(node)}</script>' for node in nodes)
    target = Due(key=URL, url=URL, etag='"old"', ads=ads)
    request = Request(URL, meta={"target": target})
    body = f"<html><body>{scripts}{more}</body></html>".encode()
    sent = {"Content-Type": "text/html; charset=utf-8", "ETag": etag, "Last-Modified": "x" * 300}
    response = HtmlResponse(URL, status=status, body=body, headers=sent, request=request)
    return [item for item in spider().page_answered(response) if isinstance(item, Visit)]


def test_a_page_that_was_understood_keeps_its_version() -> None:
    assert visits(POSTING, etag='"new"') == [Visit(key=URL, answer="read", etag='"new"', ads=[AD])]


def test_a_page_that_was_understood_in_part_is_fetched_in_full_again() -> None:
    assert visits(POSTING, more=BROKEN, etag='"new"') == [Visit(key=URL, answer="read", ads=[AD])]


def test_an_unchanged_page_keeps_what_it_had() -> None:
    assert visits(status=304, ads=(AD,)) == [Visit(key=URL, answer="unchanged", etag='"old"', ads=(AD,))]


@pytest.mark.parametrize(
    ("page", "answer"), [("<p>该职位已下线</p>", "gone"), ("<p>新闻</p>", "empty"), (BROKEN, "empty")]
)
def test_a_page_without_a_posting_has_gone_only_if_it_says_so(page: str, answer: str) -> None:
    assert visits(more=page, ads=(AD,)) == [Visit(key=URL, answer=answer)]  # type: ignore[arg-type]


def test_a_garbled_page_stays_due() -> None:
    assert visits(POSTING | {"description": "\ufffd" * 50}) == []


def test_a_page_of_a_board_on_this_machine_is_known_without_its_port() -> None:
    local = {"local": True, "start": ["http://127.0.0.1:1/s.xml"], "hosts": ["127.0.0.1:1"]}
    assert spider(**local).page_key("http://127.0.0.1:1/job/7?a=b") == "/job/7?a=b"
    assert spider().page_key(URL) == URL


def test_an_entry_changes_with_what_the_list_says_and_with_its_address() -> None:
    entry = spider().entry
    first = entry(URL, URL, {"lastmod": "1"})
    assert entry(URL, URL, {"lastmod": "1"}) == first
    assert entry(URL, URL, {"lastmod": "2"}).list_hash != first.list_hash
    assert entry(URL, URL + "0", {"lastmod": "1"}).list_hash != first.list_hash


def test_an_entry_that_has_no_page_keeps_none_of_its_words_and_is_storable() -> None:
    entry = spider().entry("7\0", "", {"title": "电工"})
    assert (entry.key, entry.said) == ("7\ufffd", {})


def listing(**detail: object) -> ListingSpider:
    rules: dict[str, object] = {
        "request": {"url": "https://jobs.example.cn/list"},
        "container": "json",
        "fields": {"id": "id", "title": "name", "url": "url"},
    }
    fields: dict[str, object] = {"container": "html", "fields": {"text": "p"}, "required": ["text", "title"]}
    changes = {"engine": "listing", "start": [], "listing": rules, "detail": fields | detail}
    return ListingSpider(board=board(**changes), intake=cast("Intake", None), tally=Tally())


def test_other_rules_for_pages_change_every_entry() -> None:
    first = listing().entry("7", URL, {}).list_hash
    assert listing(required=["title", "text"]).entry("7", URL, {}).list_hash == first
    assert listing(fields={"text": "div"}).entry("7", URL, {}).list_hash != first


def test_a_list_beyond_max_pages_is_noted_as_far_as_it_may_be() -> None:
    crawl = spider(max_pages=2)
    urls = [f"{URL}{number}" for number in range(3)]
    noted, refused = crawl.listed([crawl.entry(url, url, {}) for url in urls], "sitemap")
    assert noted.fresh == set(urls[:2])
    assert [(item.field, item.lost) for item in refused] == [("max_pages", True)]
