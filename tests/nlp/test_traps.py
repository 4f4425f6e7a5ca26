"""Traps seen in real ads: where a string only looks like the name of a certificate, and where it is one."""

import pytest

from tests.nlp.reading import kinds, read, strengths

# What trips a reader, a sentence where it is a trap, one where it is the paper, and that paper's kind.
LOOK_ALIKES = [
    ("注公", "岗位要求:持续关注公司动态。", "要求:持有⟦注公证书⟧。", "licensing"),
    ("注规", "岗位要求:熟悉图纸标注规范。", "要求:持有⟦注规证书⟧。", "licensing"),
    ("注电", "我们专注电子商务十年。", "要求:持有⟦注电证书⟧。", "licensing"),
    ("注安", "公司专注安全领域。", "要求:持有⟦注安证⟧。", "licensing"),
    ("注会", "每周例会请关注会议纪要。", "要求:持有⟦注会证书⟧。", "licensing"),
    ("司考", "试用期须通过公司考核。", "要求:通过⟦司考⟧。", "licensing"),
    ("一建", "第一建设公司诚聘项目助理。", "要求:持有⟦一建证书⟧。", "licensing"),
    ("二建", "第二建筑公司项目部招聘。", "要求:有⟦二建证⟧。", "licensing"),
    ("一注", "要求:参加全国统一注册手续办理。", "要求:通过全国统一⟦注册会计师考试⟧。", "licensing"),
    ("高工", "要求:能提高工作效率。", "要求:有⟦高工职称⟧。", "title"),
    ("中会", "项目中会用到脚本语言。", "要求:有⟦中会证⟧。", "proficiency"),
    ("C1", "上班地点:产业园C1栋三楼。", "要求:有⟦C1驾照⟧。", "statutory"),
    ("CPA", "负责CPA、CPS渠道投放,优化转化成本。", "要求:持有⟦CPA证书⟧。", "licensing"),
    ("会计师", "要求:有会计师事务所工作经验。", "要求:持有⟦会计师证⟧。", "proficiency"),
    ("展业证", "熟悉拓展业证券渠道。", "要求:持⟦展业证⟧。", "delisted"),
    ("化验证", "负责芯片的自动化验证与优化验证。", "要求:持有⟦化验证⟧。", "skill_level"),
    ("会计证", "负责会计证据的整理归档。", "要求:持有⟦会计证⟧。", "delisted"),
    ("证券从业", "要求:熟悉证券市场。", "要求:具有⟦证券从业资格⟧。", "proficiency"),
    ("货运从业", "要求:会开4.5吨以下蓝牌货车。", "要求:有⟦货运从业资格证⟧。", "licensing"),
    ("消防证", "要求:有消防安全意识。", "要求:持有⟦消防证⟧。", "licensing"),
    ("保育员", "要求:经过幼儿保育职业培训。", "要求:持有⟦保育员证⟧。", "skill_level"),
    ("收银", "负责审核收银报表。", "要求:持有⟦收银员证⟧。", "post_permit"),
    ("社会工作者", "热爱社会工作者这一职业。", "要求:持有⟦社会工作者证⟧。", "proficiency"),
    ("继续教育", "要求:参加继续教育,有培训结业证书。", "要求:持有⟦健康管理师证⟧。", "skill_level"),
    ("身份文件", "须提供身份证、户口本、居住证、毕业证。", "须提供⟦无犯罪记录证明⟧。", "statutory"),
    ("ITIL", "要求:熟悉ITIL流程。", "要求:持有⟦ITIL证书⟧。", "vendor"),
    ("SAP", "要求:熟练使用SAP系统。", "要求:持有⟦SAP认证⟧。", "vendor"),
    ("TCP", "要求:熟悉TCP/IP协议。", "要求:持有⟦腾讯云TCP认证⟧。", "vendor"),
    ("MCP", "了解MCP协议和大模型应用。", "要求:持有⟦微软MCP证书⟧。", "vendor"),
    ("OCP", "熟悉AMBA、OCP总线。", "要求:持有⟦OCP证书⟧。", "vendor"),
    ("CMA", "公司实验室具有CMA资质。", "要求:持有⟦CMA证书⟧。", "foreign"),
    ("CSM", "负责CSM客户成功管理。", "要求:持有⟦CSM证书⟧。", "foreign"),
    ("RFP", "要求:会写RFP和投标方案。", "要求:持有⟦RFP证书⟧。", "foreign"),
    ("AFP", "熟悉AFP检测方法。", "要求:持有⟦AFP证书⟧。", "foreign"),
    ("评估师", "诚聘资产评估师3名,待遇优厚。", "要求:持有⟦资产评估师证⟧。", "proficiency"),
    ("用友", "公司是联想、用友认证供应商。", "要求:有⟦用友认证⟧。", "vendor"),
    ("运营", "负责新媒体运营,带教运营师。", "要求:持有⟦运营证⟧。", "licensing"),
    ("党员", "须提供党员证复印件。", "须提供⟦健康证⟧复印件。", "statutory"),
    ("产品", "要求:推动产品取得相关认证证书。", "要求:取得⟦相关认证证书⟧。", "generic"),
    ("司机", "要求:会开铲车的司机。", "要求:持⟦盾构司机证⟧。", "skill_level"),
    ("测绘", "要求:参加过测绘作业。", "要求:持⟦测绘作业证⟧。", "statutory"),
    ("标题", "证书要求:\n1、吃苦耐劳。", "证书要求:\n1、⟦焊工证⟧。", "licensing"),
]  # fmt: skip

