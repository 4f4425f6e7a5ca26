"""Drafts of board files, from made-up sites and from real pages of boards."""

import html
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from scrapy.http import HtmlResponse

from crawlers.board import validated
from crawlers.draft import FILL_IN, draft
from crawlers.extract.containers import Document
from crawlers.extract.reading import Extractor
from crawlers.probe import Looked, Site

ADDRESS = "https://jobs.example.cn/list"


def content(site: Site) -> dict[str, Any]:
    made = draft(site, board_id="somewhere")
    assert made is not None
    read: dict[str, Any] = yaml.safe_load(made.written())
    assert (read["id"], "approved" in read) == ("somewhere", False)
    return read


@pytest.mark.parametrize(
    ("address", "template", "tenant"),
    [
        ("https://boards.greenhouse.io/acme/jobs/7", "greenhouse", "acme"),
        ("https://boards-api.greenhouse.io/v1/boards/acme/jobs", "greenhouse", "acme"),
        ("https://jobs.lever.co/acme", "lever", "acme"),
        ("https://jobs.ashbyhq.com/acme", "ashby", "acme"),
        ("https://careers.smartrecruiters.com/Acme", "smartrecruiters", "Acme"),
        ("https://acme.jobs.personio.de/", "personio", "acme"),
        ("https://acme.zhiye.com/social", "beisen", "acme"),
        ("https://acme.recruitee.com/o/electrician", "recruitee", "acme"),
        ("https://acme.teamtailor.com/jobs", "teamtailor", "acme"),
        ("https://apply.workable.com/acme/j/1234/", "workable", "acme"),
        ("https://app.mokahr.com/social-recruitment/acme/1234", "moka", "acme"),
        ("https://acme.wd3.myworkdayjobs.com/zh-CN/Careers/job/Shanghai/Nurse_JR1", "workday", "acme"),
        ("https://acme.wd3.myworkdayjobs.com/wday/cxs/acme/Careers/jobs", "workday", "acme"),
    ],
)
def test_a_firm_at_a_known_system_gets_its_template(address: str, template: str, tenant: str) -> None:
    read = content(Site(address))
    assert (read["template"], read["values"]["tenant"]) == (template, tenant)


def test_an_address_may_tell_all_values_of_a_template() -> None:
    at_workday = content(Site("https://acme.wd3.myworkdayjobs.com/zh-CN/Careers/job/Shanghai/Nurse_JR1"))
    assert at_workday["values"] == {
        "host": "acme.wd3.myworkdayjobs.com", "tenant": "acme", "site": "Careers", "company": FILL_IN,
    }  # fmt: skip
    at_hotjob = content(Site("https://wecruit.hotjob.cn/SU60f0/pb/social.html"))
    assert at_hotjob["values"] == {"host": "wecruit.hotjob.cn", "suite": "SU60f0", "company": FILL_IN}
    at_oracle = content(
        Site("https://acme.fa.us2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1/job/7")
    )
    assert at_oracle["template"] == "oracle"
    assert at_oracle["values"] == {
        "host": "acme.fa.us2.oraclecloud.com", "site": "CX_1", "company": FILL_IN,
    }  # fmt: skip


def test_pages_with_postings_behind_a_sitemap() -> None:
    page = '<script type="application/ld+json">{"@type": "JobPosting", "title": "电工"}</script>'
    sitemaps = {f"{ADDRESS}.xml": 12, "https://jobs.example.cn/empty.xml": 0}
    read = content(Site(ADDRESS, sitemaps=sitemaps, sample=Looked(f"{ADDRESS}/7", page, named=True)))
    assert (read["engine"], read["start"], read["hosts"]) == (
        "jsonld-sitemap",
        [f"{ADDRESS}.xml"],
        ["jobs.example.cn"],
    )


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<html><p>招聘电工，电话联系</p></html>",
        "<title>滑动验证页面</title><script>var jobs = [{title: 'x', id: 1}]</script>",
        '{"answer": 42}',
        "<rss><channel><title>x</title></channel></rss>",
        "<script>var crumbs = [{url: '/', id: 'home'}]</script>",
    ],
)
def test_what_cannot_be_recognised_gives_no_draft(page: str) -> None:
    assert draft(Site(ADDRESS, page=page), board_id="x") is None


def test_what_could_not_be_guessed_is_left_to_a_person_by_name() -> None:
    made = draft(Site(ADDRESS, page='{"rows": [{"positionName": "电工", "x-y": 1}]}'), board_id="x")
    assert made is not None
    listing = made.content["listing"]
    assert (listing["items"], listing["fields"]["title"]) == ("rows", "positionName")
    assert listing["fields"]["id"] == FILL_IN
    assert any("fields.id: could not be guessed" in note for note in made.notes)
    assert made.written().startswith("# ")


JOBS = [
    {
        "id": n,
        "title": title,
        "description": f"{title}须持证",
        "location": {"city": "济南"},
        "posted_on": "2026-11-01",
    }
    for n, title in enumerate(("电工", "焊工", "叉车工"), start=1)
]
FIELDS = {"id": "id", "title": "title", "text": "description", "city": "location.city", "posted": "posted_on"}


