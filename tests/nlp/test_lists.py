"""Lists of papers: one noun may close or open them, share itself out, or stand for itself."""

import pytest

from tests.nlp.reading import kinds, read


def quotes(text: str) -> list[str]:
    return [mention.quote for mention in read(f"任职要求:{text}。").mentions]


# Every member counts, and the noun that closes or opens the list does not.
LISTS = [
    ("具有证券、期货、基金、银行等从业资格", ["证券", "期货", "基金", "银行"]),
    ("持有保险、证券、CFP等专业资格者优先", ["保险", "证券", "CFP"]),
    ("有PMP、CISP等计算机相关认证优先", ["PMP", "CISP"]),
    ("有软件测评师、软件设计师等软件技术职业资格证书", ["软件测评师", "软件设计师"]),
    ("有ITIL、ISO20000相关认证优先", ["ITIL", "ISO20000"]),
    ("有CISP、信息安全工程师、ISO27001LA等", ["CISP", "信息安全工程师", "ISO27001LA"]),
    ("持有健康管理师或营养师或者执业医师执业药师证书", ["健康管理师", "营养师", "执业医师", "执业药师证书"]),
    ("持有AFP、CFP等理财规划师资格者优先", ["AFP", "CFP"]),
    ("具有注册会计师等执业资格证书或高级审计师等高级专业技术资格证书", ["注册会计师", "高级审计师"]),
    ("有PMP相关项目管理证书优先", ["PMP"]),
    ("有PMP项目认证优先", ["PMP"]),
    ("获取证券从业、基金从业等相关证书", ["证券从业", "基金从业"]),
    ("有CISA/等保/PMP等相关认证者优先", ["CISA", "等保", "PMP"]),
    ("有CISSP,CISA,等网络安全国际认证者优先", ["CISSP", "CISA"]),
    ("具备物业管理类证书(如:住建部颁发的物业管理师证书)优先", ["物业管理师证书"]),
    ("拥有以下证书中的一种:软件设计师、信息安全工程师", ["软件设计师", "信息安全工程师"]),
    ("CISP、CISSP、信息安全工程师优先", ["CISP", "CISSP", "信息安全工程师"]),
    ("负责一级建造师、消防工程师、经济师课程销售", ["一级建造师", "消防工程师", "经济师"]),
    ("持有执业医师执业药师证书", ["执业医师", "执业药师证书"]),
    ("ISTQB(国际软件测试资格认证)优先", ["ISTQB"]),
    ("取得《法律职业资格证书》A证、B证", ["法律职业资格证书》A证、B证"]),
    ("取得法律职业资格(A证)", ["法律职业资格(A证)"]),
    ("持有中国注册会计师(CPA)、国际内审师(CIA)证书", ["中国注册会计师(CPA)", "国际内审师(CIA)证书"]),
    ("有CISSP(注册信息安全工程师)、信息安全工程师等证书", ["CISSP(注册信息安全工程师)", "信息安全工程师"]),
    ("持有职业资格证书(上岗证)", ["职业资格证书(上岗证)"]),
    ("有系统架构设计师(软考高级)或ISTQB证书优先", ["系统架构设计师(软考高级)", "ISTQB证书"]),
    ("持PMPACP证书优先", ["PMP", "ACP证书"]),
    ("通过CPA3门以上", ["CPA"]),
    ("有PMP、敏捷项目管理等相关认证优先", ["PMP", "敏捷项目管理"]),
    ("有IT认证优先(安全联盟、红帽、思科等)", ["红帽", "思科"]),
    ("有CCNP、ITSS、ITIL证书", ["CCNP", "ITSS", "ITIL证书"]),
    ("具有华为、华三的相关认证", ["华为", "华三的相关认证"]),
    ("具有证券、典当从业资格", ["证券", "典当从业资格"]),
    ("具有中式烹调、西式面点等职业资格", ["中式烹调", "西式面点"]),
    ("持施工员/安全员证", ["施工员", "安全员证"]),
    ("有施工员(证)、资料员证", ["施工员(证)", "资料员证"]),
    ("有司钻证、巡井证", ["司钻证", "证"]),
    ("有DBA证书", ["DBA证书"]),
    ("有PMP或同级别证书优先", ["PMP", "级别证书"]),
    ("具备二级造价师、经济师等水平证书或同等专业证书", ["二级造价师", "经济师", "同等专业证书"]),
    ("注册会计师,国际内审师或同等资格认证将优先", ["注册会计师", "国际内审师", "同等资格认证"]),
    ("助理工程师或同等以上资格优先", ["资格"]),
    ("具备HCIP以上等级网络工程师证书", ["HCIP以上等级网络工程师证书"]),
    (
        "具备数据库系统工程师/信息系统管理工程师或同等以上资格优先",
        ["数据库系统工程师", "信息系统管理工程师", "资格"],
    ),
    ("要求持有初级及以上会计、审计技术资格证书", ["初级及以上会计", "审计技术资格证书"]),
    ("注册会计师、(注册)税务师优先", ["注册会计师", "(注册)税务师"]),
    ("人力资源管理师或人力资源助理管理师等相关资格证书", ["人力资源管理师", "人力资源助理管理师"]),
    ("具备相关计算机软硬件方面证书", ["证书"]),
    ("具有业界网络安全证书者优先", ["网络安全证书"]),
    ("持有信息安全证书者优先,如CISSP", ["CISSP"]),
]


