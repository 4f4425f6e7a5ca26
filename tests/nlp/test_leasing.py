"""Papers that are lent: by a word, by signs that meet, and the other senses of the same words."""

import json
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.labels import GOLD
from tests.nlp.reading import PACKS, found, read

HONEST: Final = [
    "一级建造师,证书须注册到本公司,全职到岗",
    "二级建造师,可注册,15万/年,有项目管理经验",
    "一级建造师,可注册,唯一社保,20万/年,参与招投标,负责企业资质维护",
    "注册消防工程师,带b证者优先,可转入,带项目,聘用年薪面议",
    "招执业药师,证书在有效期内可转注册,驻店工作",
    "拒绝挂靠,一级建造师转注册到我司,15万/年",
    "不招兼职挂证人员,须人证合一",
    "负责财务代理、挂靠秘书地址企业的跟进工作",
    "负责贸易开证和收证初审",
    "一级建造师,全职,社保转入我司,年薪15万,须驻场",
    "项目经理须本人到岗,严禁人证分离,一级建造师",
    "聘兼职税务师,每周到公司两天,不坐班,按次付费",
    "驻店执业药师,不驻店者勿扰,月薪六千",
    "录用后三日内不到岗视为放弃,一级建造师优先",
    "因公司资质升级,招二级建造师,全职到岗,注册到我司",
    "负责公司资质升级、增项、延期换证,熟悉四库一平台,有二级建造师优先",
    "造价工程师,可居家办公,不用打卡,按项目提成",
    "人证合一,注册监理工程师须常驻项目现场",
    "负责证书合作机构的拓展,熟悉一级建造师考试",
    "安全工程师,不驻外,双休,持注安证",
    "执业药师,允许兼职,每天到店四小时,月薪4000",
    "设备工程师,不需要驻厂,在总部上班,熟悉特种设备,有注册公用设备工程师证优先",
    "静态设备工程师,注册压力容器设计证",
    "消防维保工程师,需驻场,一级消防工程师证,年结奖金",
    "建筑师,年薪30万,工资每月打卡,一级注册建筑师",
    "勘察院诚邀注册岩土工程师合作伙伴,共同出资",
    "二级建造师,能驻场,年薪10万以上,社保齐全",
    "一级建造师项目经理,长期驻外,有补贴",
    "公司资质申报专员,负责建造师注册、延期、增项办理",
    "执业药师,每天营业时间在岗,药监检查时负责陪同",
    "监理工程师,退休返聘可,需到现场",
    "注册会计师,可兼职,按项目结算,远程办公",
    "执业兽医师,门诊坐诊,证书注册在本院",
    "安全总监,注册安全工程师,常驻矿区,年薪25万,年底一次结清奖金",
    "造价工程师,投标期间配合加班",
    "招二级建造师,须在本单位缴纳社保,兼职勿扰,拒绝人证不合一",
    "建筑设计院招一级注册建筑师,可远程,不坐班,项目提成",
    "资质部主管,熟悉资质升级流程,人员证书管理,持二建证者优先",
]
UNNAMED: Final = [
    ("药店招聘执业药师", "证书注册在我店即可,平时不用来上班,药监检查时到店,年付。"),
    ("二级建造师(市政)", "仅用于资质申报,不用到岗,1.8万一年,签三年。"),
    ("中级工程师", "需要中级职称证书六本,资质用,不坐班,两千一年"),
    ("八大员", "施工员证、资料员证各两名,只需配合备案,人不来,一本证600"),
    ("注册消防工程师", "挂名,12万两年,先付一半,原件寄来"),
    ("诊所招聘", "医师证备案,平时不用到岗,检查时到场"),
    ("证书顾问", "手里有证的建造师,我们帮您做兼职注册"),
    ("求购一建机电", "证书到手即签,年限两年,社保可不转"),
    ("招监理工程师", "不影响您本职工作,原件快递到付,两年付清"),
    ("岩土工程师", "无社保,可转入,20万/年"),
    ("一级建造师", "长期挂靠,有意请联系,社保无要求"),
    ("高价聘一建", "挂靠,中介勿扰"),
    ("合作", "公司增项需要二建机电两本,人不用动,一年一万六,年底前打款"),
    ("合作", "新办劳务资质,寻中级安全工程师,本人无需出面,证书原件给我们拍照即可,一年2万8"),
    ("合作", "诊所开业备案需执业医师一名,人来不来都行,每月给两千"),
    ("合作", "求租一级结构师,三年起,不参与任何设计工作"),
    ("合作", "有消防工程师的朋友,不用您上班,只在维保单位年检时配合人脸,年付四万"),
    ("合作", "造价咨询企业缺人头,一级造价师三名,不用到岗,社保不用转"),
    ("合作", "本人有一级建造师(机电),不想上班,想找单位放证,价高者得"),
    ("合作", "市政资质升级差两本二建,证到人不到,合同一年一签,钱一次给清"),
    ("合作", "安全生产许可证延期,急需注安,配合网上打卡,其余不用管,一年三万"),
    ("合作", "监理公司诚邀监理工程师合作,不驻工地,只挂单位,费用季付"),
    ("合作", "物业资质用,招注册物业…二级建造师一名,不坐班,年底给钱"),
    ("合作", "我司申报施工劳务,缺注册建造师,人员无需到岗,社保自理,两万一年"),
    ("合作", "招注册公用设备(动力)两人,配合公司资质维护,不用到公司,三年合同,预付一年"),
    ("合作", "一级建造师铁路,报到注册后不用管,保底六万"),
    ("合作", "医院评审需副主任医师挂名,每月三千,不用出诊"),
    ("合作", "兼职执业药师,人不需要来,抽查时接个电话就行,一个月八百"),
    ("合作", "招一消,静态使用,不上项目,8.5万两年"),
    ("合作", "升资质,需二建水利,只用证不用人,三年合同"),
]
"""Loans of a paper that never say so, or say 挂靠 under a title that names the paper."""
OTHER_SENSE: Final = [
    ("货车司机", "自带车辆挂靠我公司,需从业资格证,A2驾驶证"),
    ("卡车司机", "有车愿挂靠的也可来,需要从业资格证"),
    ("应届毕业生", "户口可由公司挂靠,档案免费挂靠,有职称证者优先"),
    ("网格员", "党员组织关系可以挂靠在街道,持社工证"),
    ("社保专员", "社保公积金代缴、挂靠,有证书优先"),
    ("快递加盟", "可挂靠网点,需健康证"),
    ("项目经理", "一级建造师。公司郑重声明:不以任何形式收取押金,绝不参与挂靠、租证、借证。"),
    ("一级建造师", "谢绝一切中介、猎头、挂靠人员;证书须转注册到我司"),
    ("一级建造师", "必须全职,挂证者一经发现立即解除合同"),
    ("执业药师", "证书注册到本店,有挂证经历勿投"),
    ("协管员", "协助排查药师挂证、租证行为"),
    ("法务", "审查被挂靠方的合同,有法律职业资格证书"),
    ("一级建造师", "全职,不接受兼职、年付"),
]
WORK_AT_HOME: Final = [
    ("造价工程师(兼职)", "不坐班,按项目结算,在家办公,有一级造价工程师证优先"),
    ("建筑设计师", "兼职,不坐班,按张计费,不交社保,注册建筑师优先"),
    ("药师", "兼职药师,每周驻店三天,无社保,执业药师证"),
    ("监理工程师", "注册监理,不坐班,驻现场,25万/年"),
    ("执业药师", "执业药师不在岗时挂牌告知,配合药监检查,可注册,全职"),
    ("安全员", "无需坐班,证书补贴:5000元/年"),
    ("一级建造师", "年薪20万/年,可注册,缴纳社保,带业绩优先"),
    ("人事", "负责建造师转注册、初始注册,办理资质,8万/年"),
]


