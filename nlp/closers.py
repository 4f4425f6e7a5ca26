"""Class nouns around a list (`…等相关证书`, `证书如…`): they vouch for its members and name nothing."""

import re
from collections.abc import Iterator
from typing import Final

from nlp.clause import Candidate, Item
from nlp.strangers import lengthen, unlisted
from nlp.unnamed import NO_TRADE

NOUNS: Final = frozenset({"head", "noun", "unlisted"})
"""Sorts of candidates that are nouns for a paper, without a name that is listed."""
SUCH_AS: Final = re.compile(
    r"(?:证明|原件|复印件|之一|中的?(?:任意|任何)?一[种项个]|的|任意|任一|一项|者|优先|考虑|录用|其中|等|均可)*\s?[,:(]?\s?(?:主要|具体)?"
    r"(?:如下|如|例如|包括|比如|诸如|像|类似|包含|含|持|即|[:(])+(?:但不限于|不限于|:|\(|\s|\"|“)*"
    r"(?:[一-龥]{2,8}(?:颁发|核发)的|全国|国家|[a-z]{2,6} )?"
)
"""What stands between a class noun and its examples (证书者优先,包括但不限于CPA)."""
_STRANGER_FIRST: Final = re.compile(r"(?<=[如括于:(])[^、/,;:。()\n]{1,12}[、/]$")
"""A member that nobody has listed, first of the examples."""
_REACH: Final = 20
_ETC: Final = re.compile(
    r"(?:(?<![同相])等(?![级同保])(?:[一-龥]{1,4}、){0,2}|之一|之类|中的|任一|任意一[项个种]|其中一[项个种])[^,;:。!?、/()\n]{0,16}$"
)
"""等 closes a list, whatever qualifies the noun that follows (等计算机相关认证)."""
_OF_CODES: Final = re.compile(r"(?<=[a-z0-9])(?:\s?[、/]\s?[一-龥]{2,8})?(?:相关|有关)的?[一-龥]{0,8}$")
_ETC_NAMED: Final = re.compile("(?<![同相])等(?:相关|有关|国家|各类|专业|的)*$")
_FIELD: Final = re.compile("相关|有关|领域|方面|行业|类")
MEMBER_FIELD: Final = r"(?:\((?![必须需优可持有])[一-龥、/]{1,10}\))?"
"""A member may have its field behind it: 监理工程师(房建)、造价工程师(土建)."""
_BETWEEN: Final = re.compile(
    MEMBER_FIELD
    + r"[\s\"”》』)】]{0,3}(?:认证|证书?|资格)?[\s\"”》』)】]{0,2}(?:[、/\\+|&,]|或者?|以?及|和|与){1,3}"
    r"(?:[^、/,;:。!?\n]{1,20}[、/,]){0,4}[^、/,;:。!?\n]{0,14}"
)
"""What stands between two members of a list, members that nobody has listed included."""
_TAIL: Final = re.compile(
    MEMBER_FIELD
    + r"[\s\"”》』)】]{0,3}(?:认证|证书?|资格)?(?:[、/,][^、/,;:。!?\n]{1,20}){0,4}[\s\"”》』)】]{0,2}[、,]?"
)
_NEXT_PAPER: Final = re.compile("[、/](?:[一-龥]{2,5}|[a-z]{2,6})")
_LONGER: Final = re.compile("(?![等或和及与])[一-龥]")
"""What follows a word that only begins the name of a member (敏捷 in 敏捷项目管理)."""
_BREAKS: Final = re.compile(
    "[有持会](?!限|计)|具备|熟悉|经验|学历|专业(?!技术|资格|人)|优先|能力|了解|掌握|[年岁]|负责|从事|要求|毕业|通过"
)
INDUSTRIES: Final = frozenset({"证券", "期货", "基金", "银行", "保险"})
_POST_ENDS: Final = ("师", "员", "工", "士", "经理", "从业")
_SHORT: Final = 2
_QUALIFIES: Final = re.compile("[职执]业资格")
_RELATED: Final = re.compile("等?(?:的|相关|有关|类)*[一-龥]{0,8}?")
_PLAIN: Final = re.compile(
    "(?:等|类|中|的|(?:及|或)?以上|任何|任意|一个|一种|一项|主流|厂商|相关|有关|同等(?!资)|方面|系列|行业|专业|技术|职业|从业|中级|高级|级别|国家|资格|水平|相应|任意|一个|任一|其中|之一)*"
)
_LACKING: Final = re.compile("(?:没有?|无|不要求|无需|不需要?|不用)$")
_ABOVE: Final = re.compile("(?:及|或)?以上[一-龥]{0,6}(?:相关的?|有关的?|同等)")
"""初级会计师及以上财务相关证书: one paper."""
_GRADE: Final = re.compile("[初中高]级证书?")
_MARKS: Final = ("、", "/")
_NEXT: Final = re.compile("[、/或和及与]")
_CLOSED: Final = re.compile("(?:证书?|资格|认证)(?:或|及|和)")
_ANEW: Final = re.compile("具有|具备|拥有|持有|取得|获得")
"""Python、Java等具有信息安全相关证书: what is held is told anew."""
_OF_ITS_OWN: Final = re.compile("或|和(?!谐)|及|与|并|[有持]|同等|其他|其它|另")
_COURSES: Final = re.compile(
    "(?<=[师员])等?(?:各类|职业|资格|考前|执业|相关|的)*(?:考试|考证|课程|培训|辅导|网课)"
)
_WINDOW: Final = 30
_STATES: Final = frozenset({"资格", "资质", "证件", "证照"})
_PAPERS: Final = re.compile(
    "身份证|毕业|学历|学位|执照|许可证|户口|简历|合同|专利|荣誉|获奖|复印|提供|产品|熟悉"
)
_SOFT: Final = re.compile("(?:者|的)?(?:优(?![质秀良化惠势])|为佳|更佳|加分)")
_HELD: Final = re.compile("(?<![支维保坚主扶把])持有?|具有|具备|有(?![关限效])|取得|获得|考取|拥有")
_BELOW: Final = re.compile("^(?:以下|下列)|(?<=[具有备持])(?:以下|下列|一下)")
_GLOSS: Final = re.compile("\\([一-龥]{0,14}")
_ANY_MAKER: Final = frozenset({"厂商", "原厂", "厂商认证", "原厂认证"})