# The name of a post in the title is no certificate; the same word with a noun for a paper is one.
POSTS = [
    ("建筑师", "licensing"), ("监理工程师", "licensing"), ("造价工程师", "licensing"), ("导游", "licensing"),
    ("通信工程师", "proficiency"), ("网络工程师", "proficiency"), ("房地产经纪人", "proficiency"),
    ("报关员", "delisted"), ("采购师", "delisted"), ("景观设计师", "delisted"), ("企业法律顾问", "delisted"),
    ("咖啡师", "skill_level"), ("保洁员", "skill_level"), ("茶艺师", "skill_level"),
    ("施工员", "post_permit"),
]  # fmt: skip

# One name, two papers: what stands around it decides.
CONTEXTS = [
    ("要求:持有⟦电工证⟧。", "licensing"), ("要求:持有⟦高级电工证⟧。", "skill_level"),
    ("要求:持有⟦电工进网作业许可证⟧。", "delisted"), ("要求:持有⟦初级会计证⟧。", "proficiency"),
    ("要求:持有⟦会计证(初级及以上)⟧。", "proficiency"), ("要求:⟦会计师以上职称⟧。", "title"),
    ("要求:持有⟦注册会计师证⟧。", "licensing"), ("要求:持有⟦美国注册会计师证⟧。", "foreign"),
    ("要求:持有⟦澳洲CPA证书⟧。", "foreign"), ("要求:持有⟦注册税务师证⟧。", "proficiency"),
    ("要求:持有⟦游泳教练证⟧。", "licensing"), ("要求:持有⟦健身教练证⟧。", "post_permit"),
    ("要求:有⟦教练证⟧,会游泳教学。", "licensing"), ("要求:有⟦教练证⟧,熟悉科目二。", "skill_level"),
    ("要求:有⟦教练证⟧,教篮球。", "post_permit"), ("要求:持有⟦消防工程师证⟧。", "licensing"),
    ("要求:有⟦消防安全培训证⟧。", "statutory"), ("要求:有⟦安全员证⟧。", "statutory"),
    ("要求:有⟦N1证书⟧,日语流利。", "education"), ("要求:持⟦叉车N1证⟧。", "licensing"),
    ("要求:持⟦法律职业资格证C证⟧。", "licensing"), ("要求:持⟦C证⟧的专职安全员。", "statutory"),
    ("要求:有⟦经纪人证⟧。", "proficiency"), ("要求:有⟦经纪人证⟧,做过演出经纪。", "licensing"),
    ("要求:有⟦检验员证⟧。", "post_permit"), ("要求:有⟦检验员证⟧,会特种设备检验。", "licensing"),
    ("要求:持有⟦ISO9001内审员证⟧。", "vendor"), ("要求:持有⟦国家注册审核员证⟧。", "proficiency"),
    ("要求:有⟦ACP证⟧,熟悉敏捷方法。", "foreign"), ("要求:有⟦阿里云ACP认证⟧。", "vendor"),
    ("要求:有⟦项目经理证⟧,做过市政工程。", "licensing"), ("要求:有⟦项目经理证⟧(软考高级)。", "proficiency"),
    ("要求:持有⟦国家二级心理咨询师⟧。", "delisted"), ("要求:有⟦软考中级信息系统项目管理师⟧。", "proficiency"),
    ("要求:持有⟦土木工程师证⟧。", "title"), ("要求:持有⟦木工证⟧。", "skill_level"),
    ("要求:持有⟦押运证⟧,会武装押运。", "statutory"), ("要求:持有⟦押运证⟧,跑危险品运输。", "licensing"),
    ("要求:有⟦GCP证书⟧,做过临床试验。", "vendor"), ("要求:持有⟦档案员证⟧。", "post_permit"),
]  # fmt: skip