@pytest.mark.parametrize("text", HONEST)
def test_a_firm_that_wants_the_holder_is_no_lessor(text: str) -> None:
    assert found(text) == []
    assert not read(text).leasing


@pytest.mark.parametrize(("title", "text"), UNNAMED)
def test_a_loan_is_told_by_signs_that_meet(title: str, text: str) -> None:
    reading = read(text, title=title)
    assert reading.leasing
    assert {finding.pack for finding in reading.findings} == {"leasing"}


@pytest.mark.parametrize(("title", "text"), [*OTHER_SENSE, *WORK_AT_HOME])
def test_other_senses_refusals_and_work_at_home_are_no_loan(title: str, text: str) -> None:
    assert found(text, title) == []


@pytest.mark.parametrize("nearer", ["一建", "车辆"])
def test_the_nearest_word_of_the_clause_tells_in_which_sense(nearer: str) -> None:
    (other,) = {"一建", "车辆"} - {nearer}
    assert bool(found(f"{other}不限,{nearer}要挂靠")) == (nearer == "一建")


def test_the_title_completes_what_the_text_leaves_open() -> None:
    assert found("无社保,年付", "司机") == []
    reading = read("每周一次,年付", title="一级建造师(挂名)")
    assert reading.leasing_evidence is not None
    assert reading.leasing_evidence.text == "年付"
    assert read("挂名,年付", title="一级建造师(挂名)").findings[0].evidence.text == "挂名,年付"


