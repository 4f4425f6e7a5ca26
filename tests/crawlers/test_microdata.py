"""schema.org items in the markup itself."""

import time
from pathlib import Path
from typing import Any

import pytest

from crawlers import jobposting, microdata
from crawlers.html_text import parse_html

PAGES = {
    "microdata": """
        <div itemscope itemtype="https://schema.org/JobPosting">
          <h2 itemprop="title">电工</h2> <meta itemprop="validThrough" content="2026-12-31">
          <time itemprop="datePosted" datetime="2026-11-01">十一月</time> <a itemprop="url" href="/7">详情</a>
          <div itemprop="description"><p>持证上岗</p><p>值夜班</p></div>
          <p itemprop="hiringOrganization" itemscope itemtype="https://schema.org/EmploymentAgency">
            <b itemprop="name">某劳务公司</b></p>
          <p itemprop="jobLocation" itemscope itemtype="https://schema.org/Place">
            <i itemprop="address" itemscope itemtype="https://schema.org/PostalAddress">
              <b itemprop="addressRegion">山东省</b><b itemprop="addressLocality">济南市</b></i></p>
        </div>""",
    "rdfa": """
        <div vocab="https://schema.org/" typeof="JobPosting">
          <h2 property="title">电工</h2> <meta property="schema:validThrough" content="2026-12-31">
          <time property="datePosted" datetime="2026-11-01">十一月</time> <a property="url" href="/7">详情</a>
          <div property="description"><p>持证上岗</p><p>值夜班</p></div>
          <p property="hiringOrganization" typeof="schema:EmploymentAgency">
            <b property="name">某劳务公司</b></p>
          <p property="jobLocation" typeof="Place"><i property="address" typeof="PostalAddress">
              <b property="addressRegion">山东省</b><b property="addressLocality">济南市</b></i></p>
        </div>""",
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_posting_in_the_markup_has_the_fields_of_one_in_json(page: str) -> None:
    (node,) = jobposting.find(page).postings
    fields = jobposting.fields(node)
    assert (fields.title, fields.text, fields.company) == ("电工", "持证上岗\n值夜班", "某劳务公司")
    assert (fields.city, fields.posted, fields.valid_through) == ("山东省济南市", "2026-11-01", "2026-12-31")
    assert fields.poster == "agency"
    assert node["url"] == "/7"


def test_what_json_says_comes_before_the_markup() -> None:
    script = '<script type="application/ld+json">{"@type": "JobPosting", "title": "焊工"}</script>'
    (node,) = jobposting.find(script + PAGES["microdata"]).postings
    assert node["title"] == "焊工"


def test_a_property_that_comes_again_is_a_list_and_other_items_are_left_alone() -> None:
    tree = parse_html(
        "<p itemscope itemtype=JobPosting><b itemprop=skills>车</b><b itemprop=skills>铣</b>"
        "<b itemprop=skills>刨</b></p><p itemscope itemtype=Product><b itemprop=title>车床</b></p>"
    )
    assert tree is not None
    assert list(microdata.items(tree, "JobPosting")) == [
        {"@type": ["JobPosting"], "skills": ["车", "铣", "刨"]}
    ]


def test_items_within_items_have_an_end() -> None:
    depth = 200
    page = "<div itemprop=a itemscope itemtype=JobPosting>" * depth + "</div>" * depth
    tree = parse_html(page)
    assert tree is not None
    node: Any = next(microdata.items(tree, "JobPosting"))
    seen = 0
    while node:
        node, seen = node["a"], seen + 1
    assert seen == 8


@pytest.mark.shared
@pytest.mark.parametrize("dialect", ["microdata", "rdfa"])
def test_the_vocabularys_own_example(shared: Path, dialect: str) -> None:
    page = (shared / "samples" / f"schemaorg_jobposting_{dialect}.html").read_text("utf-8")
    (node,) = jobposting.find(page).postings
    fields = jobposting.fields(node)
    assert (fields.title, fields.company, fields.posted) == (
        "Software Engineer",
        "ABC Company Inc.",
        "2011-10-31",
    )
    assert (fields.city, fields.salary) == ("Kirkland", "100000 USD")


SCHEMA = "https://schema.org"


def only(markup: str) -> jobposting.Fields:
    (node,) = jobposting.find(markup).postings
    return jobposting.fields(node)


def test_items_that_the_markup_forgets_to_begin() -> None:
    fields = only(
        f"""<div class=job itemtype="{SCHEMA}/JobPosting"><span itemprop=title>电工</span>
        <meta itemprop=hiringOrganization content="某电力公司">
        <span itemprop=jobLocation><span itemprop=address><meta itemprop=addressRegion content="山东省">
          <meta itemprop=addressLocality content="济南市"></span></span>
        <div itemprop=description>持证上岗</div></div>"""
    )
    assert (fields.title, fields.company, fields.city) == ("电工", "某电力公司", "山东省济南市")


def test_the_name_of_an_employer_is_not_that_of_the_posting() -> None:
    fields = only(
        f"""<div itemscope itemtype="{SCHEMA}/JobPosting"><p itemprop=description>持证上岗</p>
        <div itemprop=hiringOrganization><strong itemprop=name>某电力公司</strong></div></div>"""
    )
    assert (fields.title, fields.company) == ("", "某电力公司")


def test_an_item_without_properties_has_its_words_for_its_name() -> None:
    fields = only(
        f"""<div itemscope itemtype="{SCHEMA}/JobPosting"><h1 itemprop=title>电工</h1>
        <p itemprop=hiringOrganization itemscope itemtype="{SCHEMA}/Organization">某电力公司</p>
        <p itemprop=jobLocation itemscope>山东省<b>济南市</b></p></div>"""
    )
    assert (fields.company, fields.city) == ("某电力公司", "山东省济南市")


def test_all_of_a_text_in_parts_and_requirements_in_lists() -> None:
    fields = only(
        f"""<table itemscope itemtype="{SCHEMA}/JobPosting"><tr><td itemprop=title>电工</td></tr>
        <tr><td itemprop=description>负责配电</td></tr><tr><td itemprop=description><p>值夜班</p></td></tr>
        <tr><td><ul><li itemprop=qualifications>低压电工证</li>
        <li itemprop=qualifications>高中学历</li></ul></td></tr>
        </table>"""
    )
    assert fields.text == "负责配电\n值夜班\n低压电工证\n高中学历"


@pytest.mark.parametrize(
    ("markup", "name", "value"),
    [
        ('<a itemprop="title" href="/jobs/7">电工</a>', "title", "电工"),
        ('<a itemprop="url" href="/jobs/7">详情</a>', "url", "/jobs/7"),
        ('<data itemprop="baseSalary" value="8000">八千</data>', "baseSalary", "8000"),
        ('<b itemprop="title" content=" ">电工</b>', "title", "电工"),
        ('<b itemprop="https://schema.org/title">电工</b>', "title", "电工"),
        ('<b itemprop="title name">电工</b>', "name", "电工"),
    ],
)
def test_values(markup: str, name: str, value: str) -> None:
    (node,) = jobposting.find(f'<div itemscope itemtype="{SCHEMA}/JobPosting">{markup}</div>').postings
    assert node[name] == value


def test_parts_that_an_item_names_elsewhere_on_the_page() -> None:
    fields = only(
        f"""<div id=text itemprop=description>持证上岗</div><h1 id=name itemprop=title>电工</h1>
        <div itemscope itemtype="{SCHEMA}/JobPosting" itemref="name text nowhere"></div>"""
    )
    assert (fields.title, fields.text) == ("电工", "持证上岗")


def test_rdfa_with_whole_names_and_beside_open_graph() -> None:
    fields = only(
        """<html prefix="schema: http://schema.org/" typeof="schema:JobPosting http://rdfs.org/sioc/ns#Item">
        <head><meta property="og:title" content="电工招聘网"></head><body>
        <h1 property="http://schema.org/title">电工</h1>
        <div property="schema:description content:encoded">持证上岗</div></body></html>"""
    )
    assert (fields.title, fields.text) == ("电工", "持证上岗")


@pytest.mark.parametrize(
    "inside",
    [
        "<p itemprop=address><i itemprop=name>" * 20_000,
        "<p itemprop=address><i itemprop=name>x</i></p>" * 20_000,
        "<b itemprop=skills>x</b>" * 40_000,
    ],
    ids=["deep", "wide", "one property"],
)
def test_items_with_very_many_properties_take_bounded_time(inside: str) -> None:
    began = time.process_time()
    assert len(jobposting.find(f"<div itemscope itemtype=JobPosting>{inside}</div>").postings) == 1
    assert time.process_time() - began < 3
