"""Whether a name without a noun for a paper is one: 持有茶艺师, 二级心理咨询师, 经济师优先."""

import re
from typing import Final

from nlp.clause import Candidate, Item
from nlp.lexicon import OCCUPATION
from nlp.unnamed import HOLDING, phrase_start

TRADE: Final = re.compile("[师员工士]$")
_BRIEF: Final = 2
_BEFORE: Final = 10
_NOT_A_PERSON: Final = re.compile(
    "(?:(?:[、/和及]|或者?)[一-龥]{2,6})?事务所|(?:执业|从业|相关|教学|培训|授课)?(?:工作)?(?:经验|经历)|协会|行业|学院|学校|俱乐部|团队|工作(?!者)|委员会|公司(?![给帮可包出报统安送免代会提负组培教办协承奖补发鼓])|专业(?!技术|资格|阶段|证|人员|职)|部门|系统(?!集成)"
)
# 叉车证公司给办: there the firm does something for the paper.
_STAFF_OF: Final = re.compile(r"[^,。;:\n]{0,16}(?:组成|坐诊|领衔|主讲|授课|带队|带教|亲自)(?!经)")
"""由国家二级心理咨询师、婚姻咨询师组成: whom the firm has, and nobody whom it looks for."""
_FIRM: Final = re.compile(
    "(?:股份)?有限|(?:公司|中心|企业)(?![给帮可包出报统安送免代会提负组培教办协承奖补发鼓])|机构|供应商|服务商|代理商|经销商|合作伙伴"
)
_EITHER: Final = re.compile("或同等|/[^,]{0,12}(?:证|认证)")
_HELD: Final = re.compile(
    '(?:(?<![支维保坚主扶把])持有?|考[取到出过]|取得|获得|拿[到下]|[报想要代再先去]考|代报|以后考)(?:了|过)?["“《国家]{0,3}'
    "(?:[一二三]级|[初中高]级)?$"
)
_WISHED: Final = re.compile(
    r"(?:者|的)?\(?(?:同等|可|将|予以|待遇)*(?:优先|加分|为佳|更佳|更好|尤佳|最好|从优|优厚)"
)
_PASSED: Final = ("通过", "考过", "通过中国")
_AT_LEAST: Final = re.compile("(?:及|或)?以上")
_HEALTH: Final = "P48"
"""护师, 中药师: ranks of hospitals, by which posts are seldom called."""
_AT_WORK: Final = re.compile(r"[^,。;:\n]{0,12}(?:经[验历]|背景|年|人员|行业|工作|时间|者)")
"""银行从业背景, 银行从业、保险从业经验: what someone has done."""
_EXAMINED: Final = re.compile(
    "(?:资格)?(?:考试)?(?:[一两二三四123]?[科门]|科目[一二三]|全科)?(?:考试|均|都|全部|已|成绩)*(?:通过|合格)"
)
_LICENSED: Final = re.compile(
    "(?:(?<![支维保坚主扶把])持有?|通过|考[过取]|取得|获得|[须需]有|必须有|要有|具备)(?:了|过)?$"
)
_HAS: Final = re.compile("(?:有|具有|拥有)$")
_NEEDED: Final = re.compile("优先|为佳|更佳|加分|必备|即可|[、/,;。和及或]|$")
_TRADED: Final = re.compile("(?:证券|基金|期货)(?:行业)?从业(?=优先)")
"""证券从业优先 asks for the paper; 银行从业优先 may ask for years at a bank."""
_EXAMS: Final = re.compile("[一-龥]{0,2}(?:$|优先|[,;。、)或]|[0-9一两二三四五六七八九]{1,2}[门科])")
_OBJECT: Final = re.compile(r"(?:^|[,;:、。/()\s岗]|或者?|和|有|具备|是|取得|为|专业)$")
_QUALIFIED: Final = re.compile(
    "(?:会计|经济|审计|统计|管理|规划|评估|精算|咨询|分析|社工|社会工作|估价|测绘|计量|评价|税务|测评|营养|协调)师$|集成项目经理$"
)
"""Persons made by a qualification, of whom few posts are called so."""
_ENDS: Final = re.compile(
    r"[\"”》』]?(?:$|[、/,;。)|•①-⑳]|[者的]?优先|加分|者?[为更尤]佳|更好|以上|及以上|或|和|不少于)"
)
_SKILL_ENDS: Final = re.compile(
    r"\s(?![^,。;\n]{0,12}(?:[0-9一二三四五两]|若干|数) ?[名人位])|"
    r"\s?(?:[-+|(]|待遇(?:从优|优厚)|(?<=以上)的|[者为起都均亦也与及]|同等|务必|必[须备需]|[每即]|可(?:加分|优先|以?放宽)|若?未|没有)"
)
"""A grade of skill is no post, whatever is said of it."""
_STAFF: Final = re.compile("工程师$")
"""Firms call their own staff so, with a grade before it."""
_HEADCOUNT: Final = re.compile(
    r"\s?[:(]?\s?(?:[0-9]{1,2}|[一二三四五两]|若干|数|各[一二三0-9]{1,2}) ?[名人位]"
)
_CALLED_FOR: Final = re.compile("[招聘](?:[募请用]|名)?$")
_PAPER_ONLY: Final = re.compile("注册|国家|执业|全国|^省|[一二三]级|[初中高]级|建造|造价")
_RECRUITING: Final = re.compile(r"(?:招聘|诚聘|急聘|急招|招募|高薪聘|聘请|诚招|(?:岗位|职位)[:为]?)\s?$")
_BORDERS: Final = frozenset({"", "、", ",", "/", "或", "和", "及", ":", "岗"})
_ROW: Final = re.compile("(?:学历|本科|[大中]专|专科|高中|初中|硕士|博士|研究生|不限|以上|以下|岁) $")
"""What a row of a table says of a person, before the paper in the next cell."""
_POINTS: Final = frozenset("-|•;。.)(")
SKILLED: Final = re.compile(
    r"(?:[一二三四五]级|[初中高]级工?|(?<=[员工师(])(?:高级)?技师)\)?(?:(?:及|或)?以上)?\)?(?:(?:职业)?技能等级)?$"
)
"""Behind a trade such a grade tells of a paper, not of a post (焊工高级工)."""
_OF_FIELD: Final = re.compile(r"\([一-龥]{2,10}(?<![名人位])\)")
_OCCUPATIONS: Final = ("skill:", "S")
_NEEDS: Final = ("需", "须", "要", "要求", "须是", "应是", "以")
_MUST_BE: Final = ("须是", "应是", "须为", "应为", "需为", "要求是", "要求为")
_FIELD: Final = re.compile(
    "(?:(?:职业|执业|从业|专业技术)资格|技能等级|技能证书|资格证书?|持证|证书)(?:名称|要求|条件|情况|类别)?:"
    r"\s?(?:[^,。;:、/|\n]{1,14}[、/或和及])*[\"“《]?$"
)
"""What stands before a name in a field whose label tells that it holds papers."""
_FIELD_LENGTH: Final = 80
_DRIVING: Final = "lawful:机动车驾驶证"
_DRIVER: Final = re.compile(r"(?:司机|驾驶员?|代驾|开车|准驾)[:(,\s]{0,2}(?:有|需|须|要|持有?)?$")
_DRIVEN: Final = re.compile("优先|者|司机|驾驶员|,?驾龄|熟练|车(?![间位库型辆站])")
_SIXTH: Final = re.compile("六级$")
"""Trades have five grades: of English there is a sixth."""
_TITLED: Final = re.compile("(?:助理|中级|高级)工程师$")
_RANKED: Final = re.compile("(?:(?:及|或)?以上)?(?:者|的)?(?:优先|加分|为佳|更佳)|(?:及|或)?以上(?![的岗])")
_POSSESSED: Final = re.compile(
    r'(?:^|[,、:;\s])(?:须|需|应|要求?|必须|得|最好|如果?|若|同时|还|且)?(?:具备|具有|拥有|有)["“《]?$'
)


