"""The engine `listing` against real servers: pages, slices, details, and lists that cannot be trusted."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from crawlers.board import Board
from tests.crawlers.crawling import Result, crawl_together
from tests.crawlers.serving import Answer, Site, serving

JSON = {"Content-Type": "application/json"}
FIELDS = {"id": "id", "title": "name", "text": "text"}


def jobs(*numbers: int, **rest: Any) -> Answer:
    listed = [{"id": n, "name": f"岗位{n}", "text": f"要求{n}"} for n in numbers]
    return Answer(json.dumps({"jobs": listed, **rest}).encode(), headers=JSON)


def board(site: Site, listing: dict[str, Any], name: str = "test", **rest: Any) -> Board:
    request = {"url": f"{site.base}/list?page={{page}}"}
    sound = {"request": request, "container": "json", "items": "jobs", "fields": FIELDS}
    return site.board(id=name, engine="listing", start=[], listing=sound | listing, **rest)


def ids(result: Result) -> list[str]:
    return [each.source_ad_id for each in result.postings]


@pytest.fixture(scope="module")
def results() -> dict[str, Result]:
    """All boards of this module at once, on one server: starting Scrapy takes longer than crawling them."""
    gbk = "<meta charset=utf-8><ul><li id=7><b>电工</b><p>持证上岗</p></ul>".encode("gbk")
    broken = [{"id": 1, "name": "岗位1"}, {"id": 2}, {"id": 3, "name": "岗位3"}]
    answers: dict[str, Answer | list[Answer]] = {
        "/robots.txt": Answer(b"", 404),
        "/list?page=1": jobs(1, 2, total=5),
        "/list?page=2": jobs(2, 3, total=5),
        "/list?page=3": jobs(4, 5, total=5),
        "/once?page=1": jobs(1, 2, total=5),
        "/once?page=2": jobs(3, 4, total=0),
        "/once?page=3": jobs(5),
        "/offset?from=0": jobs(1, 2),
        "/offset?from=2": jobs(3),
        "/offset?from=4": jobs(),
        "/cursor?after=": jobs(1, more="x y"),
        "/cursor?after=x%20y": jobs(2, more=None),
        "/next": jobs(1, following="next?p=2"),
        "/next?p=2": jobs(2, following=""),
        '/post {"kinds": ["a"], "page": 1}': jobs(1),
        '/post {"kinds": ["a"], "page": 2}': jobs(),
        '/post {"kinds": ["b"], "page": 1}': jobs(2),
        '/post {"kinds": ["b"], "page": 2}': jobs(),
        "/form page=1&kind=a": jobs(1),
        "/form page=2&kind=a": jobs(),
        "/same?page=1": jobs(1, 2),
        "/same?page=2": jobs(1, 2),
        "/few?page=1": jobs(1, total=50),
        "/few?page=2": jobs(total=50),
        "/many?page=1": jobs(1),
        "/many?page=2": jobs(2),
        "/broken": Answer(json.dumps({"jobs": broken}).encode(), headers=JSON),
        "/clash": Answer(b'{"jobs": [{"id": 1, "name": "a"}, {"id": 1, "name": "b"}]}', headers=JSON),
        "/login": Answer("<html>请登录</html>".encode()),
        "/gbk": Answer(gbk),
        "/damaged": Answer(gbk + b"\xff"),
        "/withdetails": jobs(1, 2, 3),
        "/job/1": Answer("<h1>别的名字</h1><div id=d><p>职责</p><p>要求</p></div>".encode()),
        "/job/2": Answer(b"", 404),
        "/job/3": Answer("<h1>没有正文</h1>".encode()),
        "/detail id=1&lang=zh": Answer(b'{"data": {"text": "\xe8\xa6\x81\xe6\xb1\x821"}}', headers=JSON),
        "/detail id=2&lang=zh": Answer(b'{"data": null, "msg": "closed for good"}', headers=JSON),
        "/binary": Answer(b"\x00\x01", headers={"Content-Type": "image/png"}),
    }
    with serving(answers) as site:

        def at(path: str) -> dict[str, Any]:
            return {"request": {"url": site.base + path}}

        by_page = {"pages": {"by": "page"}}
        detail = {"address": "{url}", "container": "html", "fields": {"text": "div#d"}}
        by_form = {
            "address": f"{site.base}/detail#{{id}}",
            "form": {"id": "{id}", "lang": "zh"},
            "container": "json",
            "items": "data",
            "fields": {"text": "text"},
        }
        linked = {"id": "id", "title": "name", "url": {"template": "/job/{id}"}}
        post = {"url": f"{site.base}/post", "method": "POST", "json": {"page": "{page}", "kinds": ["{kind}"]}}
        form = {"url": f"{site.base}/form", "method": "POST", "form": {"page": "{page}", "kind": "a"}}
        html = {"container": "html", "items": "li", "fields": {"id": "::attr(id)", "title": "b", "text": "p"}}
        boards = [
            board(site, by_page | {"total": "total"}, "pages"),
            board(site, at("/once?page={page}") | by_page | {"total": "total"}, "once"),
            board(
                site, at("/offset?from={page}") | {"pages": {"by": "offset", "first": 0, "step": 2}}, "offset"
            ),
            board(
                site, at("/cursor?after={cursor}") | {"pages": {"by": "cursor", "where": "more"}}, "cursor"
            ),
            board(site, at("/next") | {"pages": {"by": "next", "where": "following"}}, "next"),
            board(site, by_page | {"request": post, "slices": {"kind": ["a", "b"]}}, "post"),
            board(site, by_page | {"request": form}, "form"),
            board(site, at("/same?page={page}") | by_page, "same"),
            board(site, at("/few?page={page}") | by_page | {"total": "total"}, "few"),
            board(site, at("/many?page={page}") | {"pages": {"by": "page", "most": 2}}, "many"),
            board(site, at("/many?page={page}") | {"pages": {"by": "page", "most": 2, "known": 9}}, "newest"),
            board(site, at("/broken"), "broken"),
            board(site, at("/clash"), "clash"),
            board(site, at("/login"), "login"),
            board(site, at("/withdetails") | {"fields": linked}, "details", detail=detail),
            board(
                site,
                at("/list?page=1") | {"fields": {"id": "id", "title": "name"}},
                "forms",
                detail=by_form,
                closed=["closed for good"],
            ),
            board(site, at("/list?page=1"), "limited", max_pages=1),
            board(site, at("/gbk") | html, "gbk", encoding="gb18030"),
            board(site, at("/gbk") | html, "declared"),
            board(site, at("/damaged") | html, "garbled"),
            board(site, at("/binary"), "binary"),
        ]
        return crawl_together(boards)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pages", ["1", "2", "3", "4", "5"]),
        ("once", ["1", "2", "3", "4", "5"]),
        ("offset", ["1", "2", "3"]),
        ("cursor", ["1", "2"]),
        ("next", ["1", "2"]),
        ("post", ["1", "2"]),
        ("form", ["1"]),
        ("gbk", ["7"]),
        ("declared", ["7"]),
    ],
)
def test_a_list_is_walked_to_its_end(results: dict[str, Result], name: str, expected: Sequence[str]) -> None:
    assert sorted(ids(results[name])) == expected
    assert results[name].refused == []
    assert results[name].ended == "finished"


@pytest.mark.parametrize(
    ("name", "field", "reason"),
    [
        ("same", "listing", "page 2 repeats what was listed before it"),
        ("few", "listing", "the board says 50 postings, and lists 1"),
        ("many", "listing", "the list goes on after 2 pages"),
        ("broken", "title", "nothing found where the board's file says it is"),
        ("clash", "listing", "id '1' stands for two different postings"),
        ("login", "", "no list: JSON is expected, and this is a page"),
        ("limited", "max_pages", "the board lists more than max_pages (1) postings"),
        ("garbled", "", "no list: it cannot be read as utf-8; give the board its encoding"),
        ("binary", "", "no list: the answer is not text (image/png)"),
    ],
)
def test_a_list_that_cannot_be_trusted_makes_the_run_incomplete(
    results: dict[str, Result], name: str, field: str, reason: str
) -> None:
    (refused,) = results[name].refused
    assert (refused.field, refused.reason, refused.lost) == (field, reason, True)


def test_a_list_from_new_to_old_may_go_on_behind_the_last_page(results: dict[str, Result]) -> None:
    assert (sorted(ids(results["newest"])), results["newest"].refused) == (["1", "2"], [])
    assert results["newest"].tally.cut_short
    assert not results["many"].tally.cut_short


def test_what_is_sound_beside_a_broken_record_is_kept(results: dict[str, Result]) -> None:
    assert ids(results["broken"]) == ["1", "3"]
    assert results["broken"].refused[0].place.endswith("/broken#2")


def test_details_are_joined_to_what_the_list_says(results: dict[str, Result]) -> None:
    details = results["details"]
    (posting,) = details.postings
    assert (posting.source_ad_id, posting.title, posting.text) == ("1", "岗位1", "职责\n要求")
    assert posting.url.endswith("/job/1")
    assert len(posting.raw_sha256) == 64
    assert (details.tally.listed, details.tally.fetched, details.tally.postings) == (3, 3, 1)
    assert {each.place.rpartition("/")[2]: each.reason for each in details.refused} == {
        "2": "the board answered HTTP 404",
        "3#1": "nothing found where the board's file says it is",
    }


def test_a_posting_may_be_asked_for_by_a_form(results: dict[str, Result]) -> None:
    (posting,) = results["forms"].postings
    assert (posting.source_ad_id, posting.title, posting.text) == ("1", "岗位1", "要求1")
    (refused,) = results["forms"].refused
    assert (refused.gone, "closed for good" in refused.reason) == (True, True)


def test_a_pages_encoding_is_the_one_that_the_board_file_gives(results: dict[str, Result]) -> None:
    (posting,) = results["gbk"].postings
    assert (posting.title, posting.text) == ("电工", "持证上岗")
