"""JSON-LD as pages write it: references, prefixes, wrapped values."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from crawlers import jobposting, jsonld
from crawlers.html_text import parse_html

AD = {
    "@type": "JobPosting",
    "title": "电工",
    "description": "持证上岗",
    "hiringOrganization": {"@id": "#firm"},
}
FIRM = {"@id": "#firm", "@type": "EmploymentAgency", "name": "某劳务公司"}


def page(*scripts: object) -> str:
    blocks = (
        f'<script type="application/ld+json">{json.dumps(each, ensure_ascii=False)}</script>'
        for each in scripts
    )
    return f"<html><head>{''.join(blocks)}</head>"


def only(markup: str) -> jobposting.Fields:
    (node,) = jobposting.find(markup).postings
    return jobposting.fields(node)


@pytest.mark.parametrize(
    "scripts",
    [
        [{"@graph": [AD, FIRM]}],
        [{"@graph": [FIRM, AD, {"@type": "WebSite", "publisher": {"@id": "#firm"}}]}],
        [AD, FIRM],
        [FIRM, AD],
        [AD | {"hiringOrganization": {"@id": "#firm", "@type": "EmploymentAgency"}}, FIRM],
        [AD | {"hiringOrganization": [{"@id": "#firm"}]}, {"@type": "WebPage", "about": [FIRM]}],
    ],
)
def test_an_employer_that_stands_elsewhere_on_the_page_is_found(scripts: list[object]) -> None:
    fields = only(page(*scripts))
    assert (fields.company, fields.poster) == ("某劳务公司", "agency")


def test_places_are_followed_to_their_addresses() -> None:
    graph = [
        AD | {"jobLocation": {"@id": "#site"}},
        {"@id": "#site", "@type": "Place", "address": {"@id": "#address"}},
        {"@id": "#address", "@type": "PostalAddress", "addressRegion": "山东省", "addressLocality": "济南市"},
    ]
    assert only(page({"@graph": graph})).city == "山东省济南市"


@pytest.mark.parametrize(
    ("more", "city", "company"),
    [
        ({"address": {"addressLocality": "济南市"}}, "济南市", ""),
        ({"addressRegion": "山东省", "addressLocality": "济南市"}, "山东省济南市", ""),
        ({"name": "电工", "hiringOrganization": {"legalName": "某公司"}}, "", "某公司"),
    ],
)
def test_levels_that_a_page_leaves_out(more: Mapping[str, Any], city: str, company: str) -> None:
    fields = only(page({**AD, **more}))
    assert (fields.city, fields.company) == (city, company)


def test_what_refers_to_nothing_is_empty_and_what_refers_to_itself_has_an_end() -> None:
    loop = {"@id": "#a", "address": {"@id": "#b"}}
    graph = [AD | {"jobLocation": {"@id": "#a"}}, loop, {"@id": "#b", "address": {"@id": "#a"}, "x": 1}]
    fields = only(page({"@graph": graph}))
    assert (fields.title, fields.company, fields.city) == ("电工", "", "")


def test_many_postings_may_refer_to_one_node() -> None:
    wide = {"@id": "#firm", "name": "甲", "address": [{"@id": f"#{n}"} for n in range(2000)]}
    deep = [{"@id": f"#{n}", "address": [{"@id": f"#{m}"} for m in range(n + 1, n + 3)]} for n in range(2000)]
    found = jobposting.find(page({"@graph": [wide, *deep, *[AD] * 500]}))
    assert len(found.postings) == 500


@pytest.mark.parametrize(
    "node",
    [
        {"@type": "schema:JobPosting", "schema:title": "电工", "schema:description": "持证上岗"},
        {
            "@type": ["http://schema.org/JobPosting"],
            "http://schema.org/title": [{"@value": "电工"}],
            "http://schema.org/description": [{"@value": "持证上岗", "@language": "zh"}],
        },
        {"@type": "jobposting", "title": {"@value": "电工"}, "description": ["持证上岗"]},
        {"@type": "JobPosting", "name": "电工", "qualifications": {"@list": ["持证上岗"]}},
    ],
)
def test_names_and_values_are_plain(node: Mapping[str, Any]) -> None:
    fields = only(page(node))
    assert (fields.title, fields.text) == ("电工", "持证上岗")


def test_all_requirements_are_read() -> None:
    node = {
        "@type": "JobPosting",
        "title": "电工",
        "description": ["<p>负责配电</p>", "<p>值夜班</p>"],
        "responsibilities": ["巡检", "维修"],
        "qualifications": {"@type": "EducationalOccupationalCredential", "credentialCategory": "低压电工证"},
        "experienceRequirements": {"@type": "OccupationalExperienceRequirements", "monthsOfExperience": 24},
        "skills": "看图；\\n接线",
    }
    assert only(page(node)).text == "负责配电\n值夜班\n巡检\n维修\n低压电工证\n看图；\n接线"


def test_an_identifier_that_is_the_employers_name_is_none() -> None:
    firm = {"@type": "Organization", "name": "某公司"}
    shared = AD | {"hiringOrganization": firm, "identifier": {"@type": "PropertyValue", "value": "某公司"}}
    own = AD | {"hiringOrganization": firm, "identifier": {"@type": "PropertyValue", "value": "17"}}
    assert [only(page(node)).identifier for node in (shared, own)] == ["", "17"]


def test_a_posting_without_text_is_completed_by_the_markup() -> None:
    bare = {"@type": "JobPosting", "title": "电工", "datePosted": "2026-11-02"}
    markup = (
        "<div itemscope itemtype='https://schema.org/JobPosting'><h1 itemprop=title>招电工啦</h1>{}</div>"
    )
    text = "<p itemprop=description>持证上岗</p>"
    fields = only(page(bare) + markup.format(text))
    assert (fields.title, fields.text, fields.posted) == ("电工", "持证上岗", "2026-11-02")
    assert len(jobposting.find(page(bare, bare) + markup.format(text)).postings) == 2


def test_items_of_other_types_are_left_alone() -> None:
    tree = parse_html(page({"@type": "Product", "title": "电工刀"}))
    assert tree is not None
    assert jsonld.items(tree, "JobPosting") == ([], [])
    assert jsonld.items(tree, "product") == ([{"@type": "Product", "title": "电工刀"}], [])
