"""The explanation tells a layman the row, the scope, the measure and the texts, or that there is none."""

import pytest

from config.policy import Poster
from nlp.explanation import explain
from tests.nlp.reading import DAY, reader


def told(text: str, *, title: str = "", poster: Poster = "private", company: str = "某公司") -> str:
    reading = reader().read(title=title, text=text, on=DAY, poster=poster, company=company)
    return explain(reading, title=title, text=text, rules=reader().rules)


def test_a_licence_elsewhere_is_explained_by_its_activity_and_statute() -> None:
    said = told("须持有教师资格证", title="前台")
    for part in (
        "【提示】“教师资格证”",
        "口径：准入类职业资格，但岗位明显不在其法定活动范围内",
        "法定活动为“在学校和其他教育机构从事教育教学工作”；岗位“前台”明显不属于该活动",
        "《中华人民共和国教师法》（第十条）（2009-08-27），适用于：",
        "未见条文规定在法定活动之外要求准入类资格如何处理",
        "措施：不作线索",
        "建议：",
    ):
        assert part in said
    assert "疑似违规要求" not in said


@pytest.mark.parametrize(
    ("title", "fit"),
    [
        ("英语教师岗", "不作判断"),
        ("教师", "岗位“教师”属于或接近该活动"),
        ("程序员", "岗位“程序员”是否属于该活动不能确定，不作判断"),
    ],
)
def test_a_lawful_demand_says_how_clear_the_post_is(title: str, fit: str) -> None:
    said = told("须持有教师资格证", title=title)
    assert "【可以要求】" in said
    assert fit in said


def test_a_tie_is_explained_by_its_article_and_its_limits() -> None:
    said = told("须持有中级会计师证", title="财务经理")
    for part in ("法律法规对该项活动另有要求", "第三十六条", "说明：法律同时接受三年以上会计工作经历"):
        assert part in said


def test_a_violation_names_number_date_addressee_and_measure() -> None:
    said = told("须持有心理咨询师证")
    for part in (
        "人社部发〔2017〕68号）（2017-09），适用于：各地区、各部门",
        "一律不得与就业创业挂钩”；没有列入目录，停止考试；已发证书仍可作为水平证明",
        "措施：核实后提醒告知",
        "未见对用人单位以证书设置招聘条件的专门罚则",
    ):
        assert part in said
    assert "违法" not in said


def test_a_public_employer_is_met_with_the_counter_text() -> None:
    said = told("须持有茶艺师证", poster="public")
    assert "《中华人民共和国职业教育法》（第五十三条）（2022-04-20）" in said
    assert "函告招聘单位及其主管部门" in said


@pytest.mark.parametrize("paper", ["心理咨询师证", "会计从业资格证", "物流师证"])
def test_a_document_is_told_once_with_what_it_says_of_the_paper(paper: str) -> None:
    grounds = [line for line in told(f"须持有{paper}").splitlines() if line.startswith("  依据：")]
    assert sum("人社部发〔2017〕68号" in line for line in grounds) == 1