LEASING = [
    ("国内水路运输,熟悉各挂靠港作业。", "收各类证书,长期挂靠,当天付款。"),
    ("提供档案挂靠、户口挂靠服务。", "建造师挂靠,费用面议。"),
    ("货车挂靠在我公司,可办营运手续。", "药师挂证,每年付费。"),
    ("协助法官在网上挂证据清单。", "高薪收证,一级建造师优先,只挂证。"),
    ("拒绝挂靠,须全职到岗的一级建造师。", "求挂靠一级建造师,不影响本职。"),
    ("严禁挂证,人证合一。", "证书租赁,一年一付。"),
    ("挂靠勿扰,非诚勿扰。", "一级建造师挂靠,非诚勿扰。"),
    ("客服远程办公,不坐班。", "招一级建造师,不坐班,证书转注册到我司。"),
    ("招聘一级建造师,要求唯一社保,坐班。", "招一级建造师,唯一社保,无需到岗,证书即可。"),
    ("负责收证据材料、收证件复印件。", "用证单位急寻二级建造师。"),
    ("办理公司注册章程备案,拟写连带章节。", "把证书挂给我,一级建造师优先。"),
    ("招一级建造师,人证合一,须坐班。", "招一级建造师,人证分离,注册成功付款。"),
]  # fmt: skip


def _marked(sentence: str) -> tuple[str, str]:
    """The sentence without its marks, and what stands between them."""
    paper = sentence[sentence.index("⟦") + 1 : sentence.index("⟧")]
    return sentence.replace("⟦", "").replace("⟧", ""), paper


@pytest.mark.parametrize(("trap", "sentence"), [case[:2] for case in LOOK_ALIKES])
def test_a_look_alike_names_nothing(trap: str, sentence: str) -> None:
    assert kinds(sentence) == [], trap


@pytest.mark.parametrize(("sentence", "kind"), [case[2:] for case in LOOK_ALIKES])
def test_the_paper_itself_is_read(sentence: str, kind: str) -> None:
    text, paper = _marked(sentence)
    assert kinds(text) == [(paper, kind)]


@pytest.mark.parametrize(("post", "kind"), POSTS)
def test_the_name_of_a_post_is_no_certificate_without_a_noun_for_a_paper(post: str, kind: str) -> None:
    assert kinds(f"招聘{post}两名,负责日常工作。", title=post) == []
    assert kinds(f"要求:须持有{post}证。", title=post) == [(f"{post}证", kind)]


@pytest.mark.parametrize(("sentence", "kind"), CONTEXTS)
def test_what_stands_around_a_name_decides(sentence: str, kind: str) -> None:
    text, paper = _marked(sentence)
    assert (paper, kind) in kinds(text)


def test_a_letter_goes_by_the_post() -> None:
    assert read("要求:持A证。", title="货车司机").mentions[0].qualification == "lawful:机动车驾驶证"
    assert read("要求:持A证。", title="安全主管").mentions[0].qualification == "lawful:安全生产考核合格证"


@pytest.mark.parametrize(("innocent", "offer"), LEASING)
def test_leasing_and_its_look_alikes(innocent: str, offer: str) -> None:
    assert not read(innocent).leasing
    assert read(offer).leasing


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("进行员工证书管理和合同签订", [("证书", "mentioned")]),
        ("负责人员证书的更新、报考", [("人员证书", "mentioned")]),
        ("没有证书要求", [("证书", "negated")]),
        ("知识与技能(执业/技能证书):本科", []),
    ],
)
def test_files_of_staff_and_fields_ask_for_no_paper(text: str, expected: list[tuple[str, str]]) -> None:
    assert strengths(text) == expected
