"""What a name means in its ad: the post and the words around it decide, and an unknown name stays unknown."""

import re
from typing import Final

from config.reading import Contexts
from nlp.clause import Candidate, Item
from nlp.strangers import FOR_A_POST
from nlp.unnamed import COLLEGE

UNKNOWN: Final = ""
"""Qualification of a named certificate that no row lists: kind `other`, for the curation tray."""
_GRADED_TRADES: Final = ("S10", "S11", "S12", "lawful:")
_TRADE_LEVEL: Final = re.compile("[初中高]级|技师|[一二三四五]级|等级|级别")
_TRADE_WORD: Final = re.compile("工$")
_WORKER_GRADED: Final = re.compile(r"工\(?(?:[初中高]级|[一二三四五]级|技师)")
_PERSON_GRADED: Final = re.compile("[工师]$")
"""Whose grade is of skill, whatever papers stand beside it (二级人力资源师 beside 经济师)."""
_PERSON: Final = re.compile("(?:[师员工士人手长]|经理|顾问)$")
_KIND_OF: Final = re.compile("(?:类|相关|相关的|方面|方面的|行业|领域|专业|级别|上述|其他|同等)$")
_CODE: Final = re.compile(
    r"(?<![a-z0-9])(?!(?:it|hr|ca|app|ssl|https?|pc|web|e?mba|mpa|mpacc|phd)(?![a-z]))[a-z][a-z0-9+]{1,11} ?$"
)
_CODED: Final = re.compile("(?:技术|资格|操作)?(?:认证)?证书?|(?:技术|资格)?认证")
_LISTED: Final = re.compile(r"[PS]\d+")
_NOTARY: Final = "P03"
"""A qualification for Hong Kong and Macao, awarded on the mainland."""
_COUNTRY: Final = re.compile(
    "(?<![或和及/])(?:美国|英国|加拿大|澳大利亚|澳洲|新西兰|日本|韩国|德国|法国|新加坡|香港|澳门|台湾|海外|国外|境外|外国)"
    "(?:的|注册|执业|持牌|特许|当地)*$"
)
_NEAR: Final = 8
_FAR: Final = 12
_BRIEF: Final = 2
_ANY: Final = re.compile("任何|什么")
"""不需要任何资格证书 speaks of no post's paper."""
_INTERNAL: Final = re.compile("内部(?:的|颁发的)?$")
"""What a firm awards its own staff."""
_BY_TRADE: Final = re.compile(r"行业协会(?:统一)?(?:颁发|核发)的[\"“《]?$")
_DRIVING_COACH: Final = "skill:机动车驾驶教练员"
_MODIFIED: Final = re.compile("(?![的或和及与有持考得备过取证是须需])[a-z一-龥]$")
"""NOI教练证: a coach of something is none of driving."""
_OF_MAKER: Final = re.compile("厂[家商](?:颁发|核发|类|的|认证|[初中高]级)")
_SKILL_GRADE: Final = re.compile(r"\(?[一二三四五]级")
"""职业资格三级: the state grades skills so."""
_OF_SKILL: Final = re.compile("技能|等级|级别|职业资格")
_OF_GRADES: Final = re.compile("(?<!教练)(?<!裁判)[师员工](?:职业)?(?:技能)?等级证")
"""检验员等级证: a grade of skill, whatever the post; those of sport are of their own."""
_TITLES: Final = re.compile(
    r"(?:^|[^一-龥/、])(?:专业技术)?职称(?:要求|名称|等级|级别|情况|条件)?:\s?(?:[^,。;:、/|\n]{1,12}[、/或和及])*$"
)
"""What stands before a name in a field of titles (职称:会计师)."""
_NO_TITLE: Final = re.compile("注册|执业|[一二三四五]级|证")
_FIELD_LENGTH: Final = 60
_CERTIFIED: Final = re.compile("(?<!资格)认证(?:证书?)?$")
"""系统工程师认证: some maker certifies; a title is granted by a commission."""
_ENGINEER: Final = re.compile("(?:工程师|架构师|设计师|规划师)$")


