from datetime import date

import pytest

from tests.nlp.reading import kinds, only, read, strengths

EXAMPLES = {
    "licensing": "教师资格证 护士执业证 医师资格证 一级建造师证 法律职业资格证 导游证 保安员证 叉车证 "
    "消防设施操作员证 低压电工证 网约车驾驶员证 道路运输从业资格证 司炉证 电工证 焊工证 执业药师证 塔吊证 "
    "救生员证 铲车证",
    "proficiency": "初级会计证 经济师证 社会工作者证 软考证书 证券从业资格证 银行从业资格证 税务师证 "
    "网络工程师证 中药师证",
    "skill_level": "人力资源管理师证 茶艺师证 育婴师证 中级钳工证 公共营养师证 保育员证 厨师证 高级电工证 "
    "中级工证",
    "delisted": "会计从业资格证 会计证 心理咨询师证 物业管理师证 报关员证 造价员证 统计员证 会计上岗证",
    "post_permit": "物业上岗证 施工员证 资料员证 预算员证 收银员上岗证 健身教练证 质检员证 客服上岗证",
    "foreign": "PMP CFA FRM ACCA NPDP CISSP PRINCE2",
    "vendor": "CCNP HCIE RHCE OCP证书 CISP 华为认证 六西格玛黑带 等保测评师证",
    "statutory": "健康证 C1驾照 安全员B证 放射工作人员证 无犯罪记录证明",
    "title": "中级职称 工程师职称 初级会计以上职称",
    "education": "英语四级证 普通话二甲证 计算机二级证 专八",
    "generic": "相关证书 相关职业资格证书 职业资格证",
    "other": "收纳师证 颂钵疗愈师资格证书",
}
CASES = [(kind, paper) for kind, papers in EXAMPLES.items() for paper in papers.split()]


@pytest.mark.parametrize(("kind", "paper"), CASES)
def test_the_kinds_of_the_guide(kind: str, paper: str) -> None:
    assert kinds(f"任职要求：1、必须持有{paper}；2、能吃苦耐劳。") == [(paper, kind)]


def test_an_unknown_name_goes_to_the_curation_tray() -> None:
    mention = only("要求:须持有收纳师证。")
    assert (mention.kind, mention.qualification, mention.name) == ("other", None, "收纳师证")


@pytest.mark.parametrize(
    "text",
    [
        "保证质量,验证码登录,论证方案", "须提供身份证、毕业证、学位证", "熟悉证券市场",
        "负责用户身份认证与权限", "关注公司动态", "在公司考核中表现优秀", "第一建设公司诚聘",
        "负责CPA、CPC广告投放", "熟悉AMBA、OCP等总线协议",
        "负责外贸单证", "公司通过ISO9001认证", "有驾龄三年以上经验", "签证办理", "听证与调查取证",
        "注册会计师事务所工作经验", "配置SSL证书", "广东省电子商务认证有限公司",
    ],
)  # fmt: skip
def test_look_alikes_are_no_violation(text: str) -> None:
    assert read("岗位要求:" + text + "。").verdict == "none"


@pytest.mark.parametrize(
    ("paper", "kind"),
    [
        ("氧焊证", "licensing"), ("氧焊工证", "licensing"), ("气保焊证", "licensing"),
        ("放炮证", "licensing"), ("二氧化碳焊证", "licensing"), ("矿权评估师证", "proficiency"),
        ("化工总控工四级证书", "skill_level"), ("茶艺四级证书", "skill_level"), ("英语四级证书", "education"),
        ("日语四级证书", "education"), ("叉车司机驾驶证", "licensing"), ("厂内叉车驾驶证", "licensing"),
        ("货车司机驾驶证", "statutory"), ("塔吊驾驶证", "licensing"), ("小型汽车驾驶资格", "statutory"),
        ("美国护士执照", "foreign"), ("英国律师资格", "foreign"), ("日本护士证", "foreign"),
        ("香港律师执业资格", "foreign"), ("护士执照", "licensing"), ("专利代理人资质", "licensing"),
        ("网络工程师相关证书", "proficiency"), ("采样员证", "post_permit"), ("烟叶评级员证", "skill_level"),
        ("育婴师岗位资格证书", "post_permit"), ("家政上岗证", "post_permit"),
        ("验货工上岗操作证", "post_permit"),
        ("闸门运行工证书", "skill_level"), ("连结员职业资格证", "skill_level"), ("专科护士证", "post_permit"),
        ("N1叉车司机证", "licensing"), ("特种设备Q2类证", "licensing"), ("打桩机操作手证", "skill_level"),
        ("XQZ证", "vendor"), ("中级公路养护工证", "skill_level"),
        ("电子仪器仪表装调工四级证书", "skill_level"),
        ("拳击教练证", "post_permit"), ("索道司机S2证", "licensing"),
        ("民航客运员证", "skill_level"), ("主提升机司机证", "licensing"), ("列车司机驾驶证", "licensing"),
        ("职业技能鉴定证书", "skill_level"), ("考级教师资格证", "post_permit"),
        ("无损检测员职业技能等级证书", "skill_level"), ("船舶电工中级证书", "skill_level"),
        ("铁路车站调车作业员证", "skill_level"), ("国际货代员资格证", "post_permit"),
    ],
)  # fmt: skip
def test_what_stands_before_a_noun_decides_its_kind(paper: str, kind: str) -> None:
    assert kinds(f"任职要求:须持有{paper}。") == [(paper, kind)]


