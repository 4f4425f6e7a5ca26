"""Ready mappings: the files of boards that are not crawled, in records made up for these tests."""

import json
from pathlib import Path
from typing import Any

import pytest

from crawlers.intake.columns import Columns
from crawlers.intake.mappings import (
    ColumnMapping,
    columns_in,
    filled,
    mapping_named,
    ready_mappings,
    recognised,
)
from crawlers.intake.nested import flat
from crawlers.intake.readers import read_rows
from crawlers.intake.rows import IntakeError, Row
from crawlers.intake.source import open_source
from crawlers.posting import Posting
from store.intake import Refusal

HTML = "<p>岗位职责：记账</p><p>任职要求：须持会计从业资格证</p>"
TEXT = "岗位职责：记账\n任职要求：须持会计从业资格证"
EXAMPLES: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "51job": (
        {
            "jobId": "160000001",
            "jobName": "会计",
            "jobDescribe": HTML,
            "fullCompanyName": "青禾商贸有限公司",
            "companyName": "青禾商贸",
            "jobAreaString": "杭州·西湖区",
            "provideSalaryString": "6-8千",
            "issueDateString": "2026-09-01 08:00:00",
            "updateDateTime": "2026-09-03 08:00:00",
            "workYearString": "3年及以上",
            "degreeString": "大专",
            "companyTypeString": "民营",
            "termStr": "全职",
            "jobHref": "https://jobs.example/160000001.html",
            "hrName": "某女士",
            "jobAreaLevelDetail": {"cityString": "杭州"},
        },
        {
            "source_ad_id": "160000001",
            "title": "会计",
            "company": "青禾商贸有限公司",
            "city": "杭州·西湖区",
            "posted": "2026-09-01 08:00:00",
            "salary": "6-8千",
            "ownership": "民营",
            "employment": "全职",
            "education": "大专",
            "experience": "3年及以上",
        },
    ),
    "51job-campus": (
        {
            "jobid": "170000001",
            "jobname": "会计",
            "coname": "青禾集团",
            "jobareaname": "南京",
            "degreefrom": "本科",
            "monthlysalary": "6000-7999",
            "issuedate": "2026-07-01",
            "jobinfo": HTML,
        },
        {"source_ad_id": "170000001", "company": "青禾集团", "city": "南京", "salary": "6000-7999元/月"},
    ),
    "zhaopin": (
        {
            "number": "CC0000000J1",
            "name": "会计",
            "companyName": "青禾商贸有限公司",
            "workCity": "杭州",
            "cityDistrict": "西湖区",
            "salary60": "6000-8000元",
            "recruitNumber": 2,
            "education": "大专",
            "workingExp": "1-3年",
            "property": "民营",
            "publishTime": "2026-09-01 14:14:39",
            "positionURL": "http://jobs.example/CC0000000J1.htm",
            "jobDetailData": {"position": {"desc": {"description": HTML}}},
            "staffCard": {"staffName": "某女士"},
            "skillLabel": [{"state": 0, "value": "用友"}],
        },
        {
            "source_ad_id": "CC0000000J1",
            "city": "杭州-西湖区",
            "headcount": "2",
            "ownership": "民营",
            "experience": "1-3年",
            "url": "http://jobs.example/CC0000000J1.htm",
        },
    ),
    "zhipin": (
        {
            "encryptJobId": "a1b2",
            "jobName": "会计",
            "salaryDesc": "6-8K",
            "cityName": "杭州",
            "areaDistrict": "",
            "brandName": "青禾商贸",
            "jobExperience": "1-3年",
            "jobDegree": "大专",
            "postDescription": HTML,
            "bossName": "某女士",
            "skills": ["用友"],
        },
        {
            "source_ad_id": "a1b2",
            "company": "青禾商贸",
            "city": "杭州",
            "salary": "6-8K",
            "url": "https://www.zhipin.com/job_detail/a1b2.html",
        },
    ),
    "liepin": (
        {
            "job": {
                "jobId": "123",
                "title": "会计",
                "dq": "杭州-西湖区",
                "salary": "8-10k",
                "link": "https://jobs.example/job/123.shtml",
                "refreshTime": "20260901081500",
                "requireEduLevel": "大专",
                "requireWorkYears": "1-3年",
                "labels": ["用友"],
            },
            "comp": {"compName": "青禾商贸有限公司", "compScale": "50-99人"},
            "recruiter": {"recruiterName": "某女士"},
            "职位描述": HTML,
        },
        {
            "source_ad_id": "123",
            "company": "青禾商贸有限公司",
            "city": "杭州-西湖区",
            "posted": "20260901081500",
            "education": "大专",
            "experience": "1-3年",
        },
    ),
    "lagou": (
        {
            "positionId": 8000001,
            "positionName": "会计",
            "companyFullName": "青禾商贸有限公司",
            "companyShortName": "青禾",
            "city": "杭州",
            "district": "西湖区",
            "salary": "6k-8k",
            "workYear": "1-3年",
            "education": "大专",
            "jobNature": "全职",
            "createTime": "2026-09-01 08:47:23",
            "positionAdvantage": "双休",
            "职位描述": HTML,
        },
        {
            "source_ad_id": "8000001",
            "company": "青禾商贸有限公司",
            "city": "杭州-西湖区",
            "employment": "全职",
            "url": "https://www.lagou.com/jobs/8000001.html",
        },
    ),
    "public-employment": (
        {
            "acb200": 70000001,
            "aca112": "会计",
            "aab004": "青禾商贸有限公司",
            "aab302": "仙桃市",
            "acb241": "5000",
            "acb242": "7000",
            "acb240": "20",
            "aac011": "61",
            "acb22a": HTML,
            "aae397": "2026-07-18",
            "s_aae398": "2026-12-01",
            "aae004": "某女士",
            "org_": "仙桃市公共就业服务中心",
        },
        {
            "source_ad_id": "70000001",
            "city": "仙桃市",
            "salary": "5000-7000元/月",
            "headcount": "20",
            "valid_through": "2026-12-01",
        },
    ),
}