class Resolver:
    """The step between lists and cues: what each accepted name stands for."""

    def __init__(self, contexts: Contexts) -> None:
        self._rules = contexts.contexts
        self._by_name: dict[str, list[int]] = {}
        for number, rule in enumerate(self._rules):
            for name in rule.names:
                self._by_name.setdefault(name, []).append(number)

    def resolve(self, item: Item) -> None:
        """Sets the qualification of every accepted candidate; drops what turns out to be no certificate."""
        titled: tuple[int, str] = (0, "")
        for candidate in item.accepted:
            written = item.text[candidate.start : candidate.end]
            if "职称" in candidate.head and candidate.sort == "post":
                titled = (candidate.end, candidate.qualification)
            chosen = self._by_context(item, candidate, written) or _other_way(item, candidate, titled)
            if chosen:
                candidate.qualification = chosen
            elif candidate.sort == "head":
                candidate.qualification = _unnamed(item, candidate)
            elif candidate.sort == "unlisted":
                candidate.qualification = _unlisted(item, candidate)
            else:
                candidate.qualification = _abroad(item, candidate) or _graded(item, candidate)
            before = item.text[max(0, candidate.start - _NEAR) : candidate.start]
            if _INTERNAL.search(before) or (candidate.sort == "head" and _BY_TRADE.search(before)):
                candidate.qualification = "post:上岗证"

    def _by_context(self, item: Item, candidate: Candidate, written: str) -> str | None:
        if _ANY.search(item.text, max(0, candidate.start - _BRIEF), candidate.end):
            return None
        numbers = {number for name in (candidate.written, written) for number in self._by_name.get(name, ())}
        if not numbers:
            return None
        graded = _TRADE_LEVEL.search(written) and _PERSON_GRADED.search(candidate.written.removesuffix("证"))
        around = _around(item, candidate) if graded else item.text
        for rule in (self._rules[number] for number in sorted(numbers)):
            if item.occupation in rule.occupations or any(word in around for word in rule.nearby):
                return rule.qualification
        return None


def _other_way(item: Item, candidate: Candidate, titled: tuple[int, str]) -> str:
    """人力资源管理师职称或职业资格证: the second has the name of the title before it.

    `titled` is where that title ends and the qualification by its name.
    """
    end, qualification = titled
    second = candidate.sort == "head" and candidate.head.startswith(("职业资格", "资格"))
    listed = _LISTED.fullmatch(qualification) or qualification.startswith("skill:")
    beside = item.text[end : candidate.start] in {"或", "/", "及"}
    return qualification if second and listed and beside else ""


def _around(item: Item, candidate: Candidate) -> str:
    """The item without the other papers it names, which tell nothing of a graded trade.

    高压电工作业证 makes no licence of the 高级电工证 beside it; but what A证 means is told by its neighbour.
    """
    text = item.text
    for other in item.accepted:
        if other is not candidate:
            text = text[: other.start] + " " * (other.end - other.start) + text[other.end :]
    return text


def _unnamed(item: Item, candidate: Candidate) -> str:
    """A paper without a name; a bare 上岗证 has no basis only beside another paper of such a trade."""
    head = candidate.head
    if _OF_MAKER.search(item.text, max(0, candidate.start - _FAR), candidate.end) or _coded(item, candidate):
        return "vendor:厂商认证"
    stretch = item.text[candidate.start : candidate.end]
    if FOR_A_POST.search(stretch):
        named = "岗位" in stretch or _beside_unlicensed(item, candidate)
        unlicensed = "相关" not in candidate.written and named
        return "post:上岗证" if unlicensed else "generic:证书"
    if _of_skill(item, candidate):
        return "skill:技能等级证书"
    if head == "职称":
        return "title:职称"
    return "generic:证书" if "资格" not in head else "generic:职业资格证书"


def _of_skill(item: Item, candidate: Candidate) -> bool:
    """技能等级证书, 职业资格三级: graded as skills are."""
    around = item.text[max(0, candidate.start - 6) : candidate.end]
    if "职业资格" in candidate.head and _SKILL_GRADE.match(item.text, candidate.end):
        return True
    graded = "等级证" in candidate.head or "级别证" in candidate.head or "技能等级" in around
    return graded and re.search("技能|技术|工种|职业", around) is not None and "同等" not in around


def _coded(item: Item, candidate: Candidate) -> bool:
    """Takes in the code that names the paper of some maker or body: SCPA认证."""
    if not _CODED.fullmatch(item.text, candidate.start, candidate.end):
        return False
    code = _CODE.search(item.text, max(0, candidate.start - 14), candidate.start)
    if code is not None:
        candidate.start = code.start()
    return code is not None