def vouch(item: Item) -> None:
    """A class noun that closes a list (`证券、期货等从业资格`) makes mentions of the list's members."""
    _vouch_for_courses(item)
    strangers: list[Candidate] = []
    for index, noun in enumerate(item.candidates):
        etc = _closing(item.text, noun)
        if etc is None:
            continue
        listed = list(_members(item, index, etc.start()))
        # Beside a code even 等保 is a paper; in a list of mere words it is a field.
        codes = any(
            member.sort == "token" or (member.sort == "loose" and member.written.isascii())
            for member in listed
        )
        related = not codes and _FIELD.search(etc.group()) is not None
        members = [
            member
            for member in listed
            if codes or member.accepted or _may_be_listed(member, noun, related=related)
        ]
        vouched = noun.sort in NOUNS or noun.qualification.startswith("title:")
        if members and (vouched or any(member.accepted for member in members)):
            for member in members:
                if member.sort == "post" and not member.accepted:
                    lengthen(item, member)
                member.head = member.head or noun.head
                member.accepted = True
            strangers += unlisted(item, members, etc.start(), noun.head, any_words=codes)
            # ITIL、网络安全相关证书: behind a mark of its own it is one more paper.
            noun.sort = "head" if etc.group().lstrip()[:1] in _MARKS else "noun"
            noun.accepted = False
        elif noun.sort == "noun" and _asked_for(item.text, etc, noun):
            noun.sort = "head"
    item.candidates = sorted([*item.candidates, *strangers], key=lambda candidate: candidate.start)


def _closing(text: str, noun: Candidate) -> re.Match[str] | None:
    """The 等 by which `noun` closes a list; a paper with a name does so only right behind 等."""
    if noun.sort in NOUNS:
        begin = noun.end - len(noun.head)
        low = max(0, begin - _REACH)
        etc = _ETC.search(text, low, begin)
        if etc is not None and (_CLOSED.search(etc.group()) or _ANEW.search(etc.group())):
            return None
        return etc or _OF_CODES.search(text, low, begin)
    return _ETC_NAMED.search(text, max(0, noun.start - _REACH), noun.start) if noun.head else None


def _vouch_for_courses(item: Item) -> None:
    """Courses are sold for papers, not for posts: 一级建造师、消防工程师课程 names two."""
    for course in _COURSES.finditer(item.text):
        members = list(_members(item, len(item.candidates), course.start()))
        if any(member.accepted for member in members):
            for member in members:
                member.accepted = member.accepted or member.written.endswith("师")


def _asked_for(text: str, etc: re.Match[str], noun: Candidate) -> bool:
    """Whether a noun after a list of mere fields (有财务、金融等相关证书) asks for some paper."""
    before = text[max(0, etc.start() - _WINDOW) : etc.start()]
    if noun.head in _STATES or _PAPERS.search(before) or _BELOW.search(text, etc.start(), noun.end):
        return False
    if noun.head == "认证" and not _FIELD.search(etc.group()):
        return False
    return _SOFT.match(text, noun.end) is not None or _HELD.search(before) is not None


