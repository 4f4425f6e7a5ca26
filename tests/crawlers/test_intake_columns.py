"""Columns are found by their headers."""

from pathlib import Path

import pytest

from crawlers.intake.columns import Columns
from crawlers.intake.headers import synonyms
from crawlers.intake.mappings import read_mapping
from crawlers.intake.rows import MAX_FIELD, IntakeError, Row
from crawlers.posting import Posting
from store.intake import Refusal


def read(cells: dict[str, object], **given: object) -> Posting | Refusal:
    return Columns("ads.csv", "ads", **given).posting(Row("ads.csv:2", cells, "hash"))  # type: ignore[arg-type]


def posting(cells: dict[str, object], **given: object) -> Posting:
    found = read(cells, **given)
    assert isinstance(found, Posting), found
    return found


def test_no_header_means_two_fields() -> None:
    headers = [header for headers in synonyms().values() for header in headers]
    assert len(headers) == len(set(headers))


@pytest.mark.parametrize(
    "title",
    [
        "职位名称",
        "岗位名称",
        "标题",
        "title",
        "Job Title",
        "jobTitle",
        "ＴＩＴＬＥ",
        "职位名称*",
        "岗位名称（必填）",
    ],
)
def test_chinese_and_english_headers(title: str) -> None:
    found = posting(
        {
            title: "会计",
            "职位描述": "持证",
            "公司名称": "甲公司",
            "工作地点": "上海",
            "发布日期": "2026-01-02",
            "薪资": "面议",
        }
    )
    assert (found.title, found.text, found.company) == ("会计", "持证", "甲公司")
    assert (found.city, found.posted, found.salary, found.raw_sha256) == (
        "上海",
        "2026-01-02",
        "面议",
        "hash",
    )


@pytest.mark.parametrize(
    ("header", "value", "salary"),
    [
        ("薪资", "8000", "8000"),
        ("月薪（元）", "8000-12000", "月薪（元）：8000-12000"),
        ("年薪", "20万", "年薪：20万"),
        ("月薪", "", ""),
    ],
)
def test_pay_stands_under_a_header_that_says_what_it_is_paid_for(
    header: str, value: str, salary: str
) -> None:
    assert posting({"职位描述": "持证", header: value}).salary == salary


def test_what_describes_an_ad_has_columns_of_its_own_and_never_costs_the_row() -> None:
    found = posting(
        {
            "职位描述": "持证",
            "公司性质": "民营",
            "工作性质": "全职",
            "招聘人数": "3",
            "学历要求": "大专",
            "工作经验": {"years": 3},
        }
    )
    assert (found.ownership, found.employment, found.headcount) == ("民营", "全职", "3")
    assert (found.education, found.experience, found.text) == ("大专", "", "持证")


def test_several_text_columns_are_joined_under_their_headers_in_the_stated_order() -> None:
    assert (
        posting({"任职要求": "持证", "岗位职责": "记账", "备注": ""}).text
        == "岗位职责：\n记账\n任职要求：\n持证"
    )
    assert posting({"text": "持证", "备注": "持证"}).text == "持证"


def test_an_empty_cell_leaves_the_field_to_the_next_column() -> None:
    assert posting({"text": "持证", "title": " ", "岗位": "会计"}).title == "会计"


def test_who_names_the_source() -> None:
    row: dict[str, object] = {"text": "持证", "board": "某网"}
    assert posting(row).source == "某网"
    assert posting(row, forced=True).source == "ads"
    assert posting({"text": "持证", "board": ""}).source == "ads"


def test_a_row_without_id_gets_one_from_its_content() -> None:
    first = posting({"text": "持证", "extra": "1"})
    again = posting({"extra": "1", "text": "持证"})
    other = posting({"text": "持证", "extra": "2"})
    assert first.source_ad_id == again.source_ad_id != other.source_ad_id
    assert posting({"text": "持证", "编号": "7"}).source_ad_id == "7"


@pytest.mark.parametrize(
    ("cells", "field", "reason"),
    [
        ({"title": "会计"}, "text", "columns are title"),
        ({"text": {"nested": 1}}, "text", "nested"),
        ({"text": "a" * (MAX_FIELD + 1)}, "text", "longer than 1,000,000"),
        ({"text": "持证", "title": "a" * (MAX_FIELD + 1)}, "title", "longer than 1,000,000"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_by_field(
    cells: dict[str, object], field: str, reason: str
) -> None:
    refusal = read(cells)
    assert isinstance(refusal, Refusal)
    assert refusal.field == field
    assert reason in refusal.reason
    assert len(refusal.excerpt) <= 1000


def test_a_missing_text_column_names_file_and_headers() -> None:
    with pytest.raises(IntakeError, match=r"ads\.csv: no column for the ad's text .*columns are a, b"):
        Columns("ads.csv", "ads").check(["a", "b"])


def mapping_file(folder: Path, text: str) -> Path:
    file = folder / "mapping.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_mapping_file_replaces_the_synonyms(tmp_path: Path) -> None:
    mapping = read_mapping(mapping_file(tmp_path, "text: [正文, 补充]\ntitle: 名\n"))
    found = posting({"正文": "持证", "补充": "优先", "名": "会计", "company": "甲"}, mapping=mapping)
    assert (found.title, found.text, found.company) == ("会计", "正文：\n持证\n补充：\n优先", "")
    with pytest.raises(IntakeError, match=r"mapping\.yaml wants the column '补充'; columns are 正文, 名"):
        Columns("ads.csv", "ads", mapping=mapping).check(["正文", "名"])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("txet: a\ntext: b", "unknown field 'txet'"),
        ("title: a", "no column is given for `text`"),
        ("text: 5", "text: a column name"),
        ("text: []", "text: a column name"),
        ("- text", "has lines such as"),
        ("text: [", "unreadable mapping"),
    ],
)
def test_a_bad_mapping_names_file_and_field(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(IntakeError) as caught:
        read_mapping(mapping_file(tmp_path, text))
    assert "mapping.yaml" in str(caught.value)
    assert told in str(caught.value)


def test_columns_that_are_neither_read_nor_ignored_by_name_are_told_with_a_value() -> None:
    columns = Columns("a.csv", "board")
    cells = {
        "id": "1",
        "title": "电工",
        "text": "须持电工证",
        "联系电话": "138",
        "班次": "",
        "福 利": "五险",
    }
    rows = [Row("a.csv:2", dict(cells), "x"), Row("a.csv:3", cells | {"班次": "两班倒"}, "y")]
    assert columns.unread(rows) == {"班次": "两班倒", "福 利": "五险"}
