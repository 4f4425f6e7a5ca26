"""For whom a poster hires, by the ad's own words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.employers import acting_for

AGENCY = "某某人力资源有限公司"


@pytest.mark.parametrize(
    ("wording", "name"),
    [
        ("用工单位：某某电子有限公司\n岗位职责：装配", "某某电子有限公司"),
        ("实际用工单位为某某银行", "某某银行"),
        ("我司受某某物业服务有限公司委托，招聘保安", "某某物业服务有限公司"),
        ("代某某纺织有限公司招聘挡车工", "某某纺织有限公司"),
        ("（代招：某某汽车集团）", "某某汽车集团"),
        ("代子公司某某环保科技有限公司招聘", "某某环保科技有限公司"),
        ("本岗位为代上级公司：某某科技有限公司招聘", "某某科技有限公司"),
        ("“某某云计算有限责任公司”代招", "某某云计算有限责任公司"),
        ("签订劳动合同，派遣至某某大学工作", "某某大学"),
        ("此岗位外派至某某信息科技有限公司（国企）", "某某信息科技有限公司"),
    ],
)
def test_the_named_employer(wording: str, name: str) -> None:
    found = acting_for(wording.replace("某某", "青禾"), company=AGENCY)
    assert found == name.replace("某某", "青禾")


@pytest.mark.parametrize(
    "wording",
    [
        "",
        "代某知名互联网公司招聘",
        "此系为集团公司代招",
        "该岗位为广州分公司代招",
        "接受客户公司委托，外派至客户公司工作",
        "为公司招聘人才，为本公司招聘渠道建立档案",
        "受客户公司委托招聘",
        "用人单位：详见面试通知",
        "为用人单位提供代招服务",
        "负责公司代理记账，代表公司参加会议",
        "现代有限公司招聘",
        "新一代信息技术有限公司招聘工程师",
        f"用工单位：{AGENCY}",
    ],
)
def test_nobody_where_no_other_employer_is_named(wording: str) -> None:
    assert acting_for(wording, company=AGENCY) == ""


@given(st.text(alphabet="代招用工单位：受委托青禾有限公司集团派遣至的\n，", max_size=200))
def test_what_is_found_stands_in_the_wording(wording: str) -> None:
    name = acting_for(wording, company=AGENCY)
    assert name in wording


def test_a_poster_without_a_name_may_act_for_somebody() -> None:
    assert acting_for("代青禾系统有限公司招聘", company="") == "青禾系统有限公司"
