"""What the spider makes of single pages; whole crawls are in test_run.py and test_hostile_boards.py."""

import hashlib
import json
from typing import cast

import pytest
from scrapy.http import HtmlResponse

from crawlers.board import Board
from crawlers.items import Refused
from crawlers.pipelines import Intake
from crawlers.posting import Posting
from crawlers.progress import Tally
from crawlers.spiders.jsonld_sitemap import JsonLdSitemapSpider

URL = "https://jobs.example.cn/job/7?from=list"
NODE = {"@type": "JobPosting", "title": "幼儿园保育员", "description": "<p>须持有保育员证，有责任心</p>"}


def spider(**changes: object) -> JsonLdSitemapSpider:
    fields: dict[str, object] = {
        "id": "somewhere",
        "name": "某招聘网",
        "engine": "jsonld-sitemap",
        "start": ["https://jobs.example.cn/sitemap.xml"],
        "hosts": ["jobs.example.cn"],
    }
    board = Board.model_validate(fields | changes)
    return JsonLdSitemapSpider(board=board, intake=cast("Intake", None), tally=Tally())


def page(*nodes: object, head: str = "", encoding: str = "utf-8") -> bytes:
    scripts = "".join(
        f'<script type="application/ld+json">{json.dumps(node, ensure_ascii=False)}</script>'
        for node in nodes
    )
    return f"<html><head>{head}{scripts}</head></html>".encode(encoding)


def items(body: bytes, *, content_type: str = "text/html", **changes: object) -> list[Posting | Refused]:
    response = HtmlResponse(URL, body=body, headers={"Content-Type": content_type})
    return list(spider(**changes).parse_page(response))


def test_a_posting_carries_where_it_came_from() -> None:
    body = page(NODE | {"identifier": 17})
    assert items(body) == [
        Posting(
            source="somewhere",
            source_kind="crawl",
            source_ad_id="17",
            place=URL,
            url=URL,
            title="幼儿园保育员",
            text="须持有保育员证，有责任心",
            raw_sha256=hashlib.sha256(body).hexdigest(),
        )
    ]


@pytest.mark.parametrize(
    ("canonical", "expected"),
    [
        ("", URL),
        ('<link rel="canonical" href="/job/7">', "https://jobs.example.cn/job/7"),
        ('<link rel="canonical" href="https://elsewhere.example/job/7">', URL),
    ],
)
def test_without_an_identifier_the_address_is_the_id(canonical: str, expected: str) -> None:
    (posting,) = items(page(NODE, head=canonical))
    assert isinstance(posting, Posting)
    assert posting.source_ad_id == expected


def test_several_postings_without_identifiers_stay_apart() -> None:
    found = items(page(NODE, NODE | {"title": "保洁"}))
    assert [item.source_ad_id for item in found if isinstance(item, Posting)] == [URL, f"{URL}#2"]


@pytest.mark.parametrize("charset", ["gbk", "gb2312", "gb18030"])
def test_declared_encodings_of_china_are_read(charset: str) -> None:
    # Boards say gb2312 and write characters that only gb18030 has.
    body = page(NODE | {"title": "保育员（镕）"}, head=f'<meta charset="{charset}">', encoding="gb18030")
    (posting,) = items(body)
    assert isinstance(posting, Posting)
    assert posting.title == "保育员（镕）"


@pytest.mark.parametrize(("really", "declared"), [("gb18030", "utf-8"), ("utf-8", "gb2312")])
def test_a_wrong_declaration_is_seen_through(really: str, declared: str) -> None:
    (posting,) = items(page(NODE, encoding=really), content_type=f"text/html; charset={declared}")
    assert isinstance(posting, Posting)
    assert posting.title == "幼儿园保育员"


def test_a_wrong_declaration_of_a_damaged_page_is_refused_unless_the_board_gives_the_encoding() -> None:
    body = page(NODE, encoding="gb18030") + b"\xff"
    wrong = "text/html; charset=utf-8"
    (refused,) = items(body, content_type=wrong)
    assert isinstance(refused, Refused)
    assert (refused.field, refused.lost) == ("encoding", True)
    (posting,) = items(body, content_type=wrong, encoding="gb18030")
    assert isinstance(posting, Posting)
    assert posting.title == "幼儿园保育员"


def test_a_page_may_give_postings_and_a_refusal() -> None:
    body = page(NODE).replace(
        b"</head>", b'<script type="application/ld+json">{"@type": "JobPosting"</script></head>'
    )
    found = items(body)
    assert [type(item) for item in found] == [Refused, Posting]
