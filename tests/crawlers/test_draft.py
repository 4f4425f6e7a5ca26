"""Drafts of board files, from made-up sites and from real pages of boards."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from scrapy.http import HtmlResponse

from crawlers.draft import FILL_IN, draft
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
    ],
)
def test_a_firm_at_a_known_system_gets_its_template(address: str, template: str, tenant: str) -> None:
    read = content(Site(address))
    assert (read["template"], read["values"]["tenant"]) == (template, tenant)


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