@pytest.mark.parametrize("refusal", PACKS["leasing"].refusals)
def test_a_refusal_turns_a_core_word_round(refusal: str) -> None:
    assert found(f"一级建造师,{refusal}挂靠") == []


@pytest.mark.parametrize("refusal", PACKS["leasing"].refusals_after)
def test_a_refusal_may_follow(refusal: str) -> None:
    assert found(f"一级建造师,挂靠者一律{refusal}") == []


def test_a_refusal_ends_with_its_sentence() -> None:
    assert found("不要高谈阔论。一建挂靠从优") == [("leasing", "leasing.affiliation")]


def test_hints_must_meet_and_need_a_registrable_paper() -> None:
    assert found("美工,不坐班,转注册") == []
    assert found("一级建造师,不坐班" + "。我们做工程。" * 40 + "转注册") == []
    assert found("一级建造师,不坐班,转注册") == [("leasing", "leasing.absent")]


@pytest.mark.parametrize("title", ["一级建造师讲师(兼职)", "远程审方药师(兼职)"])
def test_work_that_is_done_from_home_is_no_loan(title: str) -> None:
    assert found("执业药师或一级建造师均可,兼职,不坐班,注册单位不限", title) == []


def test_leasing_is_a_finding_and_the_field_of_the_guide() -> None:
    reading = read("求一建挂靠")
    assert reading.leasing
    assert [finding.evidence for finding in reading.findings] == [reading.leasing_evidence]


@pytest.mark.shared
def test_the_gold_ads_hold_four_offers_of_leasing_and_no_other(shared: Path) -> None:
    with (shared / GOLD).open(encoding="utf-8") as rows:
        ads = [json.loads(row) for row in rows]
    assert [ad["id"] for ad in ads if read(ad["text"], title=ad["title"]).leasing] == [
        ad["id"] for ad in ads if ad["leasing"]
    ]


@given(
    left=st.sets(st.integers(0, 3), min_size=2),
    reach=st.integers(1, 40),
)
def test_no_finding_without_one_of_the_anchors(left: set[int], reach: int) -> None:
    pack = PACKS["leasing"]
    signs = [hints.groups[number % len(hints.groups)][0] for hints in pack.hints for number in sorted(left)]
    text = "一级建造师" + ",".join(signs) + "," * reach
    anchored = any(word in text for word in pack.anchors)
    assert anchored or not found(text)