def _beside_unlicensed(item: Item, candidate: Candidate) -> bool:
    others = [
        other.qualification for other in item.accepted if other is not candidate and other.qualification
    ]
    return bool(others) and all(
        other.startswith(("skill:", "old:", "post:", "title:", "generic:")) for other in others
    )


def _unlisted(item: Item, candidate: Candidate) -> str:
    name, head = candidate.written, candidate.head
    if name.startswith(COLLEGE):
        return "skill:技能等级证书"
    if _ENGINEER.search(name):
        return "vendor:厂商认证" if _CERTIFIED.search(head) else "title:工程师"
    if (FOR_A_POST.search(head) or head.startswith(("从业", "操作证"))) and not _KIND_OF.search(name):
        return "post:上岗证"
    if _KIND_OF.search(name) or not _PERSON.search(name) or len(name) == 1:
        return _unnamed(item, candidate)
    return _of_person(candidate)


def _of_person(candidate: Candidate) -> str:
    """What makes a worker (闸门运行工证书) or has a grade is skill; a 员 holds a post (引车员证).

    Private bodies make up masters of something, and certificates (软件测评员证书): those stay unknown.
    """
    name, head = candidate.written, candidate.head
    if _OF_SKILL.search(head) or name.endswith("工") or _TRADE_LEVEL.search(head):
        return "skill:技能等级证书"
    if name.endswith(("员", "长")) and not head.endswith("书"):
        return "post:上岗证"
    candidate.name = name + head
    return UNKNOWN


def _abroad(item: Item, candidate: Candidate) -> str:
    """What another country awards is none of the catalogue's (美国护士执照); takes in the country."""
    if not _LISTED.fullmatch(candidate.qualification) or candidate.qualification == _NOTARY:
        return ""
    country = _COUNTRY.search(item.text, max(0, candidate.start - _NEAR), candidate.start)
    if country is None:
        return ""
    candidate.start = country.start()
    return "foreign:境外职业资格"


def _graded(item: Item, candidate: Candidate) -> str:
    """职称 makes a title of any name; a grade makes a skill level of a trade."""
    after = item.text[candidate.end : candidate.end + 10]
    if (
        "职称" in candidate.head
        or candidate.head.endswith("任职资格")
        or re.match(r"\(?(?:及其?以上|以上|或以上)?的?(?:专业|技术|专业技术)?职称", after)
    ):
        return "title:职称"
    stretch = item.text[candidate.start : candidate.end]
    bare = candidate.sort in {"post", "name"} and not (candidate.head or _NO_TITLE.search(stretch))
    if bare and _TITLES.search(item.words_before(candidate.start, _FIELD_LENGTH)):
        return "title:职称"
    other = _by_noun(item, candidate, stretch)
    if other:
        return other
    trade = candidate.written.removesuffix("证")
    if (
        candidate.qualification.startswith(_GRADED_TRADES)
        and (_TRADE_WORD.search(trade) or _WORKER_GRADED.search(stretch))
        and _TRADE_LEVEL.search(stretch + candidate.head)
    ):
        return "skill:电工" if "电工" in trade else "skill:焊工" if "焊工" in trade else "skill:技能等级证书"
    return candidate.qualification


def _by_noun(item: Item, candidate: Candidate, stretch: str) -> str:
    """Another qualification than the name has by itself, by the words around it; empty when there is none."""
    if candidate.qualification == _DRIVING_COACH and _MODIFIED.search(item.text[: candidate.start]):
        return "post:教练员岗位证书"
    engineer = stretch.startswith("工程师") and "/" not in stretch
    if engineer and _CERTIFIED.search(candidate.head) and _MODIFIED.search(item.text[: candidate.start]):
        return "vendor:厂商认证"
    if candidate.qualification.startswith("P") and "技能等级" in candidate.head:
        return "skill:技能等级证书"
    post = FOR_A_POST.search(stretch)
    if (candidate.qualification.startswith("skill:") and post) or (
        candidate.qualification.startswith("old:") and candidate.head.startswith("岗位")
    ):
        return "post:上岗证"
    if candidate.qualification.startswith("post:") and _OF_GRADES.search(stretch):
        return "skill:技能等级证书"
    return ""
