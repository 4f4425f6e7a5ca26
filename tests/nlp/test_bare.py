"""The bare name of a person or an industry: when it is the paper, and when people, posts or years."""

import pytest

from tests.nlp.reading import kinds, read, strengths


@pytest.mark.parametrize(
    ("text", "quote", "strength"),
    [
        ("碳排放管理员持证优先", "碳排放管理员持证", "preferred"),
        ("茶艺师持证者优先", "茶艺师持证", "preferred"),
        ("互联网营销师持证加分", "互联网营销师持证", "preferred"),
        ("育婴师有证优先", "育婴师有证", "preferred"),
        ("中式面点师有证更好", "中式面点师有证", "preferred"),
        ("高压电工持证优先", "高压电工持证", "preferred"),
        ("叉车工持证", "叉车工持证", "required"),
        ("焊工须持证", "焊工", "required"),
        ("无需电工持证", "电工持证", "negated"),
        ("钳工技师待遇从优", "钳工技师", "preferred"),
        ("焊工技师待遇从优", "焊工技师", "preferred"),
        ("药师 2人 本科 初级药师", "初级药师", "required"),
        ("机修 1名 中专 钳工四级", "钳工四级", "required"),
        ("通过税务师三科优先", "税务师", "preferred"),
        ("通过中国精算师三门以上优先", "中国精算师", "preferred"),
        ("有人力资源专业中级经济师更好", "中级经济师", "preferred"),
        ("塔吊司机持证两名", "塔吊司机持证", "required"),
        ("针灸推拿:中医执业医师", "中医执业医师", "required"),
        ("国家级白酒评委优先", "国家级白酒评委", "preferred"),
        ("省监理工程师8名", "省监理工程师", "required"),
        ("通过中级经济师者优先", "中级经济师", "preferred"),
    ],
)
def test_a_person_stands_for_the_paper(text: str, quote: str, strength: str) -> None:
    assert strengths(text) == [(quote, strength)]


@pytest.mark.parametrize(
    "text",
    [
        "厨师有证、无证均可学",
        "客服人员持证件到公司面试",
        "施工员持证情况统计",
        "招聘钳工技师,待遇从优",
        "美容技师待遇从优",
        "通过会计师事务所审计",
        "通过设计师沟通确认",
        "通过监理工程师签字",
        "岗位 中级焊工 人数 2",
    ],
)
def test_people_and_posts_are_no_papers(text: str) -> None:
    assert [kind for _, kind in kinds(text) if kind != "generic"] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("须有银行从业", ["银行从业"]),
        ("须有银行从业基金从业保险从业", ["银行从业", "基金从业", "保险从业"]),
        ("要求具备证券从业、基金从业", ["证券从业", "基金从业"]),
        ("有证券从业优先", ["证券从业"]),
        ("基金从业优先", ["基金从业"]),
        ("证券从业两科通过", ["证券从业"]),
        ("期货从业考试通过者优先", ["期货从业"]),
        ("持有基金从业", ["基金从业"]),
    ],
)
def test_an_industry_stands_for_its_paper(text: str, said: list[str]) -> None:
    assert [mention.quote for mention in read(text).mentions] == said


@pytest.mark.parametrize(
    "text",
    [
        "有银行从业背景",
        "有证券从业经历者优先",
        "基金从业人员优先",
        "有银行从业5年经验",
        "五年证券从业",
        "有银行从业或保险从业经验",
        "具有证券从业、投行经验者",
        "拥有保险从业者资源",
        "银行从业优先",
    ],
)
def test_years_in_an_industry_are_no_paper(text: str) -> None:
    assert read(text).mentions == ()


def test_a_share_of_trained_staff_is_no_demand() -> None:
    assert read("岗位职责:员工持证上岗率100%").verdict == "none"