def _members(item: Item, index: int, end: int) -> Iterator[Candidate]:
    """The candidates of the list that ends at `end`, backwards from the noun with this `index`."""
    between = _TAIL
    for member in reversed(item.candidates[:index]):
        if member.end > end or member.sort == "noun":
            continue
        gap = item.text[member.end : end]
        if member.sort == "post" and not member.accepted and _LONGER.match(gap):
            continue
        if member.sort in NOUNS or not between.fullmatch(gap) or _BREAKS.search(gap):
            return
        yield member
        between, end = _BETWEEN, member.start


def _may_be_listed(member: Candidate, noun: Candidate, *, related: bool) -> bool:
    """Whether a name counts in a list of papers: a trade does by its person, an industry by its 从业资格."""
    if member.sort != "post":
        return True
    if member.written in INDUSTRIES:
        return "从业" in noun.written or not related
    if member.level or member.written.endswith(_POST_ENDS):
        return True
    if related:
        # 造价、监理等方面职业资格证书: a field has one, where the catalogue lists it.
        return _QUALIFIES.search(noun.head) is not None and member.qualification.startswith("P")
    return len(member.written) > _SHORT


def drop_class_nouns(item: Item) -> None:
    """A head alone is a mention only as an option of its own, not where it opens or closes a list."""
    kept: list[Candidate] = []
    for index, candidate in enumerate(item.candidates):
        if candidate.sort in NOUNS or candidate.written in _ANY_MAKER:
            if _is_member(item, kept, candidate):
                candidate.sort = "head"
            elif _only_class(item, kept, candidate, item.candidates[index + 1 :]):
                candidate.accepted = False
                item.nouns.append(candidate)
                continue
            candidate.accepted = candidate.accepted or candidate.sort in NOUNS
        kept.append(candidate)
    item.candidates = kept


def _is_member(item: Item, before: list[Candidate], noun: Candidate) -> bool:
    """司钻证、井控证: the paper of a trade that nobody has listed, beside one that is."""
    last = before[-1] if before else None
    if last is None or not last.accepted or noun.head != "证" or not last.head.endswith("证"):
        return False
    gap = item.text[last.end : noun.start]
    if _GRADE.fullmatch(item.text, noun.start, noun.end) and _NEXT.fullmatch(gap):
        return True
    return _NEXT_PAPER.fullmatch(gap) is not None and NO_TRADE.search(gap) is None


def _only_class(item: Item, before: list[Candidate], noun: Candidate, after: list[Candidate]) -> bool:
    last = next((each for each in reversed(before) if each.accepted), None)
    return (
        noun.sort == "noun"
        or _anaphoric(item, last, noun)
        or _closes(item, last, noun)
        or _opens(item, noun, after)
    )


def _anaphoric(item: Item, last: Candidate | None, head: Candidate) -> bool:
    """有证, 持证, 没证书 after a named paper mean that paper."""
    written = item.text[head.start : head.end]
    # 日语四级以上,必须有证书: that of the test.
    tested = last is not None and last.qualification.startswith("education:") and not last.head
    if tested and written == "证书" and _HELD.search(item.text, max(0, head.start - 2), head.start):
        return True
    lacking = written == "证书" and _LACKING.search(item.text, max(0, head.start - 3), head.start)
    return last is not None and (written == "证" or bool(lacking))


def _closes(item: Item, last: Candidate | None, head: Candidate) -> bool:
    if last is None or last.sort in NOUNS:
        return False
    gap = item.text[last.end : head.end - len(head.head)].strip('"”》』)】 ')
    if len(gap) > _REACH:
        return False
    # …等水平证书或同等专业证书: the list was closed before.
    if (_ETC.fullmatch(gap) and not _CLOSED.search(gap)) or _PLAIN.fullmatch(gap) or _ABOVE.fullmatch(gap):
        return True
    if _GLOSS.fullmatch(gap) and item.text.startswith(")", head.end) and not _OF_ITS_OWN.search(gap):
        return True
    # PMP项目管理证书, PMP相关项目管理证书: the noun belongs to the name before it.
    return (
        last.sort in {"token", "short", "loose"}
        and not _OF_ITS_OWN.search(gap)
        and bool(_RELATED.fullmatch(gap))
    )


def _opens(item: Item, head: Candidate, after: list[Candidate]) -> bool:
    named = next((each for each in after if each.accepted), None)
    if named is None or named.sort in NOUNS:
        return False
    gap = item.text[head.end : named.start]
    if gap.isspace() and head.sort == "unlisted":
        # 消毒员证 健康证 are two.
        return False
    return not gap.strip() or leads(gap)


def leads(gap: str) -> bool:
    """Whether `gap` stands between a class noun and its examples (证书者优先,包括但不限于CPA)."""
    return SUCH_AS.fullmatch(_STRANGER_FIRST.sub("", gap)) is not None
