"""What the policy makes of a mention: its row, and with it verdict, severity, texts, measure and wording."""

from datetime import date
from typing import Final, get_args

import pytest

from config.policy import CANCELLED, Poster
from events.types import Mention
from tests.nlp.reading import DAY, reader

DEMANDS: Final = {
    "licensing": "教师资格证",
    "pending": "保安员证",
    "proficiency": "经济师证",
    "skill_level": "茶艺师证",
    "delisted": "心理咨询师证",
    "post_permit": "物业上岗证",
    "foreign": "CFA证书",
    "vendor": "CISP证书",
    "generic": "相关资格证书",
    "statutory": "健康证",
    "title": "中级职称",
    "education": "英语四级证",
    "other": "收纳师证",
}
ILLEGAL: Final = {"proficiency", "skill_level", "delisted", "post_permit", "other"}


def judged(
    paper: str, title: str = "", *, poster: Poster = "unknown", company: str = "某公司", on: date = DAY
) -> Mention:
    text = f"要求:须持有{paper}。"
    reading = reader().read(title=title, text=text, on=on, poster=poster, company=company)
    (mention,) = [mention for mention in reading.mentions if mention.field == "text"]
    return mention


@pytest.mark.parametrize("poster", get_args(Poster))
@pytest.mark.parametrize("row", DEMANDS)
def test_a_demand_gets_the_row_of_its_kind(row: str, poster: Poster) -> None:
    mention = judged(DEMANDS[row], poster=poster)
    policy = reader().rules.policy
    assert mention.row == row
    assert mention.kind == ("licensing" if row == "pending" else row)
    assert (mention.verdict == "violation") == (row in ILLEGAL)
    assert set(mention.basis) <= set(policy.bases)
    assert bool(mention.basis) == (mention.verdict != "none")
    assert mention.measure == policy.measure(mention.verdict, poster)
    assert bool(mention.suggestion) == (mention.verdict in {"violation", "advisory"})


@pytest.mark.parametrize(
    ("paper", "title", "row"),
    [
        ("教师资格证", "前台", "licensing_elsewhere"),
        ("教师资格证", "销售代表", "licensing_elsewhere"),
        ("教师资格证", "小学语文教师", "licensing"),
        ("教师资格证", "前台兼教师", "licensing"),
        ("教师资格证", "培训学校前台", "licensing"),
        ("教师资格证", "", "licensing"),
        ("法律职业资格证", "前台", "licensing_elsewhere"),
        ("法律职业资格证", "法务专员", "licensing"),
        ("法律职业资格证", "一级科员", "licensing"),
        ("注册会计师证", "会计", "licensing"),
        ("注册会计师证", "财务经理", "licensing"),
        ("注册会计师证", "厨师", "licensing_elsewhere"),
        ("保安员证", "保安", "pending"),
        ("保安员证", "厨师", "licensing_elsewhere"),
        ("低压电工证", "电工", "licensing"),
        ("低压电工证", "行政文员", "licensing_elsewhere"),
    ],
)
def test_a_licence_is_judged_by_the_post(paper: str, title: str, row: str) -> None:
    mention = judged(paper, title)
    assert (mention.row, mention.kind) == (row, "licensing")
    assert mention.verdict == ("advisory" if row == "licensing_elsewhere" else "lawful")
    assert mention.basis[0].startswith("licence-")
    if mention.verdict == "advisory":
        assert "no-text-elsewhere" in mention.basis
        assert mention.severity == "grey"


def test_a_licence_that_only_helps_is_no_matter_elsewhere() -> None:
    reading = reader().read(title="前台", text="有教师资格证者优先。", on=DAY)
    (mention,) = reading.mentions
    assert (mention.row, mention.verdict, mention.basis) == ("licensing_elsewhere", "none", ())


@pytest.mark.parametrize(
    ("paper", "title", "company", "row"),
    [
        ("基金从业资格证", "基金经理", "某公司", "statutory_tie"),
        ("基金从业资格证", "综合岗", "某私募管理有限公司", "statutory_tie"),
        ("证券从业资格证", "基金经理", "某公司", "proficiency"),
        ("中级会计师证", "财务经理", "某公司", "statutory_tie"),
        ("初级会计师证", "财务经理", "某公司", "proficiency"),
        ("中级会计师证", "会计", "某公司", "proficiency"),
        ("出版专业资格证", "文字编辑", "某公司", "statutory_tie"),
        ("药师证", "药师", "某医院", "statutory_tie"),
    ],
)
def test_a_statute_may_tie_a_level_type_paper(paper: str, title: str, company: str, row: str) -> None:
    mention = judged(paper, title, company=company)
    assert (mention.row, mention.kind) == (row, "proficiency")
    assert mention.verdict == ("advisory" if row == "statutory_tie" else "violation")
    assert any(text.startswith("tie-") for text in mention.basis) == (row == "statutory_tie")


def test_the_day_decides_the_row_and_the_article() -> None:
    assert judged("会计从业资格证", "会计", on=date(2017, 10, 1)).row == "licensing"
    assert judged("会计从业资格证", "会计", on=date(2018, 1, 1)).row == "delisted"
    assert "licence-P01-1" not in judged("教师资格证", "教师", on=date(2024, 6, 1)).basis
    assert "licence-P01-1" in judged("教师资格证", "教师", on=date(2025, 7, 1)).basis


def test_before_there_was_a_catalogue_nothing_is_judged() -> None:
    mention = judged("茶艺师证", on=date(2016, 1, 1))
    assert (mention.verdict, mention.severity, mention.measure) == ("none", "", "")
    assert mention.basis == ("no-catalogue-yet",)


def test_an_ad_without_an_employer_is_less_urgent() -> None:
    assert judged("经济师证", poster="private").severity == "orange"
    assert judged("经济师证", poster="private", company="").severity == "yellow"
    assert judged("经济师证", poster="public", company="").severity == "red"


def test_a_reading_names_the_versions_of_its_data() -> None:
    reading = reader().read(title="", text="", on=DAY)
    rules = reader().rules
    assert (reading.catalogue_version, reading.policy_version) == (
        rules.catalogue.version,
        rules.policy.version,
    )


@pytest.mark.parametrize(
    ("paper", "document"),
    [
        ("会计从业资格证", "会计法"),
        ("心理咨询师证", "人社部发〔2017〕68号"),
        ("收纳师证", ""),
        ("教师资格证", ""),
    ],
)
def test_a_cancelled_paper_cites_the_document_that_ended_it(paper: str, document: str) -> None:
    mention = judged(paper)
    assert document in mention.ended_by
    assert bool(mention.ended_by) == bool(document)
    assert bool(mention.ended_by) <= (CANCELLED in mention.basis)
