"""Sentences as the position tables of public notices have them, and as foreign boards do."""

import pytest

from tests.nlp.reading import kinds, read, strengths


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("其他条件:具有⟦网络工程师专业技术资格证书⟧,服务期3年。", "proficiency"),
        ("其他条件:具有⟦统计师专业技术资格⟧。", "proficiency"),
        ("其他条件:具有⟦工程师专业技术资格⟧。", "title"),
        ("其他条件:具有⟦兽医专业技术资格证书⟧。", "title"),
        ("其他条件:具有⟦相应的职(执)业资格证⟧。", "generic"),
        ("驾驶员,会修车,有⟦从业资格证⟧;", "licensing"),
    ],
)
def test_what_a_paper_of_a_notice_is(text: str, expected: str) -> None:
    name = text[text.index("⟦") + 1 : text.index("⟧")]
    assert kinds(text.replace("⟦", "").replace("⟧", "")) == [(name, expected)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("持有保育员证、初中或高中语文、历史教师资格证。", ["required", "required"]),
        ("日语二级证书,成绩均在合格以上及在校期间无补考记录。", ["required"]),
        ("6、职(执)业资格:无。", ["negated"]),
        ("大专/会计证/三年经验", ["required"]),
        ("会计证/三年经验", ["alternative"]),
        ("没有茶艺师证可以培训", ["after_hire"]),
        ("接受无茶艺师证的应届生", ["negated"]),
        ("持会计证上岗,初级会计证优先", ["required", "preferred"]),
        ("有茶艺师证且有三年经验,评茶员证优先", ["required", "preferred"]),
        ("无茶艺师证可,有评茶员证优先", ["negated", "preferred"]),
        ("有茶艺师证的优先,有评茶员证的次之", ["preferred", "preferred"]),
        ("会计证(必须)、初级会计证(优先)", ["required", "preferred"]),
        ("茶艺师证(优先)、育婴师证(必备)", ["preferred", "required"]),
        ("有会计证或相关专业毕业,初级会计证优先", ["alternative", "preferred"]),
        ("持有社工证和司法鉴定人证", ["required", "required"]),
        ("有物业上岗证者,同等条件下优先。", ["preferred"]),
        ("请带资料员证来公司面试。", ["mentioned"]),
        ("具有高级经济师或审计师等资格。", ["required", "required"]),
        ("具有社工证书的人员,年龄放宽到40周岁。", ["preferred"]),
        ("具有下列证书之一的,面试加3分:茶艺师证、导游证", ["preferred", "preferred"]),
    ],
)
def test_how_firmly_a_notice_asks(text: str, expected: list[str]) -> None:
    assert [strength for _, strength in strengths(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "具备会计师或税务师事务所工作经验。",
        *("负责委托业务的受理。", "熟悉信托业务和信托业法规。", "信托福利产品的销售"),
        *("Pomůžete nasměrovat tým.", "Je nutné umět česky."),
    ],
)
def test_part_of_a_longer_word_is_no_paper(text: str) -> None:
    assert not read(text).mentions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- Valid driver's license required", [("driver's license", "statutory")]),
        ("Certified Public Accountant (CPA) preferred", [("Certified Public Accountant (CPA)", "licensing")]),
        ("Project Management Professional (PMP)", [("Project Management Professional (PMP)", "foreign")]),
        ("Report to the Financial Risk Manager. SSL certificate renewal.", []),
    ],
)
def test_names_written_out_in_english(text: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("职业资格:经济师、会计师", [("经济师", "proficiency"), ("会计师", "proficiency")]),
        ("职业资格要求:中级钳工", [("中级钳工", "skill_level")]),
        ("持证要求:电工", [("电工", "licensing")]),
        ("职称要求:经济师", [("职称", "title")]),
        ("职称:中级会计师", [("中级会计师", "title")]),
        ("任职资格:电工,会看图纸", []),
    ],
)
def test_the_label_of_a_field_tells_what_its_names_are(text: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize("title", ["信息系统监理师", "初级统计分析师", "茶艺师"])
def test_a_title_that_is_but_a_name_names_the_post(title: str) -> None:
    assert not read("要求:大专以上学历。", title=title).mentions


def test_english_headings_tell_who_is_meant() -> None:
    text = "About us\nAn ISO9001 firm\nYou must bring:\n- CPA\nNice to have:\n- ACCA\nWe offer\n- CFA courses"
    assert strengths(text) == [("CPA", "required"), ("ACCA", "preferred"), ("CFA", "mentioned")]