def test_a_prize_and_a_label_are_no_papers() -> None:
    assert kinds("两度获得人工智能大赛A级证书") == []
    assert kinds("(以相关证书材料落款时间为准)") == []
    assert kinds("任职要求:有从业资格1年以上") == []
    assert kinds("具备中国或美国法律职业资格证") == [("法律职业资格证", "licensing")]


def test_the_post_decides_what_a_bare_paper_means() -> None:
    assert only("要求:有上岗证。", title="货车司机").qualification == "S09"
    assert only("要求:有上岗证。", title="焊工").qualification == "S10"
    assert only("要求:有从业资格证。", title="会计").qualification == "old:会计从业资格"
    assert only("要求:有上岗证。", title="文员").kind == "generic"


def test_a_paper_beside_it_does_not_make_a_graded_trade_a_licence() -> None:
    assert kinds("要求:持有高级电工证(三级)和高压电工作业证。") == [
        ("高级电工证(三级)", "skill_level"),
        ("高压电工作业证", "licensing"),
    ]
    assert kinds("要求:持有法律职业资格证书(A证)。")[-1][1] == "licensing"


@pytest.mark.parametrize("paper", ["打磨工证", "珠宝打磨工证"])
def test_a_longer_trade_is_not_the_listed_one_it_ends_with(paper: str) -> None:
    mention = only(f"要求:有{paper}。")
    assert (mention.quote, mention.qualification) == (paper, "skill:技能等级证书")
    assert only("要求:有化工证。").kind == "skill_level"


def test_enumerations_share_their_head() -> None:
    assert kinds("要求:一级/二级建造师证。") == [("一级", "licensing"), ("二级建造师证", "licensing")]
    assert [quote for quote, _ in kinds("要求:持证券、基金从业资格证。")] == ["证券", "基金从业资格证"]
    assert [quote for quote, _ in kinds("要求:PMP、ACP等证书优先。")] == ["PMP", "ACP"]
    assert [quote for quote, _ in kinds("要求:有证书(如PMP)优先。")] == ["PMP"]
    assert [quote for quote, _ in kinds("要求:CPA(注册会计师)优先。")] == ["CPA(注册会计师)"]
    assert strengths("要求:分析类证书优先,如CFA、FRM等。") == [("CFA", "preferred"), ("FRM", "preferred")]


@pytest.mark.parametrize(
    ("paper", "day", "kind", "edition"),
    [
        ("会计从业资格证", date(2017, 10, 1), "licensing", "2017"),
        ("会计从业资格证", date(2018, 1, 1), "delisted", "2017-139"),
        ("人力资源管理师证", date(2019, 6, 1), "proficiency", "2017-139"),
        ("人力资源管理师证", date(2021, 3, 1), "skill_level", "2020-exit-2"),
        ("人力资源管理师证", date(2022, 6, 1), "skill_level", "2021"),
    ],
)
def test_the_day_decides_the_edition(paper: str, day: date, kind: str, edition: str) -> None:
    mention = only(f"要求:须有{paper}。", on=day)
    assert (mention.kind, mention.edition) == (kind, edition)


def test_before_the_first_edition_there_is_no_verdict_and_it_says_so() -> None:
    mention = only("要求:须有茶艺师证。", on=date(2015, 1, 1))
    assert (mention.verdict, mention.edition, mention.basis) == ("none", "before-2017", ("no-catalogue-yet",))


