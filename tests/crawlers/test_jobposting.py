import html
import json
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.jobposting import Found, fields, find
from crawlers.loose_json import loads

NODE = {"@type": "JobPosting", "title": "会计", "description": "须持证"}


def page(*scripts: str) -> str:
    blocks = "".join(f'<script type="application/ld+json">{script}</script>' for script in scripts)
    return f"<html><head>{blocks}</head><body>x</body></html>"


def titles(found: Found) -> list[str]:
    return [fields(node).title for node in found.postings]


@pytest.mark.parametrize(
    "source",
    [
        json.dumps(NODE),
        json.dumps([{"@type": "Organization"}, NODE]),
        json.dumps({"@graph": [{"@type": "WebSite"}, NODE]}),
        json.dumps({"@type": "WebPage", "mainEntity": NODE}),
        json.dumps(NODE | {"@type": ["Thing", "JobPosting"]}),
        json.dumps(NODE | {"@type": "http://schema.org/JobPosting"}),
        json.dumps(NODE | {"@type": "schema:JobPosting"}),
        html.escape(json.dumps(NODE)),
        json.dumps(NODE)[:-1] + ",}",
        json.dumps(NODE)[:-1] + ', // last\n "x": [1, 2, /* three */ ], }',
        "//<![CDATA[\n" + json.dumps(NODE) + "\n//]]>",
        "<!-- " + json.dumps(NODE) + " -->",
        json.dumps(NODE)[:-1] + r', "note": "it\'s \x ok"}',
        json.dumps(NODE).replace('"description"', '"a": "tab\there\nline", "description"'),
        json.dumps(NODE) + ";",
    ],
)
def test_a_posting_is_found_however_it_is_wrapped_or_broken(source: str) -> None:
    found = find(page(source))
    assert titles(found) == ["会计"]
    assert not found.broken


def test_mending_leaves_strings_alone() -> None:
    source = r'{"url": "http://a/b", "text": "a /* b */ , } // c \"d\"", "x": [1,],}'
    assert loads(source) == {"url": "http://a/b", "text": 'a /* b */ , } // c "d"', "x": [1]}


def test_one_broken_block_does_not_cost_the_others() -> None:
    found = find(
        page('{"@type": "BreadcrumbList", "items": [', json.dumps(NODE), '{"@type": "JobPosting", "ti')
    )
    assert titles(found) == ["会计"]
    assert len(found.broken) == 1
    assert found.broken[0].startswith("script 3: no JSON: ")


def test_another_vocabulary_is_no_posting() -> None:
    cambrian = {
        "@context": "https://ziyuan.baidu.com/contexts/cambrian.jsonld",
        "title": "会计",
        "pubDate": "x",
    }
    assert find(page(json.dumps(cambrian), "")) == Found((), ())


@pytest.mark.parametrize("markup", ["", "   ", "<", "\0", "no html at all", "<script>", "\ud800"])
def test_pages_that_are_none(markup: str) -> None:
    assert find(markup).postings == ()


def test_all_fields() -> None:
    node = NODE | {
        "description": "<h3>要求</h3><ol><li>甲</li><li>乙</li></ol>",
        "identifier": {"@type": "PropertyValue", "value": 17},
        "datePosted": "2026-11-02",
        "validThrough": "2026-12-02T00:00:00+08:00",
        "hiringOrganization": {"@type": "GovernmentOrganization", "name": "某局"},
        "jobLocation": [{"address": {"addressRegion": "广东省", "addressLocality": "深圳市"}}],
        "baseSalary": {"currency": "CNY", "value": {"minValue": 5000, "maxValue": 8000, "unitText": "MONTH"}},
    }
    read = fields(node)
    assert (read.identifier, read.title, read.text) == ("17", "会计", "要求\n1. 甲\n2. 乙")
    assert (read.company, read.poster, read.city) == ("某局", "public", "广东省深圳市")
    assert (read.posted, read.valid_through) == ("2026-11-02", "2026-12-02T00:00:00+08:00")
    assert read.salary == "5000-8000 CNY/MONTH"


@pytest.mark.parametrize(
    ("location", "city"),
    [
        ({"address": {"addressLocality": "Sacramento, CA", "addressRegion": "CA"}}, "Sacramento, CA"),
        ({"address": {"addressRegion": "上海市", "addressLocality": "上海市"}}, "上海市"),
        ({"address": {"addressRegion": "四川省"}}, "四川省"),
        ({"address": "成都市武侯区"}, "成都市武侯区"),
        ([{"address": {}}, {"address": {"addressLocality": "拉萨市"}}], "拉萨市"),
        ([{"address": "北京"}, {"address": "上海"}, {"address": "北京"}], "北京；上海"),
        ("北京", "北京"),
        ({"@type": "PostalAddress", "addressRegion": "四川省", "addressLocality": "成都市"}, "四川省成都市"),
        ({"@type": "City", "name": "成都市"}, "成都市"),
        (None, ""),
        (7, "7"),
        ({"address": [None]}, ""),
    ],
)
def test_places(location: object, city: str) -> None:
    assert fields(NODE | {"jobLocation": location}).city == city