def is_sure(text: str, found: Candidate) -> bool:
    """Whether the name is a mention whatever stands around it."""
    if _FIRM.match(text, found.end, found.end + 4):
        return False
    if found.head:
        return True
    if _NOT_A_PERSON.match(text, found.end) or _STAFF_OF.match(text, found.end):
        return False
    if found.sort == "post":
        return post_is_paper(text, found)
    if found.sort == "loose":
        return _loose_is_paper(text, found)
    return found.sort in {"name", "short"} and not (_is_wanted(text, found) or _is_work(text, found))


def _loose_is_paper(text: str, found: Candidate) -> bool:
    """Whether a code with other meanings is held, or wished for, as a paper is."""
    if _of_class(text, found):
        return True
    before = text[max(0, found.start - _BEFORE) : found.start]
    either = _EITHER.match(text, found.end, found.end + 16)
    wished = _WISHED.match(text, found.end) is not None
    if wished and found.qualification.startswith("foreign:") and _OBJECT.search(before):
        return True
    held = before.endswith(("持有", "考取", "持", "通过", "取得", "获得")) or (
        before.endswith(("有", "具备", "具有")) and wished
    )
    ranked = found.level and found.written.isascii() and wished
    return held or ranked or (either is not None and HOLDING.search(before) is not None)