def test_a_violation_carries_its_grounds_and_a_lawful_wording() -> None:
    mention = only("要求:须有茶艺师证。")
    assert mention.verdict == "violation"
    assert "catalogue-notice-2017" in mention.basis
    assert "优先" in mention.suggestion
    assert mention.severity == "yellow"


@pytest.mark.parametrize(
    ("text", "leasing"),
    [
        ("高价收购各类证书挂靠，一级建造师优先", True),
        ("招一级建造师,不坐班,转注册到我司", True),
        ("拒绝挂靠,须全职到岗的一级建造师", False),
        ("请勿挂证,人证合一", False),
        ("证书挂靠勿扰,须到岗", False),
        ("挂靠者请绕行", False),
        ("一建证书挂靠,非诚勿扰", True),
        ("户口挂靠在人才中心", False),
        ("法院挂证据清单", False), ("弹性上班,不坐班", False),
    ],
)  # fmt: skip
def test_leasing_and_its_traps(text: str, leasing: bool) -> None:  # noqa: FBT001
    reading = read(text)
    assert reading.leasing is leasing
    if reading.leasing_evidence:
        span = reading.leasing_evidence
        assert text[span.start : span.end] == span.text


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("", "有会计类证书", "generic"), ("", "有测绘类初级及以上职称", "title"),
        ("", "持有法律职业资格A类证书", "licensing"), ("", "具备网络安全专业认证", "generic"),
        ("", "具有艺术系列四级演奏员及以上资格证书", "title"),
        ("", "具备对外法语等级考试C1及以上", "education"), ("司机", "有C1及以上", "statutory"),
        ("", "有一级项目经理证", "licensing"), ("Java开发工程师", "有项目经理证书", "delisted"),
        ("会计", "有初级资格证书", "proficiency"), ("", "具备证券交易从业资格", "proficiency"),
        ("", "具有人力资源管理助理级以上职业资格证书", "skill_level"),
        ("", "获得医药代表认证资格证书", "vendor"), ("", "具有一级注册建造工程师证书", "licensing"),
    ],
)  # fmt: skip
def test_a_field_names_no_paper_and_the_words_beside_a_name_decide(
    title: str, text: str, expected: str
) -> None:
    assert only(f"要求:{text}。", title=title).kind == expected


@pytest.mark.parametrize(
    "text",
    ["完成产品的强制认证", "有账号系统认证及鉴权经验", "提供环境产品与服务认证", "公司已认证为高新技术企业"],
)
def test_what_is_certified_may_be_no_person(text: str) -> None:
    assert read(f"要求:{text}。").mentions == ()


def test_a_word_that_points_back_is_no_second_paper() -> None:
    assert [quote for quote, _ in kinds("要求:持有船员适任证书,并具有该证书所记载范围的资历。")] == [
        "船员适任证书"
    ]


def test_a_code_names_the_paper_of_some_body() -> None:
    mention = only("要求:有SCPE认证者优先。")
    assert (mention.quote, mention.kind) == ("SCPE认证", "vendor")
    assert read("要求:会部署SSL证书。").mentions == ()


def test_a_related_permit_beside_titles_is_not_said_to_lack_a_basis() -> None:
    assert ("相关上岗证", "generic") in kinds("要求:具有会计、审计或相关上岗证、职称证。")
    assert ("上岗证", "post_permit") in kinds("要求:有茶艺师证、上岗证。")


