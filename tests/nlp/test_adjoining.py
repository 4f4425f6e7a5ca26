"""Words that touch: names run together without a mark are papers of their own, other words make one name."""

import pytest

from tests.nlp.reading import kinds, read


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("收二建一建，社保唯一", ["二建", "一建"]),
        ("招一造二建一消，全职", ["一造", "二建", "一消"]),
        ("初会中会优先", ["初会", "中会"]),
        ("有注会注税优先", ["注会", "注税"]),
        ("持有市政一建公路一建者优先", ["市政一建", "公路一建"]),
        ("持施工员质量员证", ["施工员", "质量员证"]),
        ("须持茶艺师评茶员证", ["茶艺师", "评茶员证"]),
        ("持有保育员育婴师证", ["保育员", "育婴师证"]),
        ("有一级建造师二级建造师证优先", ["一级建造师", "二级建造师证"]),
        ("有初级会计师中级会计师证优先", ["初级会计师", "中级会计师证"]),
        ("证从、基从双证", ["证从", "基从"]),
        ("检疫检验员证检验员2名", ["检验员证"]),
        ("持叉车证叉车工3名", ["叉车证"]),
    ],
)
def test_names_run_together_are_papers_of_their_own(text: str, quotes: list[str]) -> None:
    assert [mention.quote for mention in read(text).mentions] == quotes


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("持CCNA网络工程师证书", "CCNA网络工程师证书"),
        ("有微软认证工程师优先", "微软认证工程师"),
        ("持有CPA注册会计师证书", "CPA注册会计师证书"),
        ("持有电工焊工证", "电工焊工证"),
        ("持法律职业资格A证", "法律职业资格A证"),
        ("有机动车驾驶证C1", "机动车驾驶证C1"),
    ],
)
def test_words_that_touch_may_be_one_name(text: str, quote: str) -> None:
    assert [mention.quote for mention in read(text).mentions] == [quote]


@pytest.mark.parametrize(
    "text",
    ["一般建议", "统一建设一建筑", "统一建模", "从业证券行业两年", "中会议室二建设处", "从事职业证券投资"],
)
def test_a_word_within_other_words_is_none(text: str) -> None:
    assert kinds(f"要求：{text}。") == []