def _of_class(text: str, found: Candidate) -> bool:
    """Whether it is the class of a driver's licence (司机:b2) or the grade of a language test (六级优先)."""
    if found.qualification == _DRIVING:
        driver = _DRIVER.search(text, max(0, found.start - _BEFORE), found.start)
        return driver is not None or _DRIVEN.match(text, found.end) is not None
    return _SIXTH.search(found.written) is not None and _RANKED.match(text, found.end) is not None


def names_post(found: Candidate) -> bool:
    """Whether the title of an ad that is but this name names the post; 一级建造师 is none."""
    if found.head:
        return False
    person = TRADE.search(found.written) and not _PAPER_ONLY.search(found.written)
    return found.sort == "post" or (found.sort == "name" and bool(person))


def is_post_of(item: Item, found: Candidate) -> bool:
    """Whether what is wished for are people of the post itself (养老护理员若干,…养老护理员优先)."""
    named = found.sort == "post" and found.qualification.startswith(_OCCUPATIONS)
    if not named or found.head or found.level or len(found.written) < OCCUPATION:
        return False
    return found.written in item.text[: found.start] or found.written in item.lead


def is_labelled(item: Item, found: Candidate) -> bool:
    """Whether the post stands in a field of papers (职业资格:经济师、钳工)."""
    if TRADE.search(found.written) is None:
        return False
    return _FIELD.search(item.words_before(found.start, _FIELD_LENGTH)) is not None


def _is_work(text: str, found: Candidate) -> bool:
    """需登高作业: the work itself, and no paper for it."""
    held = HOLDING.search(text, max(0, found.start - _BEFORE), found.start)
    return found.written.endswith("作业") and held is None


def _is_wanted(text: str, found: Candidate) -> bool:
    """Whether people are looked for by the name of their post (诚聘资产评估师3名); 一级建造师 is none."""
    if _PAPER_ONLY.search(found.written) or not TRADE.search(found.written):
        return False
    return (
        _HEADCOUNT.match(text, found.end) is not None
        or _RECRUITING.search(text, max(0, found.start - _BEFORE), found.start) is not None
    )


def post_is_paper(text: str, found: Candidate) -> bool:
    """Whether the name of a post, without a head, is that of its certificate (持有茶艺师, 二级心理咨询师)."""
    if found.written.endswith("从业"):
        return _of_industry(text, found)
    return _is_grade_wished_for(text, found) or _person_is_paper(text, found)


