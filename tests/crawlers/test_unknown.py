"""Fields that nobody reads: told apart in JSON, XML and schema.org, ignored by name, counted once each."""

import json

import pytest
import yaml

from crawlers import jobposting
from crawlers.extract.containers import Document
from crawlers.extract.reading import Extractor
from crawlers.extract.rules import Extraction
from crawlers.issues import EXAMPLE, Issues
from crawlers.unknown import MOST, UnknownFields


def unread(text: str, **rules: object) -> list[dict[str, str]]:
    read = Extractor(Extraction.model_validate(rules)).read(Document(text, "https://a.example/"))
    return [dict(each) for each in read.unread]


@pytest.mark.parametrize(
    ("expression", "left"),
    [
        ("name", {"pay", "place"}),
        ("join('-', [name, pay.low])", {"place"}),
        ("place[?main].name || name", {"pay"}),
        ("{a: name, b: place[].city}.a", {"pay"}),
        ("@ | name", {"pay", "place"}),
    ],
)
def test_the_fields_of_a_json_record_that_no_expression_asks_for(expression: str, left: set[str]) -> None:
    record = {"name": "会计", "pay": {"low": "1"}, "place": [{"main": True, "name": "北京", "city": "北京"}]}
    fields = {"id": {"const": "1"}, "title": expression}
    found = unread(json.dumps([record, {"name": "出纳"}]), container="json", fields=fields, required=[])
    assert [set(each) for each in found] == ([left] if left else [])


def test_the_elements_of_an_xml_record() -> None:
    feed = "<jobs><job><title>会计</title><x:grade xmlns:x='u'>二级</x:grade></job></jobs>"
    assert unread(feed, container="xml", items="//job", fields={"title": "title"}) == [{"grade": "二级"}]


def test_html_has_no_names() -> None:
    assert unread("<p>会计</p><b>1</b>", container="html", fields={"title": "p"}) == []


def test_properties_that_schema_org_has_are_no_surprise() -> None:
    node = {
        "@type": "JobPosting",
        "title": "会计",
        "url": "u",
        "workHours": "8",
        "licenseRequirement": "会计证",
    }
    assert jobposting.unknown(node) == {"licenseRequirement": "会计证"}
    page = f'<script type="application/ld+json">{json.dumps(node)}</script>'
    assert unread(page, container="jobposting", fields={"title": "title"}) == [
        {"licenseRequirement": "会计证"}
    ]


def test_every_property_that_is_read_is_listed_as_handled() -> None:
    class Asked(dict[str, object]):
        def get(self, name: str, default: object = None) -> object:
            asked.add(name)
            return default

    asked: set[str] = set()
    jobposting.fields(Asked())
    written = yaml.safe_load(jobposting.KNOWN.read_text(encoding="utf-8"))
    assert asked == set(written["handled"])
    assert not asked & set(written["ignored"])


def test_each_name_is_one_signal_with_a_count_and_a_masked_example() -> None:
    fields, issues = UnknownFields(), Issues()
    for number in range(3):
        said = {"memo": "电话 13812345678" + "长" * 500, "contactName": "张三", f"n{number}": ""}
        fields.note(said, url=f"https://a.example/{number}", ignored=("contact*", "n[0-9]"))
    for issue, times in fields.issues():
        issues.note(issue, times=times)
    (line,) = issues.lines()
    named = (line["level"], line["kind"], line["field"], line["count"], line["url"])
    assert named == ("signal", "unknown-field", "memo", 3, "https://a.example/0")
    assert "13812345678" not in str(line["example"])
    assert len(str(line["example"])) == EXAMPLE


def test_made_up_names_do_not_fill_the_memory() -> None:
    fields = UnknownFields()
    for number in range(2 * MOST):
        fields.note({f"field{number}": "x"}, url="", ignored=())
    assert len(list(fields.issues())) == MOST
