"""The title tells the post; two posts, or a text that speaks of another, make it unclear."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.reading import shipped
from nlp.occupation import OccupationReader

READER = OccupationReader(shipped().occupations)
IDS = {family.id for family in shipped().occupations.families}
LONG = (
    "要求五官端正,能吃苦耐劳,有责任心,服从公司安排,工作时间为早八点到晚五点,月休四天,待遇面议,"
    "有意者请来电详谈,非诚勿扰,谢谢合作,欢迎加入。"
)


@pytest.mark.parametrize(
    ("title", "family"),
    [
        ("前台", "front_desk"), ("公司前台(双休)", "front_desk"), ("行政文员", "office"),
        ("财务经理", "accounting_head"), ("会计", "accounting"), ("网络销售", "sales"),
        ("软件测试工程师", "programmer"), ("初中英语老师", ""), ("小学部前台", ""), ("前台/教师", ""),
        ("药店营业员", ""), ("前台、文员、会计", ""), ("一级主任科员", "civil_service"),
        ("", ""), ("诚聘英才", ""),
    ],
)  # fmt: skip
def test_a_title_is_clear_when_it_names_one_post(title: str, family: str) -> None:
    assert READER.clear(title, "") == family


def test_a_word_within_a_longer_one_names_no_post() -> None:
    assert READER.families("财务经理") == {"accounting_head"}
    assert READER.families("财务经理兼财务") == {"accounting_head", "accounting"}


def test_a_long_text_must_take_the_post_up() -> None:
    assert len(LONG) > 60
    assert READER.clear("前台", LONG.replace("来电", "联系")) == ""
    assert READER.clear("前台", LONG.replace("来电", "联系") + "负责来访接待。") == "front_desk"


def test_trades_come_before_their_text_and_that_before_general_posts() -> None:
    assert READER.read("客户经理", "在证券公司工作") == "securities"
    assert READER.read("客户经理", "负责签单") == "sales"
    assert READER.read("货车司机", "在证券公司工作") == "driver"
    assert READER.read("诚聘", "") == ""


@given(st.text(max_size=60), st.text(max_size=120))
def test_any_title_and_text_are_read(title: str, text: str) -> None:
    assert READER.read(title, text) in IDS | {""}
    clear = READER.clear(title, text)
    assert clear == "" or READER.families(title) == {clear}
    assert READER.families(title) <= IDS


def test_a_title_without_end_takes_no_longer() -> None:
    assert READER.families("前" * 1_000_000 + "前台") == frozenset()