@pytest.mark.parametrize(("text", "expected"), LISTS)
def test_a_list_is_one_unit(text: str, expected: list[str]) -> None:
    assert quotes(text) == expected


# Members that nobody has listed are some firm's papers; an engineer is a title.
STRANGERS = [
    ("有CISP、XYZP、CISSP优先", [("CISP", "vendor"), ("XYZP", "vendor"), ("CISSP", "foreign")]),
    ("有软件设计师、软件审计师等证书", [("软件设计师", "proficiency"), ("软件审计师", "vendor")]),
    ("有软件设计师、渗透测试工程师等证书", [("软件设计师", "proficiency"), ("渗透测试工程师", "title")]),
    ("熟悉CISP、Java、Linux开发", []),
]


@pytest.mark.parametrize(("text", "expected"), STRANGERS)
def test_a_stranger_among_papers_is_no_accusation(text: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(f"任职要求:{text}。") == expected


# A noun without a name asks for some paper, or speaks of something else.
UNNAMED = [
    ("具有财务、金融等相关证书优先", 1), ("携带身份证、毕业证等相关证书", 0),
    ("有证书,能吃苦", 1), ("熟悉HTTPS、数字证书", 0),
    ("具有相关资格", 1), ("具有相关资格审查经验", 0),
    ("持相应证件上岗", 1), ("携带相关证件面试", 0),
    ("拥有各类证书者优先", 1), ("负责各类证书", 0),
    ("有针灸证", 1), ("有出入证", 0), ("有居住证", 0),
    ("不需要有证书", 1), ("证书补贴300元", 1),
    ("持有该证书所载范围的资历", 0), ("提供环境产品与服务认证", 0),
]  # fmt: skip


@pytest.mark.parametrize(("text", "number"), UNNAMED)
def test_a_noun_without_a_name_speaks_for_itself_only_where_a_paper_is_held(text: str, number: int) -> None:
    found = read(f"任职要求:{text}。").mentions
    assert [mention.kind for mention in found] == ["generic"] * number


@pytest.mark.parametrize("text", ["证书要求:无需", "资格证书:不限"])
def test_a_heading_that_waives_itself_is_a_paper_not_needed(text: str) -> None:
    assert [mention.strength for mention in read(f"学历:本科。{text}。").mentions] == ["negated"]


# The bare name of a person: a paper where it is held, wished for or graded; else a post.
PERSONS = [
    ("助理会计师优先录用", ["助理会计师"]), ("室内设计师优先", []), ("有会计师事务所经验", []),
    ("育婴师高级", ["育婴师高级"]), ("人力资源师三级", ["人力资源师三级"]), ("招育婴师", []),
    ("需持有初级或以上会计师", ["初级或以上会计师"]), ("接待会计师傅", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), PERSONS)
def test_the_name_of_a_person_is_a_paper_only_where_it_is_held(text: str, expected: list[str]) -> None:
    assert quotes(text) == expected


def test_a_grade_behind_a_trade_is_no_language_examination() -> None:
    assert kinds("技能证书:钳工四级。") == [("钳工四级", "skill_level")]
    assert kinds("要求:英语四级。") == [("英语四级", "education")]


def test_a_field_of_papers_is_no_paper_of_that_field() -> None:
    assert [kind for _, kind in kinds("要求:有人力资源管理类证书。")] == ["generic"]
    assert [kind for _, kind in kinds("要求:有人力资源管理师证书。")] == ["skill_level"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("有电工、闸工等相关上岗操作证。", [("电工", "licensing"), ("闸工", "post_permit")]),
        ("具有评茶员、采茶工等职业资格证书。", [("评茶员", "skill_level"), ("采茶工", "skill_level")]),
        ("造价、监理等方面职业资格证书。", [("造价", "licensing"), ("监理", "licensing")]),
        ("须有国家职业资格游泳救生员。", [("游泳救生员", "licensing")]),
        ("攀岩社会体育指导员(国家职业资格)。", [("社会体育指导员(国家职业资格)", "licensing")]),
        ("有ITIL 、数据治理相关证书优先。", [("ITIL", "vendor"), ("证书", "generic")]),
        ("熟悉程序化广告(RTB,PMP,DSP)。", []),
        ("医务社工须是中级社工师。", [("中级社工师", "proficiency")]),
    ],
)
def test_members_of_a_list_by_its_noun(text: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(f"任职要求:{text}") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("会计从业资格证/上岗证", ["会计从业资格证", "上岗证"]),
        ("CCIE/PMP/高级工程师职称等认证", ["CCIE", "PMP", "高级工程师职称"]),
        ("会计证与初级证均不作要求", ["会计证", "初级证"]),
        ("持有初级会计师及以上财务相关证书", ["初级会计师"]),
        ("有Elastic的运维工程师认证", ["Elastic的运维工程师认证"]),
        ("一、保安,保安上岗证", ["保安上岗证"]),
        ("普工、持证高处安装工", []),
        ("招持证焊工", ["焊工"]),
        ("三个月内拿到岗位操作证", ["岗位操作证"]),
        ("ACE or NASM-CPT certification", ["NASM-CPT"]),
    ],
)
def test_where_one_paper_ends_and_the_next_begins(text: str, expected: list[str]) -> None:
    assert quotes(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("持有全国翻译专业资格考试(CATTI)口译证书", ["全国翻译专业资格考试(CATTI)口译证书"]),
        ("高压电工证低压电工证双证", ["高压电工证", "低压电工证"]),
        ("有CPA证书、ACCA证书或CFA等金融、经济类相关专业证书者", ["CPA证书", "ACCA证书", "CFA"]),
        ("日语三级以上,必须有证书", ["日语三级"]),
        ("负责财务证章管理", []),
        ("有RFP,CFP.RFC证书", ["RFP", "CFP", "RFC证书"]),
        ("攀岩社会体育指导员证(国职)", ["社会体育指导员证(国职)"]),
        ("船舶焊工、船体装配工、起重工(Q1证)", ["起重工(Q1证)"]),
        ("银从、基从至少一项", ["银从", "基从"]),
        ("登记车辆行驶证、道路运输证到期日", []),
        ("有特种设备作业证N1", ["特种设备作业证N1"]),
        ("消防设施操作员四级(维保),能倒班", ["消防设施操作员四级"]),
        ("会计证,会计从业三年", ["会计证"]),
        ("通过CET六级", ["CET六级"]),
        ("电焊工(持焊工操作证)、叉车工(持叉车证)、铣工、水处理工(夜班)", ["焊工操作证", "叉车证"]),
        ("保安(保安证)、保健按摩师", ["保安(保安证)"]),
    ],
)
def test_one_paper_is_told_once(text: str, expected: list[str]) -> None:
    assert quotes(text) == expected


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        (
            "取得一级建造师、监理工程师、工程咨询师（投资）等职业资格的人员优先",
            ["一级建造师", "监理工程师", "工程咨询师（投资）"],
        ),
        ("具有监理工程师（房建）、造价工程师（土建）等职业资格者优先", ["监理工程师", "造价工程师"]),
        ("持有造价员（土建）、施工员（安装）证", ["造价员", "施工员（安装）证"]),
    ],
)
def test_the_field_of_a_member_stands_in_brackets(text: str, quotes: list[str]) -> None:
    assert [mention.quote for mention in read(text).mentions] == quotes


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("收银员、营业员,健康证", ["健康证"]),
        ("招:收银员、营业员、健康证齐全", ["健康证"]),
        ("厨师、面点师,厨师证", ["厨师证"]),
        ("持茶艺师、评茶员,育婴师证", ["茶艺师", "评茶员", "育婴师证"]),
    ],
)
def test_posts_before_a_paper_are_no_papers(text: str, quotes: list[str]) -> None:
    assert [mention.quote for mention in read(text).mentions] == quotes
