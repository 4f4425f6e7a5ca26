"""What stands in other items than the name: headings, leads, closing sentences and the sentence behind."""

import pytest

from tests.nlp.reading import strengths

HEADINGS = [
    ("优先条件:\n1、党员\n2、有茶艺师证", "preferred"),
    ("可以加分的:\n1、有实习经历;\n2、有茶艺师证", "preferred"),
    ("加分项(满足其一即可):\n1、有茶艺师证\n2、会英语", "preferred"),
    ("【加分项】\n1、有茶艺师证", "preferred"),
    ("如果你还有这些就更好了:\n1、茶艺师证", "preferred"),
    ("如果你具备以下条件,我们会优先考虑:\n1、有茶艺师证", "preferred"),
    ("以下优先录用:①有茶艺师证②会英语", "preferred"),
    ("福利:1、茶艺师证补贴;2、五险一金", "mentioned"),
    ("岗位职责:1、负责员工茶艺师证考评;2、接待", "mentioned"),
    ("应聘资料:个人简历、学历证、茶艺师证", "mentioned"),
    ("职能类别:茶艺师\n■ 持有茶艺师证\n■ 30岁以下", "required"),
    ("工作地点:广州\n1、有茶艺师证\n2、30岁以下", "required"),
    ("一、服务员:2名(待遇:4000-5000)\n1、有茶艺师证;\n2、能吃苦", "required"),
    ("公司简介:我们是好公司。服务员:18-45岁,初中及以上学历,有茶艺师证", "required"),
    ("公司简介:我们是好公司。\n茶艺师证、健康证,能倒班", "required"),
    ("工作内容:泡茶。茶艺师证、健康证。干净利索", "required"),
    ("工作内容:泡茶。整理茶艺师证、健康证。干净利索", "mentioned"),
    ("薪资待遇:4500起\n茶艺师证,40岁以下", "required"),
    ("■职责■泡茶■职位要求■有茶艺师证", "required"),
]


@pytest.mark.parametrize(("text", "want"), HEADINGS)
def test_a_heading_rules_its_own_points_only(text: str, want: str) -> None:
    found = [strength for quote, strength in strengths(text) if quote.endswith("茶艺师证")]
    assert found == [want]


LEADS = [
    ("具备下列条件之一:1、茶艺师证;2、本科学历;", "alternative"),
    ("至少满足下述一条:1、茶艺专业;2、取得茶艺师证", "alternative"),
    ("满足下列条件之一的,优先录用:(1)持茶艺师证;(2)党员", "preferred"),
    ("具备下列条件之一的,年龄可放宽至40周岁:1.具有茶艺师证;2.硕士", "preferred"),
    ("1、有茶艺师证;2、有三年经验;3、大专学历。以上条件满足其一即可", "alternative"),
    ("持有茶艺师证。有以上证书者优先", "preferred"),
    ("取得茶艺师证;未取得的,须在入职后三年内取得", "after_hire"),
    ("有茶艺师证;经验丰富者可不要求证书", "alternative"),
    ("任职要求:\n1、以下编程语言至少掌握一种:Java、C++\n2、持有茶艺师证", "required"),
    ("任职要求:\n1、具备以下特长之一:插花、绘画;\n2、持有茶艺师证", "required"),
    ("1、有茶艺师证;2、身体健康。符合以上条件者优先录用", "required"),
    ("持有茶艺师证;有经验者优先", "required"),
    ("持有茶艺师证;优先录取", "preferred"),
    ("1、持有茶艺师证\n优先\n1、会英语", "required"),
    ("【优先】持有茶艺师证", "preferred"),
    ("入职后需考取：\n1、评茶员证\n2、茶艺师证", "after_hire"),
    ("以下证书不作要求:\n1、评茶员证\n2、茶艺师证", "negated"),
    ("1、茶艺师证;2、评茶员证。以上证书可入职后考取", "after_hire"),
    ("1、茶艺师证;2、评茶员证。以上证书不作硬性要求", "negated"),
    ("1、茶艺师证;2、评茶员证。以上岗位经验不作要求", "required"),
    ("茶艺师证;以上人员公司统一办理社保", "required"),
    ("证书:茶艺师证;是否必须:否", "negated"),
    ("证书:茶艺师证;是否必须:是", "required"),
    ("证书要求:茶艺师证 备注:可入职后取得", "after_hire"),
    ("证书要求:茶艺师证 备注:入职后买社保", "required"),
    ("必须持有茶艺师证;有证的优先分宿舍", "required"),
    ("茶艺师证【优先】", "preferred"),
]


@pytest.mark.parametrize(("text", "want"), LEADS)
def test_the_sentences_around_speak_of_a_name(text: str, want: str) -> None:
    assert [strength for quote, strength in strengths(text) if quote == "茶艺师证"] == [want]


LISTS = [
    ("持有茶艺师证,评茶员证优先", ["required", "preferred"]),
    ("有茶艺师证、评茶员证优先", ["preferred", "preferred"]),
    ("有茶艺师证,评茶员证,保育员证优先", ["preferred", "preferred", "preferred"]),
    ("有茶艺师证者优先,必须有评茶员证", ["preferred", "required"]),
    ("茶艺师证优先,评茶员证必备", ["preferred", "required"]),
    ("取得茶艺师证;未取得的,须在入职后三年内取得评茶员证", ["after_hire", "after_hire"]),
    ("持有以下证书之一:茶艺师证、评茶员证", ["required", "required"]),
    ("须具备下列资格证书之一:1、茶艺师证;2、评茶员证", ["required", "required"]),
    ("有三年经验,或持有茶艺师证、花艺能手、评茶员证", ["alternative", "alternative"]),
    ("有信息技术证书优先(如茶艺师证、评茶员证等)", ["preferred", "preferred"]),
]


@pytest.mark.parametrize(("text", "want"), LISTS)
def test_the_names_of_a_list_share_what_is_said_of_the_list(text: str, want: list[str]) -> None:
    papers = ("茶艺师证", "评茶员证", "保育员证")
    assert [strength for quote, strength in strengths(f"要求:{text}。") if quote in papers] == want
