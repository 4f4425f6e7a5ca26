"""The family of posts that an ad is published under: the word that ends last in the title tells it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from config.reading import Occupation, Occupations, shipped
from nlp.post import PostReader
from nlp.reader import Reader

OCCUPATIONS = shipped().occupations
POSTS = PostReader(OCCUPATIONS)
READER = Reader.load()


@pytest.mark.parametrize(
    ("title", "family"),
    [
        ("幼儿园厨师", "cook"), ("医院保安", "guard"), ("小学语文教师", "teacher"),
        ("销售会计", "accounting"),
        ("财务经理", "accounting_head"), ("出纳", "cashier"), ("网络信息中心一级科员", "civil_service"),
        ("java开发工程师(教育行业)", "programmer"), ("数据分析师", "data"), ("算法工程师", "programmer"),
        ("会计/出纳/司机", "accounting"), ("急招|焊工", "welder"), ("销售-教育事业部", "sales"),
        ("工程师", ""), ("急招", ""), ("", ""), ("(会计)", ""),
    ],
)  # fmt: skip
def test_the_first_post_named_counts_by_the_word_that_ends_last(title: str, family: str) -> None:
    assert POSTS.read(title) == family


@given(st.text(max_size=60))
def test_any_title_is_read(title: str) -> None:
    assert POSTS.read(title) in {"", *OCCUPATIONS.names}


def test_a_title_without_end_takes_no_longer() -> None:
    assert POSTS.read("前" * 1_000_000 + "前台") == ""


@pytest.mark.parametrize("text", ["工作细致，待遇从优。", "须持有会计从业资格证。", "证书可挂靠。"])
def test_every_ad_has_its_post_whatever_it_demands(text: str) -> None:
    reading = READER.read(title="诚聘會計（双休）", text=text, on=date(2026, 11, 16))
    assert reading.occupation == "accounting"


def test_a_word_that_is_vague_tells_nothing_and_a_published_one_bears_on_no_paper() -> None:
    assert not any(POSTS.read(word) for word in OCCUPATIONS.vague)
    assert {family.id for family in OCCUPATIONS.families} < OCCUPATIONS.names.keys()


def test_a_family_has_one_name() -> None:
    cook = Occupation(id="cook", name="厨师", title=("厨师",))
    other = cook.model_copy(update={"name": "厨工"})
    with pytest.raises(ValidationError, match=r"published\.0\.name: 'cook' is '厨师' elsewhere"):
        Occupations(occupations=(cook,), general=(), published=(other,))