def test_levels_of_the_state_are_skill_levels_and_a_second_paper_is_of_the_first_ones_post() -> None:
    assert [kind for _, kind in kinds("要求:具有国家职业资格二级及以上证书。")] == ["skill_level"]
    assert {kind for _, kind in kinds("要求:具有执业药师资格证和执业资格证书。")} == {"licensing"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("饮用水化验:水质检验员优先,能做菌落", [("水质检验员", "skill_level")]),
        ("消防专职:退役;应急救援员优先", [("应急救援员", "licensing")]),
        ("有五年经验的养老护理员优先", []),
        ("养老护理员两名,有爱心,养老护理员优先", []),
        ("团队由国家二级心理咨询师、婚姻家庭咨询师组成", []),
        ("品鉴讲师:WSET二级优先", [("WSET二级", "foreign")]),
        ("有注会的优先,二建的优先", [("注会", "licensing"), ("二建", "licensing")]),
        ("中建二建的项目优先", []),
        ("通过公司内部茶艺师认证", [("茶艺师认证", "post_permit")]),
        ("有相关财务证书", [("证书", "generic")]),
        ("有相关茶艺师证书", [("茶艺师证书", "skill_level")]),
        ("有危废管理员培训证优先", [("危废管理员培训证", "post_permit")]),
        ("有国际业务岗位资格证", [("国际业务岗位资格证", "post_permit")]),
        ("潜水AIDA二星优先", [("潜水AIDA二星", "foreign")]),
        ("知识产权师证", [("知识产权师证", "proficiency")]),
        (
            "诚征二建、造价师、监理证合作",
            [("二建", "licensing"), ("造价师", "licensing"), ("监理证", "licensing")],
        ),
        ("中铁一建机电项目部", []),
        ("税务师(取得证书)", [("税务师(取得证书)", "proficiency")]),
        ("具备相关的会计资格证书", [("会计资格证书", "generic")]),
        ("具有相关的会计专业证", [("会计专业证", "generic")]),
        ("有育婴师相关证书", [("育婴师相关证书", "skill_level")]),
        ("具备人力资源中高级类证书", [("人力资源中高级类证书", "skill_level")]),
        ("持茶艺师职称或职业资格证", [("茶艺师职称", "title"), ("职业资格证", "skill_level")]),
        ("具有烟叶鉴定工证书", [("烟叶鉴定工证书", "skill_level")]),
        ("具有展厅经理资格证", [("展厅经理资格证", "other")]),
        ("有储能系统工程师认证优先", [("工程师认证", "vendor")]),
        ("具有厂家颁发的中高级认证证书", [("认证证书", "vendor")]),
        ("具有行业协会颁发的从业资格证书", [("从业资格证书", "post_permit")]),
        ("税务师、中级会计职称优先", [("税务师", "proficiency"), ("中级会计职称", "title")]),
        ("具有会计任职资格", []),
        ("具有黄金从业资格证", [("黄金从业资格证", "post_permit")]),
        ("具有金融行业从业资格证", [("从业资格证", "generic")]),
        ("持有思科网络工程师证书", [("思科网络工程师证书", "vendor")]),
        ("二级安全评价师不少于一名", [("二级安全评价师", "skill_level")]),
        ("办理网约车从业资格证、车辆营运证", [("网约车从业资格证", "licensing")]),
        ("考取焊工、车工等级证", [("焊工", "skill_level"), ("车工等级证", "skill_level")]),
    ],
)
def test_occupations_grades_and_papers_of_a_firm(text: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(f"任职要求:{text}。") == expected


@pytest.mark.parametrize(
    ("paper", "kind"),
    [
        ("供水行业上岗证", "post_permit"), ("供热行业从业资格证", "post_permit"),
        ("保洁行业上岗证", "post_permit"),
        ("血液透析进修证书", "post_permit"), ("重症医学进修证", "post_permit"), ("ICU进修证", "post_permit"),
        ("康复治疗培训合格证", "post_permit"), ("充电桩运维培训证", "post_permit"),
        ("会计专业中级及以上专业技术资格证书", "proficiency"),
        ("经济专业中级专业技术资格证书", "proficiency"),
        ("统计专业初级以上专业技术资格", "proficiency"), ("会计中级专业技术资格", "proficiency"),
        ("全国翻译专业资格（水平）考试二级口译及以上证书", "proficiency"),
        ("全国英语翻译专业资格水平考试三级笔译证书", "proficiency"),
        ("UTⅡ级证书", "licensing"), ("MTⅡ级证", "licensing"), ("健康管理师Ⅲ级证书", "skill_level"),
        ("省监理工程师证", "post_permit"), ("水利五大员证", "post_permit"),
        ("报关水平测试成绩", "post_permit"),
        ("中国心理学会注册心理师", "other"), ("内河船舶二类驾驶员（船员适任）证书", "statutory"),
    ],
)  # fmt: skip
def test_a_long_name_is_read_whole(paper: str, kind: str) -> None:
    assert [(quote in paper, said) for quote, said in kinds(f"任职要求：持有{paper}，能倒班")] == [
        (True, kind)
    ]


@pytest.mark.parametrize(
    "paper",
    [
        "培训证书",
        "本行业上岗证",
        "相关行业上岗证",
        "金融行业从业资格",
        "建筑行业上岗证",
        "项目管理培训证书",
    ],
)
def test_the_paper_of_any_trade_or_course_has_no_name(paper: str) -> None:
    assert {kind for _, kind in kinds(f"任职要求：持有{paper}，能倒班")} <= {"generic"}
