"""What the shipped data answer: the life of a qualification, several meanings, and what nobody has listed."""

import json
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import policy, reading
from config.catalogue.demand import Law
from config.catalogue.explanation import explain
from config.catalogue.loader import shipped
from config.catalogue.lookup import Answer, Found, look_up, near_names

LAW = Law(shipped(), reading.shipped(), policy.shipped())
DAYS = st.dates(min_value=date(2014, 1, 1), max_value=date(2030, 1, 1))


def asked(name: str, day: str = "2024-06-01") -> Answer:
    return look_up(LAW, name, date.fromisoformat(day))


def only(name: str, day: str = "2024-06-01") -> Found:
    (found,) = asked(name, day).meanings
    return found


@pytest.mark.parametrize(
    ("name", "day", "kind", "required"),
    [
        ("会计从业资格证", "2016-06-01", "licensing", "none"),
        ("会计从业资格证", "2017-11-04", "licensing", "lawful"),
        ("会计从业资格证", "2017-11-05", "delisted", "violation"),
        ("会计从业资格证", "2018-01-01", "delisted", "violation"),
        ("人力资源管理师", "2019-01-01", "proficiency", "violation"),
        ("人力资源管理师", "2022-01-01", "skill_level", "violation"),
        ("心理咨询师", "2024-06-01", "delisted", "violation"),
        ("PMP", "2024-06-01", "foreign", "advisory"),
        ("健康证", "2024-06-01", "statutory", "none"),
        ("中级职称", "2024-06-01", "title", "none"),
        ("注册会计师", "2024-06-01", "licensing", "lawful"),
    ],
)
def test_what_it_is_and_whether_it_may_be_demanded(name: str, day: str, kind: str, required: str) -> None:
    found = only(name, day)
    assert (found.kind, found.demands[0].required) == (kind, required)


def test_the_whole_life_with_dates_and_documents() -> None:
    stretches = only("会计从业资格").history
    assert [(each.start, each.until, each.kind) for each in stretches] == [
        (None, date(2017, 9, 11), "licensing"),
        (date(2017, 9, 12), date(2017, 11, 4), "licensing"),
        (date(2017, 11, 5), None, "delisted"),
    ]
    assert all(each.document and each.sources for each in stretches)
    assert stretches[1].item is not None
    assert (stretches[1].item.number, stretches[1].verified) == (35, False)


def test_what_ended_it_is_its_own_document_not_another_decision() -> None:
    citations = [ground.citation for ground in only("会计从业资格", "2018-01-01").demands[0].basis]
    assert any("会计法" in citation for citation in citations)
    assert not any("国务院取消" in citation for citation in citations)


def test_a_licence_is_lawful_for_its_activity_and_only_a_hint_elsewhere() -> None:
    inside, elsewhere = only("注册会计师").demands
    assert (inside.required, elsewhere.required) == ("lawful", "advisory")
    assert "审计" in inside.where
    assert "会计、财务" in inside.posts
    assert "前台" in elsewhere.posts
    assert not set(inside.posts) & set(elsewhere.posts)
    assert elsewhere.wording


def test_a_statute_ties_a_level_type_paper_to_one_activity() -> None:
    tied, others = only("基金从业资格证").demands
    assert (tied.required, others.required) == ("advisory", "violation")
    assert any("证券投资基金法" in ground.citation for ground in tied.basis)


@pytest.mark.parametrize(
    ("name", "rows"), [("证券从业资格证", 1), ("初级会计证", 1), ("中级会计师证", 2), ("P38", 2)]
)
def test_a_tie_holds_for_some_names_of_a_paper_only(name: str, rows: int) -> None:
    assert len(only(name).demands) == rows


def test_a_licence_without_an_article_in_force_cites_its_item() -> None:
    before, after = only("应急救援员", "2024-06-01"), only("应急救援员", "2024-12-01")
    assert "目录所列设定依据" in before.demands[0].basis[0].citation
    assert "突发事件应对法" in after.demands[0].basis[0].citation
    assert after.demands[0].basis[0].quote


def test_pending_is_licensing_and_says_so() -> None:
    found = only("保安员证")
    assert (found.kind, found.pending) == ("licensing", True)
    assert found.item is not None
    assert found.item.listed == "pending"
    assert "拟依法调整为准入类" in explain(asked("保安员证"))