def rows_in(file: Path) -> list[Row]:
    with open_source(file) as source:
        return [each for each in read_rows(source) if isinstance(each, Row)]


def test_every_ready_mapping_says_where_its_names_come_from_and_has_an_example() -> None:
    assert ready_mappings().keys() == EXAMPLES.keys()
    for mapping in ready_mappings().values():
        assert mapping.source


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_file_is_known_by_its_columns_and_read_whole(tmp_path: Path, name: str) -> None:
    record, expected = EXAMPLES[name]
    file = tmp_path / "delivery.json"
    file.write_text(json.dumps({"code": 0, "data": {"list": [record]}}, ensure_ascii=False), "utf-8")
    (row,) = rows_in(file)
    assert [other for other, each in ready_mappings().items() if each.fits(row.cells)] == [name]
    columns = Columns(file.name, "a-board")
    columns.check(row.cells)
    posting = columns.posting(row)
    assert isinstance(posting, Posting)
    assert (posting.title, posting.text) == ("会计", TEXT)
    assert {field: getattr(posting, field) for field in expected} == expected
    assert columns.unread([row]) == {}


def test_tables_are_known_by_the_same_columns(tmp_path: Path) -> None:
    file = tmp_path / "posts.csv"
    file.write_text("acb200,aca112,aab004,acb22a,acb241,acb242\n1,会计,青禾,记账,5000,\n", "utf-8")
    posting = Columns(file.name, "a").posting(rows_in(file)[0])
    assert isinstance(posting, Posting)
    assert (posting.title, posting.salary, posting.text) == ("会计", "5000元/月", "记账")


def test_a_mapping_that_is_asked_for_must_fit() -> None:
    columns = Columns("a.csv", "a", mapping=mapping_named("zhaopin"))
    with pytest.raises(IntakeError, match="智联招聘 wants the column 'salary60'; columns are 职位描述"):
        columns.check(["职位描述"])


def test_ordinary_tables_are_read_by_their_headers() -> None:
    assert recognised(["职位名称", "职位描述", "薪资"]) is None
    assert recognised(["title", "text", "salary", "education", "city"]) is None


def test_a_name_that_is_neither_ready_nor_a_file(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="no such mapping file, and none of 51job-campus, 51job"):
        mapping_named(str(tmp_path / "zhilian"))


def test_a_template_says_nothing_where_one_of_its_columns_does_not() -> None:
    assert columns_in("{a}-{b c}元") == ("a", "b c")
    assert filled("{a}-{b}元", {"a": "1", "b": " 2 "}) == "1-2元"
    assert filled("{a}-{b}元", {"a": "1", "b": " "}) == ""


def test_a_template_says_itself_what_stands_above_its_text() -> None:
    mapping = ColumnMapping(
        name="a", known_by=("d", "r"), fields={"text": ("岗位职责：\n{d}", "任职要求：\n{r}")}
    )
    found = Columns("a.csv", "a", mapping=mapping).posting(Row("a.csv:2", {"d": "记账", "r": "持证"}, "hash"))
    assert not isinstance(found, Refusal)
    assert found.text == "岗位职责：\n记账\n任职要求：\n持证"


def test_fields_are_those_that_there_are() -> None:
    with pytest.raises(ValueError, match="unknown field 'pay'"):
        ColumnMapping(name="a", known_by=("x",), fields={"pay": ("x",)})


def test_objects_within_objects_become_cells() -> None:
    record = {
        "id": "1",
        "company": {"name": "青禾", "tags": ["a", "b"]},
        "places": [{"city": "杭州"}, {"city": "宁波"}, "网上"],
        "none": {},
        "company_name": "后来的",
    }
    assert flat(record) == {
        "id": "1",
        "company_name": "青禾\n后来的",
        "company_tags": ["a", "b"],
        "places_city": "杭州\n宁波",
        "places": "网上",
    }


def test_the_list_that_is_nearest_to_the_top_holds_the_ads(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text('{"data": {"list": [{"id": "1"}], "facets": {"x": [{"id": "9"}]}}}')
    assert [row.cells for row in rows_in(file)] == [{"id": "1"}]
    file.write_text('{"data": {"list": [{"id": "1"}], "other": [{"id": "9"}]}}')
    with pytest.raises(IntakeError, match=r"found 'data\.list', 'data\.other'"):
        rows_in(file)


def test_nesting_without_end_costs_its_row(tmp_path: Path) -> None:
    deep = '{"a": ' * 900 + "1" + "}" * 900
    (tmp_path / "a.jsonl").write_text(f'{deep}\n{{"text": "持证"}}\n')
    assert rows_in(tmp_path / "a.jsonl")[-1].cells == {"text": "持证"}
