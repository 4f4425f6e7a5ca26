"""From documents to fields: containers, expressions, steps, and what a board file may not say."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from crawlers.extract.containers import Document
from crawlers.extract.problem import DocumentProblem
from crawlers.extract.reading import Extractor, Reading
from crawlers.extract.rules import Detail, Extraction, Listing

JOB = '"@type": "JobPosting"'
ADDRESS = "https://board.example/jobs/list?page=1"


def reading(text: str, container: str, fields: Mapping[str, Any], **rest: Any) -> Reading:
    written = {"container": container, "fields": fields, "required": [], **rest}
    return Extractor(Extraction.model_validate(written)).read(Document(text, ADDRESS))


def field(value: Any, rule: Any, *, name: str = "title") -> str:
    """What `rule` finds in a record that holds `value`."""
    import json

    found = reading(json.dumps([{"v": value}]), "json", {name: rule})
    assert not found.flaws, found.flaws
    return found.found[0][name]


@pytest.mark.parametrize(
    ("container", "items", "text"),
    [
        ("json", "data.list", '{"data": {"list": [{"t": "电工"}, {"t": "焊工"}]}}'),
        ("json", "", '\ufeff[{"t": "电工"}, {"t": "焊工"},]'),
        ("inline_js: window.jobs =", "", "<script>window.jobs = [{t: '电工'}, {t: \"焊工\",}];</script>"),
        (
            "input_json: input#jobs",
            "",
            '<input id="jobs" value="[{&#34;t&#34;:&#34;电工&#34;},{&#34;t&#34;:&#34;焊工&#34;}]">',
        ),
        ("html", "li", "<ul><li><t>电工</t><li><t>焊工</t></ul>"),
        (
            "xml",
            "//job",
            "<?xml version='1.0' encoding='gbk'?><a><job><t>电工</t></job><job><t>焊工</t></job></a>",
        ),
        ("xml", "//job", '<?xml version=\\"1.0\\"?><a><job><t>电工</t></job><job><t>焊工</t></job></a>'),
        (
            "xml",
            "//job",
            "<a xmlns='urn:x' xmlns:b='urn:y'><job><b:t>电工</b:t></job><job><b:t>焊工</b:t></job></a>",
        ),
        (
            "xml_cdata_html",
            "li",
            "<a><r><![CDATA[<li><t>电工</t>]]></r><r><![CDATA[<li><t>焊工</t>]]></r></a>",
        ),
        (
            "jobposting",
            "",
            f'<script type="application/ld+json">[{{{JOB}, "t": "电工"}}, {{{JOB}, "t": "焊工"}}]</script>',
        ),
    ],
)
def test_every_container_gives_its_records(container: str, items: str, text: str) -> None:
    found = reading(text, container, {"title": "t"}, items=items)
    assert [each["title"] for each in found.found] == ["电工", "焊工"]
    assert (found.records, found.document.damage) == (2, "")


@pytest.mark.parametrize(
    ("container", "text", "problem"),
    [
        ("json", "<html>登录</html>", "JSON is expected, and this is a page"),
        ("json", '{"data": ', "no JSON: "),
        ("inline_js: window.jobs =", "<script>var x = 1</script>", "'window.jobs =' is nowhere in the page"),
        ("inline_js: window.jobs =", "window.jobs = none", "no object behind 'window.jobs ='"),
        ("input_json: input#jobs", "<input id=other>", "no 'input#jobs"),
        ("html", "", "the page is empty"),
        ("xml", "", "no XML"),
    ],
)
def test_a_document_of_another_kind_is_named(container: str, text: str, problem: str) -> None:
    with pytest.raises(DocumentProblem, match=problem):
        reading(text, container, {"title": "t"})


def test_a_cut_off_feed_gives_what_it_has_and_says_that_it_is_damaged() -> None:
    found = reading("<a><job><t>电工</t></job><job><t>焊", "xml", {"title": "t"}, items="//job")
    assert found.found[0]["title"] == "电工"
    assert found.document.damage


def test_entities_of_a_feed_are_not_followed() -> None:
    text = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a><job><t>电工&x;</t></job></a>'
    assert reading(text, "xml", {"title": "t"}, items="//job").found[0]["title"] == "电工&x;"


def test_what_is_around_the_json_of_a_page_can_be_asked_too() -> None:
    text = '<input id=jobs value="[1]"><input id=total value=" 307 ">'
    found = reading(text, "input_json: input#jobs", {"title": "@"})
    assert found.document.values("css:input#total::attr(value)") == [" 307 "]


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        ("v", "  电工 \n 学徒 ", "电工 学徒"),
        ("v", 17, "17"),
        ("v", None, ""),
        ("v", ["", "电工", "焊工"], "电工"),
        (["w", "v"], "电工", "电工"),
        ({"from": "v", "do": [{"join": "-"}]}, ["北京", "海淀"], "北京-海淀"),
        ({"from": "v", "do": [{"pattern": ": (.*)"}]}, "公司: 电工", "电工"),
        ({"from": "v", "do": [{"pattern": "没有"}]}, "公司: 电工", ""),
        ({"from": "v", "do": [{"map": {10: "private"}}]}, 10, "private"),
        ({"from": "v", "do": [{"date": ["%Y", "%d/%m/%Y"]}]}, "03/12/2024", "2024-12-03"),
        ({"const": "某公司"}, "x", "某公司"),
        ("v", "<b>电工</b>&amp;焊工", "电工&焊工"),
    ],
)
def test_a_rule_finds_its_value(rule: Any, value: Any, expected: str) -> None:
    assert field(value, rule) == expected


@pytest.mark.parametrize(
    ("step", "value", "expected"),
    [
        ("url", "../7.html?a=1", "https://board.example/7.html?a=1"),
        ("drop_query", "https://b.example/7?from=list#top", "https://b.example/7"),
        ({"drop_query": ["from"]}, "https://b.example/7?id=3&from=list", "https://b.example/7?id=3"),
    ],
)
def test_steps_over_addresses(step: Any, value: str, expected: str) -> None:
    assert field(value, {"from": "v", "do": [step]}, name="url") == expected


def test_texts_from_several_places_stand_below_each_other() -> None:
    record = '[{"duty": "<p>修电梯</p><p>值班</p>", "need": "持证", "more": ""}]'
    assert (
        reading(record, "json", {"text": {"all": ["duty", "need"]}}).found[0]["text"] == "修电梯\n值班\n持证"
    )
    under = {"text": {"under": {"职责": "duty", "要求": "need", "其他": "none"}}}
    assert reading(record, "json", under).found[0]["text"] == "职责：\n修电梯\n值班\n要求：\n持证"


def test_templates_are_filled_with_other_fields() -> None:
    fields = {"url": {"template": "https://b.example/{id}.html"}, "id": "v"}
    assert reading('[{"v": 7}]', "json", fields).found[0]["url"] == "https://b.example/7.html"


def test_a_detail_keeps_what_the_list_said_and_it_does_not() -> None:
    detail = Detail.model_validate({"container": "html", "fields": {"text": "p", "title": "h1"}})
    found = Extractor(detail).read(Document("<p>持证</p>", ADDRESS), {"title": "电工", "id": "7"})
    assert (found.found[0]["id"], found.found[0]["title"], found.found[0]["text"]) == ("7", "电工", "持证")


@pytest.mark.parametrize(
    ("record", "rule", "name", "problem"),
    [
        ('{"v": {"a": 1}}', "v", "title", "a text or number is expected, not an object"),
        (
            '{"v": "60"}',
            {"from": "v", "do": [{"map": {10: "private"}}]},
            "poster",
            "'60' is not in the table 10",
        ),
        ('{"v": "sometimes"}', "v", "poster", "'sometimes' is none of public, state"),
        (
            '{"v": "gestern"}',
            {"from": "v", "do": [{"date": "%d/%m/%Y"}]},
            "posted",
            "no date of the form %d/%m/%Y",
        ),
        ('{"v": 7}', "length(v)", "title", "cannot be asked of this record"),
        ('{"v": ""}', "v", "id", "nothing found where the board's file says it is"),
    ],
)
def test_a_record_that_is_not_as_expected_is_a_flaw_by_name(
    record: str, rule: Any, name: str, problem: str
) -> None:
    found = reading(
        f'[{{"v": "x"}}, {record}]', "json", {name: rule}, required=["id"] if name == "id" else []
    )
    assert (found.records, found.flaws[-1].record, found.flaws[-1].field) == (2, 2, name)
    assert problem in found.flaws[-1].reason


def test_a_pattern_that_a_page_makes_endless_is_stopped() -> None:
    rule = {"from": "v", "do": [{"pattern": "(.*?,){12}P"}]}
    found = reading('[{"v": "' + "1," * 40 + '"}]', "json", {"title": rule})
    assert "takes longer than" in found.flaws[0].reason


SOUND: dict[str, Any] = {"container": "json", "fields": {"title": "a"}}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"container": "pdf"}, "no container 'pdf'; there are: json, inline_js"),
        ({"container": "inline_js"}, "say behind which words"),
        ({"container": "json: data"}, "container json: takes no argument"),
        ({"container": "input_json: ["}, "no css expression: '\\['"),
        ({"items": "a["}, "items: no JMESPath expression: 'a\\['"),
        ({"fields": {"title": "a["}}, "fields.title: no JMESPath expression"),
        ({"container": "html", "fields": {"title": "a["}}, "fields.title: no css expression"),
        ({"container": "xml", "fields": {"title": "//["}}, "fields.title: no xpath expression"),
        ({"fields": {"titel": "a"}}, "fields.titel"),
        ({"fields": {}}, "at least 1 item"),
        ({"fields": {"title": {"from": "a", "const": "b"}}}, "exactly one of from, all, under"),
        ({"fields": {"title": {}}}, "exactly one of from, all, under"),
        ({"fields": {"url": {"template": "/{ident}"}}}, "fields.url: no field ident for the template"),
        ({"fields": {"title": {"from": "a", "do": ["upper"]}}}, "no step 'upper'; there are: pattern"),
        ({"fields": {"title": {"from": "a", "do": [{"pattern": "("}]}}}, "pattern: '\\(': missing"),
        ({"fields": {"title": {"from": "a", "do": [{"pattern": "a" * 301}]}}}, "at most 300 characters"),
        ({"fields": {"title": {"from": "a", "do": [{"map": []}]}}}, "map: a table"),
        ({"fields": {"title": {"from": "a", "do": [{"join": 1}]}}}, "join: the text between"),
        ({"fields": {"title": {"from": "a", "do": [{"date": 7}]}}}, "date: a format"),
        ({"fields": {"title": {"from": "a", "do": [{"url": "x"}]}}}, "url: takes no argument"),
        ({"fields": {"title": {"from": "a", "do": [{"url": None, "join": ""}]}}}, "a step is a name"),
    ],
)
def test_a_wrong_extraction_names_its_mistake(changes: dict[str, Any], message: str) -> None:
    Extraction.model_validate(SOUND)
    with pytest.raises(ValidationError, match=message):
        Extraction.model_validate(SOUND | changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"request": {"url": "https://b.example", "json": {"a": 1}}}, "json and form are for method: POST"),
        ({"request": {"url": ""}}, "request.url"),
        ({"pages": {"by": "cursor"}}, "where: expected with by: cursor"),
        ({"pages": {"by": "page", "where": "a"}}, "where: not used with by: page"),
        ({"pages": {"by": "next", "where": "a["}}, "pages.where: no JMESPath expression"),
        ({"total": "a["}, "total: no JMESPath expression"),
        ({"slices": {"area": []}}, "slices.area"),
    ],
)
def test_a_wrong_listing_names_its_mistake(changes: dict[str, Any], message: str) -> None:
    sound = SOUND | {"request": {"url": "https://b.example"}}
    Listing.model_validate(sound)
    with pytest.raises(ValidationError, match=message):
        Listing.model_validate(sound | changes)


def test_an_extraction_can_be_written_down_and_read_again() -> None:
    written = SOUND | {"fields": {"title": {"from": "a", "do": [{"pattern": "b"}, "url"]}}}
    extraction = Extraction.model_validate(written)
    assert Extraction.model_validate(extraction.model_dump(by_alias=True)) == extraction


@pytest.mark.parametrize(
    "container", ["json", "inline_js: a =", "input_json: input", "html", "xml", "jobposting"]
)
@given(text=st.text(max_size=200))
def test_any_text_gives_a_reading_or_a_problem(container: str, text: str) -> None:
    try:
        found = reading(f"a ={text}", container, {"title": "a"})
    except DocumentProblem:
        return
    assert found.records == len(found.found) + len(found.flaws)