def written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


@pytest.mark.parametrize(
    ("page", "container", "items"),
    [
        (
            written({"groups": [{"name": "生产", "jobs": JOBS[:2]}, {"jobs": JOBS[2:]}]}),
            "json",
            "groups[].jobs[]",
        ),
        (written({"jobs": {str(each["id"]): each for each in JOBS}, "total": 3}), "json", "jobs.*"),
        (written({"a": {"b": {"c": {"d": {"e": {"jobs": JOBS}}}}}}), "json", "a.b.c.d.e.jobs"),
        (f"callback({written({'jobs': JOBS})});", "json", "jobs"),
        ("\n".join(map(written, JOBS)), "json", ""),
        (
            f"<script id=data type='application/json'>{written({'jobs': JOBS})}</script>",
            "page_json: script#data",
            "jobs",
        ),
        (
            f"<script type='application/json'>{written({'jobs': JOBS})}</script>",
            "page_json: script[type='application/json']",
            "jobs",
        ),
        (
            f"<div id=app data-page='{html.escape(written({'jobs': JOBS}))}'></div>",
            "page_json: [data-page]::attr(data-page)",
            "jobs",
        ),
        (
            f"<script>window.state = JSON.parse({written(written({'jobs': JOBS}))});</script>",
            "inline_js: window.state =",
            "jobs",
        ),
    ],
)
def test_a_list_of_postings_is_found_wherever_the_json_holds_it(
    page: str, container: str, items: str
) -> None:
    drafted = content(Site(ADDRESS, page=page))
    listing = drafted["listing"]
    assert (listing["container"], listing.get("items", ""), listing["fields"]) == (container, items, FIELDS)
    found = Extractor(validated(drafted, place="draft").listing or pytest.fail("no list")).read(
        Document(page)
    )
    assert [fields["title"] for fields in found.found] == ["电工", "焊工", "叉车工"]


@pytest.mark.parametrize(
    ("page", "fields"),
    [
        (
            "<feed xmlns='http://www.w3.org/2005/Atom'><title>某集团</title>"
            + 2
            * (
                "<entry><id>1</id><title>电工</title><link href='/1'/><published>2026-11-01</published>"
                "<content>持证上岗</content></entry>"
            )
            + "</feed>",
            {"id": "id", "title": "title", "url": "link/@href", "posted": "published", "text": "content"},
        ),
        (
            "<jobs>"
            + 2
            * (
                "<job id='1' url='/1'><position>电工</position><company><name>某公司</name></company>"
                "<location><city>济南</city></location><body>持证上岗</body></job>"
            )
            + "</jobs>",
            {
                "id": "@id",
                "title": "position",
                "url": "@url",
                "company": "company/name",
                "city": "location/city",
                "text": "body",
            },
        ),
        (
            "<rss xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><title>x</title>"
            + 2
            * (
                "<item><guid>1</guid><title>电工</title><description>持证上…</description>"
                "<content:encoded>&lt;p&gt;持证上岗，值夜班&lt;/p&gt;</content:encoded></item>"
            )
            + "</channel></rss>",
            {"id": "guid", "title": "title", "text": "encoded"},
        ),
    ],
    ids=["atom", "attributes", "the beginning of the text beside the text"],
)
def test_the_parts_of_a_feed_are_found_wherever_they_stand(page: str, fields: dict[str, str]) -> None:
    drafted = content(Site(ADDRESS, page=page))
    assert drafted["listing"]["fields"] == fields
    read = Extractor(validated(drafted, place="draft").listing or pytest.fail("no list")).read(Document(page))
    assert read.found[0]["title"] == "电工"
    assert "持证上岗" in read.found[0]["text"]


SAMPLES = {
    "51job_listing_2021_gbk.html": (
        "inline_js: window.__SEARCH_RESULT__ =",
        "engine_search_result",
        "job_title",
    ),
    "contract_mohrss_findjoblist.html": ("input_json: input#findjoblist", "", "aca112"),
    "contract_guopin_list.json": ("json", "data.list", "job_name"),
    "lagou_positionAjax_result_2021.json": ("json", "", "positionName"),
    "zhaopin_positionList_2022.json": ("json", "positionList", "name"),
    "careerkit_greenhouse.json": ("json", "jobs", "title"),
    "appcast_jobs_feed_2024.xml": ("xml", "//job", "title"),
    "indeed_feed_2017.xml": ("xml", "//job", "title"),
    "neogov_sample.rss": ("xml", "//item", "title"),
    "weworkremotely.rss": ("xml", "//item", "title"),
    "schemaorg_jobposting_rdfa.html": ("jobposting", "", "title"),
}


@pytest.mark.shared
@pytest.mark.parametrize("file", SAMPLES)
def test_the_postings_of_real_pages_are_found(shared: Path, file: str) -> None:
    page = HtmlResponse(ADDRESS, body=(shared / "samples" / file).read_bytes()).text
    listing = content(Site(ADDRESS, page=page))["listing"]
    assert (listing["container"], listing.get("items", ""), listing["fields"]["title"]) == SAMPLES[file]
