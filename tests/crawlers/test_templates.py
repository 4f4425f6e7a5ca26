"""The templates for applicant-tracking systems, over answers of the shape that these describe."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from crawlers.board import FOLDER, Board, read_board
from crawlers.extract.containers import Document
from crawlers.extract.reading import Extractor, Reading
from crawlers.spiders.list_request import list_request

TEAMTAILOR = {
    "next_url": "https://acme.teamtailor.com/jobs.json?page=2",
    "items": [
        {
            "id": "t1",
            "title": "Nurse",
            "url": "https://acme.teamtailor.com/jobs/1",
            "content_html": "<p>licence needed</p>",
            "date_published": "2026-09-01T10:00:00+02:00",
            "_jobposting": {
                "hiringOrganization": {"name": "Acme"},
                "jobLocation": [{"address": {"addressLocality": "Paris"}}],
                "validThrough": "2026-10-31",
            },
        }
    ],
}
RECRUITEE = {
    "offers": [
        {
            "id": 7,
            "title": "Nurse",
            "company_name": "Acme",
            "city": "Paris",
            "published_at": "2026-09-01 10:00:00 UTC",
            "description": "<p>night shifts</p>",
            "requirements": "<p>licence needed</p>",
            "careers_url": "https://acme.recruitee.com/o/nurse",
        }
    ]
}
WORKABLE = {
    "name": "Acme",
    "jobs": [
        {
            "title": "Nurse",
            "shortcode": "DD13",
            "url": "https://apply.workable.com/j/DD13",
            "published_on": "2026-09-01",
            "country": country,
            "city": city,
            "description": "<p>licence needed</p>",
        }
        for country, city in (("France", "Paris"), ("Spain", ""))
    ],
}


WORKDAY = {
    "total": 2,
    "jobPostings": [
        {
            "title": "Nurse",
            "externalPath": "/job/Shanghai/Nurse_JR-0001",
            "locationsText": "2 Locations",
            "postedOn": "Posted 3 Days Ago",
            "bulletFields": ["JR-0001"],
        },
        {"externalPath": "/job/Shanghai/Withdrawn_JR-0002"},
    ],
}
WORKDAY_POSTING = {
    "jobPostingInfo": {
        "title": "Nurse",
        "jobDescription": "<p>night shifts</p><p>licence needed</p>",
        "location": "Shanghai",
        "additionalLocations": ["Beijing"],
        "startDate": "2026-09-01",
        "postedOn": "Posted 30+ Days Ago",
        "timeType": "Full time",
        "externalUrl": "https://acme.wd3.myworkdayjobs.com/Careers/job/Shanghai/Nurse_JR-0001",
    },
    "hiringOrganization": {"name": "Acme (China) Co., Ltd.", "url": ""},
    "similarJobs": [],
}


def board(folder: Path, template: str, **values: str) -> Board:
    file = folder / "acme.yaml"
    wanted = yaml.safe_load((FOLDER / "templates" / f"{template}.yaml").read_text("utf-8"))["values"]
    given = {"tenant": "acme"} if "tenant" in wanted else {}
    content = {"id": "acme", "name": "Acme", "template": template, "values": given | values}
    file.write_text(yaml.safe_dump(content), "utf-8")
    return read_board(file)


def read(made: Board, answer: Any) -> Reading:
    assert made.listing is not None
    reading = Extractor(made.listing).read(Document(json.dumps(answer)))
    assert not reading.flaws
    return reading


@pytest.mark.parametrize(
    ("template", "answer", "values", "place"),
    [
        ("teamtailor", TEAMTAILOR, {}, "Paris"),
        ("recruitee", RECRUITEE, {}, "Paris"),
        ("workable", WORKABLE, {"company": "Acme"}, "Paris, France"),
    ],
)
def test_the_postings_of_a_firm(
    tmp_path: Path,
    template: str,
    answer: Any,
    values: dict[str, str],
    place: str,
) -> None:
    first = read(board(tmp_path, template, **values), answer).found[0]
    assert (first["title"], first["company"], first["city"]) == ("Nurse", "Acme", place)
    assert "licence needed" in first["text"]
    assert first["posted"].startswith("2026-09-01")
    assert first["url"].startswith("https://")


def test_a_job_in_two_places_is_two_postings(tmp_path: Path) -> None:
    found = read(board(tmp_path, "workable", company="Acme"), WORKABLE).found
    assert [each["id"] for each in found] == ["DD13-France-Paris", "DD13-Spain"]


def test_a_feed_in_pages_names_the_next_one(tmp_path: Path) -> None:
    made = board(tmp_path, "teamtailor")
    assert made.listing is not None
    assert made.listing.pages is not None
    where = made.listing.pages.where
    assert read(made, TEAMTAILOR).document.values(where) == ["https://acme.teamtailor.com/jobs.json?page=2"]
    assert read(made, TEAMTAILOR | {"next_url": None}).document.values(where) == []


def test_workday_lists_twenty_at_a_time_and_tells_the_rest_on_the_page_of_a_posting(tmp_path: Path) -> None:
    made = board(tmp_path, "workday", host="acme.wd3.myworkdayjobs.com", site="Careers", company="Acme")
    assert made.listing is not None
    assert made.detail is not None
    request = list_request(made.listing.request, {"page": "20"})
    assert (request.method, request.url) == (
        "POST",
        "https://acme.wd3.myworkdayjobs.com/wday/cxs/acme/Careers/jobs",
    )
    assert json.loads(request.body) == {"appliedFacets": {}, "limit": 20, "offset": 20, "searchText": ""}
    reading = Extractor(made.listing).read(Document(json.dumps(WORKDAY)))
    (listed,) = reading.found
    assert [flaw.field for flaw in reading.flaws] == ["title"]
    assert {name for fields in reading.unread for name in fields} <= set(made.ignore)
    assert made.detail.address.format_map(listed) == (
        "https://acme.wd3.myworkdayjobs.com/wday/cxs/acme/Careers/job/Shanghai/Nurse_JR-0001"
    )
    (posting,) = Extractor(made.detail).read(Document(json.dumps(WORKDAY_POSTING)), listed).found
    told = WORKDAY_POSTING["jobPostingInfo"]
    assert isinstance(told, dict)
    assert {name: value for name, value in posting.items() if value} == {
        "id": "JR-0001",
        "title": "Nurse",
        "text": "night shifts\nlicence needed",
        "company": "Acme (China) Co., Ltd.",
        "city": "Shanghai, Beijing",
        "posted": "2026-09-01",
        "employment": "Full time",
        "url": told["externalUrl"],
    }


def test_hotjob_asks_for_lists_and_postings_by_forms(tmp_path: Path) -> None:
    made = board(tmp_path, "hotjob", host="wecruit.hotjob.cn", suite="SU1", company="Acme")
    assert made.listing is not None
    assert made.detail is not None
    request = list_request(made.listing.request, {"page": "3", "kind": "12"})
    assert request.body == b"isFrompb=true&recruitType=12&pageSize=12&currentPage=3"
    row = {
        "postId": "p1", "postName": "护士", "workPlaceStr": "上海", "recruitType": 12,
        "publishDate": "2026-09-02", "publishFirstDate": "2026-09-01", "educationStr": "大专",
    }  # fmt: skip
    rows = [row, row | {"postId": "p2", "recruitType": 2}]
    reading = read(made, {"state": "200", "data": {"pageForm": {"pageData": rows, "dataCount": 2}}})
    assert reading.document.values(made.listing.total) == ["2"]
    first, second = reading.found
    assert (first["title"], first["posted"], first["city"]) == ("护士", "2026-09-01", "上海")
    page = "https://wecruit.hotjob.cn/SU1/pb/posDetail.html"
    assert first["url"] == f"{page}?postId=p1&postType=intern"
    assert second["url"] == f"{page}?postId=p2&postType=society"
    assert made.detail.address.format_map(first).endswith("request_locale=zh_CN#p1")
    detail = {"data": {"postId": "p1", "workContent": "<p>护理</p>", "serviceCondition": "持护士执业证"}}
    (posting,) = Extractor(made.detail).read(Document(json.dumps(detail)), first).found
    assert posting["text"] == "岗位职责：\n护理\n任职要求：\n持护士执业证"
    assert (posting["company"], posting["url"]) == ("Acme", first["url"])


@pytest.mark.shared
def test_answers_of_oracle(shared: Path, tmp_path: Path) -> None:
    made = board(tmp_path, "oracle", host="acme.fa.oraclecloud.com", site="CX_1", company="Acme")
    assert made.listing is not None
    assert made.detail is not None
    samples = shared / "samples"
    listed = json.loads((samples / "careerkit_oracle_orc.json").read_text("utf-8"))
    listed["items"][0]["TotalJobsCount"] = 2
    first, _ = (reading := read(made, listed)).found
    assert reading.document.values(made.listing.total) == ["2"]
    assert (first["id"], first["title"], first["posted"]) == ("25587", "Bridge Inspector", "2026-08-07")
    assert made.detail.address.format_map(first).endswith("finder=ById;Id=%2225587%22,siteNumber=CX_1")
    detail = {"items": [json.loads((samples / "careerkit_oracle_orc_detail.json").read_text("utf-8"))]}
    (posting,) = Extractor(made.detail).read(Document(json.dumps(detail)), first).found
    assert posting["text"].startswith(
        "Description：\nLead enterprise systems delivery.\nResponsibilities：\n"
    )
    assert (posting["city"], posting["company"]) == ("Atlanta, GA", "Acme")


@pytest.mark.shared
def test_a_real_answer_of_workable(shared: Path, tmp_path: Path) -> None:
    answer = json.loads((shared / "samples" / "careerkit_workable.json").read_text("utf-8"))
    found = read(board(tmp_path, "workable", company="Zaelab"), answer).found
    assert [each["id"] for each in found] == ["DD136DD7E7-Spain", "DD136DD7E7-Portugal"]