@pytest.mark.parametrize(
    ("name", "default", "others"),
    [
        ("电工证", "特种作业人员", {"建筑施工特种作业人员", "电工", "电工进网作业许可证"}),
        ("焊工证", "特种作业人员", {"特种设备安全管理和作业人员", "建筑施工特种作业人员"}),
        ("会计证", "会计从业资格", {"会计专业技术资格"}),
        ("A证", "安全生产考核合格证", {"机动车驾驶证", "法律职业资格"}),
    ],
)
def test_an_ambiguous_name_has_every_meaning_with_its_condition(
    name: str, default: str, others: set[str]
) -> None:
    answer = asked(name)
    first, *rest = answer.meanings
    assert (first.name, first.default) == (default, True)
    assert others <= {found.name for found in rest}
    assert not any(found.default for found in rest)
    assert all(found.condition for found in answer.meanings)
    assert answer.decided_by in explain(answer)


def test_a_condition_names_posts_and_words() -> None:
    conditions = {found.name: found.condition for found in asked("A证").meanings}
    assert conditions["机动车驾驶证"] == "岗位属于驾驶员"
    assert "“法考”" in conditions["法律职业资格"]


@pytest.mark.parametrize("name", ["ＰＭＰ", " pmp ", "PMP", "pmp证书"])
def test_width_case_and_blanks_do_not_matter(name: str) -> None:
    assert only(name).id == "foreign:PMP"


def test_a_paper_of_a_known_name_is_that_name() -> None:
    answer = asked("心理咨询师资格证书")
    assert answer.read_as == "心理咨询师"
    assert "按“心理咨询师”查询" in explain(answer)


def test_a_paper_that_no_catalogue_governs_was_always_the_same() -> None:
    (stretch,) = only("PMP").history
    assert (stretch.start, stretch.until) == (None, None)


def test_an_unknown_name_has_near_ones() -> None:
    assert asked("心里咨询证").meanings == ()
    assert "心理咨询师" in asked("心里咨询证").near
    assert asked("飞天证").near == near_names(LAW.catalogue, "") == ()
    assert explain(asked("飞天证")) == "没有收录“飞天证”"
    assert "相近的名称：" in explain(asked("护士"))


@given(name=st.sampled_from(sorted(LAW.catalogue.qualifications)), day=DAYS)
def test_every_answer_agrees_with_the_catalogue_and_hides_the_research(name: str, day: date) -> None:
    answer = look_up(LAW, name, day)
    (found,) = answer.meanings
    standing = LAW.catalogue.standing(found.id, day)
    assert (found.kind, found.pending) == (standing.kind, standing.pending)
    in_force = [each for each in found.history if (each.start or date.min) <= day <= (each.until or date.max)]
    assert [each.kind for each in in_force] == [found.kind]
    assert {number for each in found.history for number in each.sources} <= {
        source.number for source in found.sources
    }
    text = explain(answer)
    assert not re.search(r"GitHub|verified|\bScope\b|None|\{|\}", text)
    assert not any(f"[{source}]" in text for source in LAW.catalogue.sources)


@given(name=st.text(max_size=30), day=DAYS)
def test_any_string_is_answered(name: str, day: date) -> None:
    answer = look_up(LAW, name, day)
    assert explain(answer)
    assert json.loads(answer.to_json())["asked"] == name


def test_the_schema_is_the_documented_one() -> None:
    answer = json.loads(asked("会计从业资格", "2017-10-01").to_json())
    assert list(answer) == [
        "schema_version", "asked", "read_as", "on", "edition", "catalogue_version", "policy_version",
        "decided_by", "meanings", "near",
    ]  # fmt: skip
    (found,) = answer["meanings"]
    assert list(found) == [
        "id", "name", "condition", "default", "kind", "pending", "verified", "item", "demands", "history",
        "names", "sources",
    ]  # fmt: skip
    assert list(found["item"]) == [
        "part", "number", "name", "class", "departments", "legal_basis", "contents", "sub_items",
        "unverified", "note", "sources",
    ]  # fmt: skip
    assert list(found["demands"][0]) == [
        "where", "posts", "row", "required", "preferred", "text", "basis", "wording", "note",
    ]  # fmt: skip
    assert list(found["history"][0]) == [
        "from", "dated", "until", "kind", "pending", "edition", "item", "document", "note", "verified",
        "sources",
    ]  # fmt: skip
    assert list(found["sources"][0]) == ["number", "title", "publisher", "date", "url", "seen"]