def _person_is_paper(text: str, found: Candidate) -> bool:
    trade = SKILLED.sub("", _OF_FIELD.sub("", found.written))
    if not (TRADE.search(trade) or _QUALIFIED.search(trade)):
        return False
    skilled = SKILLED.search(text[found.start : found.end]) is not None
    ranked = found.qualification == _HEALTH
    if len(trade) <= _BRIEF and not (ranked or (skilled and trade.endswith("工"))):
        return False
    before = text[max(0, found.start - _BEFORE) : found.start]
    passed = _QUALIFIED.search(trade) and before.endswith(_PASSED) and _EXAMS.match(text, found.end)
    if _HELD.search(before) or passed or (ranked and _AT_LEAST.match(text, found.end)):
        return True
    official = len(trade) >= OCCUPATION and found.qualification.startswith(_OCCUPATIONS)
    apt = ranked or skilled or official or is_qualified(found)
    # 经济师(人力资源方向)优先
    of_field = _OF_FIELD.match(text, found.end) if apt and not _WISHED.match(text, found.end) else None
    end = of_field.end() if of_field else found.end
    if apt and _WISHED.match(text, end) and _OBJECT.search(before):
        return True
    ended = _ENDS.match(text[end : end + 4]) or (skilled and _SKILL_ENDS.match(text, end))
    return bool(ended) and _stands_as_paper(text, found, before, skilled=skilled)


def _is_grade_wished_for(text: str, found: Candidate) -> bool:
    """Whether a trade with its grade (高级焊工, 高级工程师) is wished for: hardly a post is called so."""
    before = text[max(0, found.start - _BEFORE) : found.start]
    if _OBJECT.search(before) is None:
        return False
    if _TITLED.search(found.written):
        return _RANKED.match(text, found.end) is not None
    skill = found.qualification.startswith(_OCCUPATIONS) and TRADE.search(found.written) is not None
    return found.level and skill and _WISHED.match(text, found.end) is not None


def is_qualified(found: Candidate) -> bool:
    """Whether a qualification makes the person (税务师), so that hardly a post is called so."""
    return _QUALIFIED.search(found.written) is not None


def _of_industry(text: str, found: Candidate) -> bool:
    """Whether 银行从业 is the paper: passed, held, or had without a word of years spent at it."""
    if _EXAMINED.match(text, found.end):
        return True
    if _AT_WORK.match(text, found.end):
        return False
    before = text[max(0, found.start - _BEFORE) : found.start]
    had = _HAS.search(before) is not None and _NEEDED.match(text, found.end) is not None
    return had or (_LICENSED.search(before) or _TRADED.match(text, found.start)) is not None


def _stands_as_paper(text: str, found: Candidate, before: str, *, skilled: bool) -> bool:
    """Whether what stands before the name of a post lets it be a paper; behind it a phrase ends."""
    # 城轨车辆检修工四级: what stands before tells more of the trade.
    begin = phrase_start(text, max(0, found.start - _BEFORE), found.start) if skilled else found.start
    holding = HOLDING.search(before) or (skilled and HOLDING.search(text, max(0, begin - _BEFORE), begin))
    if not found.level or found.qualification.startswith("post:") or _STAFF.search(found.written):
        return bool(holding) and _POSSESSED.search(before) is not None
    if holding or before.endswith(_MUST_BE) or (skilled and before.endswith(_NEEDS)):
        return True
    if _CALLED_FOR.search(text, begin, found.start) and not _AT_LEAST.search(text, found.start, found.end):
        return False
    if _ROW.search(text, max(0, begin - _BEFORE), begin):
        return True
    border = text[:begin].strip()[-1:]
    apart = border in _POINTS or text[begin - 1 : begin].isspace()
    return border in _BORDERS or (skilled and apart)