@pytest.mark.parametrize(
    ("salary", "text"),
    [
        ("面议", "面议"),
        (100000, "100000"),
        ({"currency": "CNY", "value": 6000}, "6000 CNY"),
        ({"currency": "CNY", "value": {"value": 80, "unitText": "HOUR"}}, "80 CNY/HOUR"),
        ({"value": {}}, ""),
        ({}, ""),
        (True, ""),
    ],
)
def test_salaries(salary: object, text: str) -> None:
    assert fields(NODE | {"baseSalary": salary}).salary == text


def test_terms() -> None:
    node = NODE | {
        "employmentType": ["FULL_TIME", "INTERN"],
        "totalJobOpenings": 3,
        "educationRequirements": {"@type": "EducationalOccupationalCredential", "credentialCategory": "本科"},
        "experienceRequirements": {"@type": "OccupationalExperienceRequirements", "monthsOfExperience": 36},
    }
    read = fields(node)
    assert (read.employment, read.headcount) == ("FULL_TIME INTERN", "3")
    assert (read.education, read.experience) == ("本科", "36 months")
    plain = fields(NODE | {"educationRequirements": "大专<br>以上", "experienceRequirements": ["1年以上"]})
    assert (plain.education, plain.experience) == ("大专 以上", "1年以上")


KEYS = st.sampled_from(["name", "value", "@type", "address", "addressLocality", "minValue", "x"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=10,
)


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "title",
                "description",
                "identifier",
                "hiringOrganization",
                "jobLocation",
                "baseSalary",
                "datePosted",
            ]
        ),
        json_values,
    )
)
def test_no_shape_of_a_field_is_an_error(node: dict[str, object]) -> None:
    read = fields(node | {"@type": "JobPosting"})
    (read.title + read.text + read.city + read.salary + read.company).encode()


@given(st.text(max_size=200))
def test_a_script_is_read_or_refused_by_name(source: str) -> None:
    with suppress(ValueError):
        json.dumps(loads(source))


@pytest.mark.parametrize(
    "hostile",
    ['"' + '\\"' * 300_000, "/*" * 300_000, "[" * 100_000, '{"a":' * 100_000, "9" * 5_000, "<!--" * 100_000],
    ids=["quotes", "comments", "lists", "objects", "digits", "html comments"],
)
def test_hostile_scripts_take_linear_time(hostile: str) -> None:
    began = time.process_time()
    with pytest.raises(ValueError, match="no JSON"):
        loads(hostile)
    assert time.process_time() - began < 5


# What the collection of real pages holds: title, employer and date.
REAL = {
    "schemaorg_jobposting_jsonld.html": ("Software Engineer", "", "2011-10-31"),
    "weworkremotely_detail_jsonld.html": (
        "DevOps Engineer, Kubernetes, AWS/GCP",
        "Bluelight Consulting",
        "2020-10-20 20:28:32 UTC",
    ),
    "jobseek_jsonld_meta_software_engineer.html": (
        "Software Engineer, Infrastructure",
        "Meta",
        "2025-06-10T13:07:44-07:00",
    ),
}
REAL_WITHOUT = (
    "extruct_jsonld_control_chars.html",
    "extruct_jsonld_js_comment.html",
    "jobseek_ayuda_en_accion_talentclue_jobpage.html",
    "jobscz_listing.html",
    "zhaopin_antibot_slider.html",
)


@pytest.mark.shared
@pytest.mark.parametrize("name", REAL)
def test_real_pages(shared: Path, name: str) -> None:
    found = find((shared / "samples" / name).read_text("utf-8", "replace"))
    (node,) = found.postings
    read = fields(node)
    assert (read.title, read.company, read.posted) == REAL[name]
    assert "&lt;" not in read.text
    assert "<div" not in read.text


@pytest.mark.shared
@pytest.mark.parametrize("name", REAL_WITHOUT)
def test_real_pages_without_a_posting(shared: Path, name: str) -> None:
    found = find((shared / "samples" / name).read_text("utf-8", "replace"))
    assert (found.postings, found.broken) == ((), ())


@pytest.mark.shared
def test_scripts_with_comments_and_control_characters_are_read(shared: Path) -> None:
    for name in ("extruct_jsonld_js_comment.html", "extruct_jsonld_control_chars.html"):
        source = (shared / "samples" / name).read_text("utf-8")
        assert loads(source.partition('ld+json">')[2].partition("</script>")[0])


@pytest.mark.shared
def test_a_real_description_keeps_its_lines(shared: Path) -> None:
    source = (shared / "samples" / "weworkremotely_detail_jsonld.html").read_text("utf-8")
    lines = fields(find(source).postings[0]).text.splitlines()
    assert lines[0] == "DESCRIPTION"
    assert {"REQUIREMENTS", "BENEFITS", "Health Coverage"} <= set(lines)
