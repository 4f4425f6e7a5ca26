"""Words that touch or hide each other: which of them stand in a text, and which are one name."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from nlp.lexicon import SKILLS, Hit, Matcher, Word

_EXAMINATION: Final = "education:外语水平考试"
DRIVING: Final = "lawful:机动车驾驶证"
_VEHICLES: Final = frozenset({"S11", "S12", "skill:土石方机械操作工"})
_EXAMINED: Final = re.compile("[师士员](?:专业)?技术资格(?:证书?)?")
"""An examination for a title is named so; 经济师专业技术资格 is what passing it gives, no 职称."""
_TRADES: Final = ("P", "skill:", "title:", "post:", "old:")
_GOES_ON: Final = re.compile(
    "工程|证[据券明监婚章]|业\\s?(?:[0-9一二两三四五六七八九十几多满]{1,3}年|经[验历]|背景)"
)
_SHORT_BEFORE: Final = re.compile(
    r"(?:^|[^一-龥]|市政|机电|公路|水利|建筑|土建|房建|[有持过考或及和、备得聘招和与需须求要凭缺的是征收卖无])$"
)
_SHORT_AFTER: Final = re.compile(
    r"$|[^一-龥]|优先|者|等|以上|及|或|和|[双两三]?证|资格|[一二两三]年|的(?!项目|工程)|至少|各专业|机电|市政|土建|房建|公路|水利|建筑|矿业|但|没有|也|考试|持证|注册|在|成绩|合格|全科|均可|都|与"
)
_BEFORE: Final = 2
_BARE_GRADES: Final = frozenset({"四级", "六级", "二级", "三级", "一级"})
"""They name examinations too (英语四级), but not after a trade (钳工四级)."""
_PAPER: Final = re.compile("(?<!认)证书?$")
_PERSON: Final = re.compile("..[师员工士](?:证书?)?$|从业$")
_GRADED: Final = re.compile("[一二三四五]级|[初中高]级|助理")


def words_of(matcher: Matcher, text: str) -> Iterator[Hit]:
    """The words that stand in `text`, in order; those that make one name together are one."""
    return _merged(_standing(matcher, text))


def cut_short(text: str, hit: Hit) -> bool:
    """Whether the name is only where a longer word begins: 土木工程师 is no 木工, 会计证据 no 会计证."""
    return hit.word.sort != "head" and _GOES_ON.match(text, hit.end - 1) is not None


def _standing(matcher: Matcher, text: str) -> Iterator[Hit]:
    """The words of `text`; for one that is none there the one it hides (全国监理工程师, 股票证券)."""
    shown = 0
    hits = matcher.hits(text)
    for at, hit in enumerate(hits):
        word = matcher.hidden(text, hit) if _is_none(text, hits, at) else hit
        if word is not None and hit.start >= shown:
            yield word
            shown = word.end if word is not hit else shown


def _merged(hits: Iterable[Hit]) -> Iterator[Hit]:
    """Names that touch are one (CCNA网络工程师): the first, stretched over a plain trade that follows."""
    held: Hit | None = None
    for hit in hits:
        if (
            held is not None
            and held.end == hit.start
            and (hit.word.text in _BARE_GRADES or (hit.word.text in SKILLS and _has_skill(held.word)))
            and (held.word.sort in {"post", "name"} or held.word.head)
            and not held.word.qualification.startswith("education:")
        ):
            continue
        if held is not None and held.end == hit.start and _one_name(held, hit):
            held = Hit(held.start, hit.end, _together(held.word, hit.word))
            continue
        if held is not None:
            yield held
        held = hit
    if held is not None:
        yield held


def _has_skill(word: Word) -> bool:
    """Whether it is a trade that has grades of skill: 中式烹调师技师 is one name, and no 药师技师."""
    return word.text[-1] in "工员" or (word.text[-1] == "师" and word.qualification.startswith("skill:"))


def _together(first: Word, second: Word) -> Word:
    """The word for two that touch: the second, unless it is a plain trade or only lends its noun."""
    if first.sort in {"token", "name"} and second.sort in {"post", "maker"}:
        return first
    # 思科网络工程师证书: the maker's paper, whatever trade it is for.
    if first.sort == "maker" and second.sort in {"post", "name"} and second.qualification.startswith(_TRADES):
        return Word(first.text, "maker", first.qualification, head=second.head)
    # 特种设备作业证N1: the class of the paper.
    if first.sort == "name" and second.sort == "loose" and not first.qualification.startswith("education:"):
        return first
    # 钳工四级证书 is no examination, 叉车司机驾驶证 no driving licence.
    lends = (second.qualification == _EXAMINATION and not first.qualification.startswith("education:")) or (
        second.qualification == DRIVING and first.qualification in _VEHICLES
    )
    ranked = first.qualification.startswith("P") and _EXAMINED.fullmatch(first.text[-1] + second.text)
    if first.sort in {"post", "token"} and second.head and (lends or ranked):
        return Word(first.text, "name", first.qualification, head=second.head)
    return second


def _one_name(held: Hit, hit: Hit) -> bool:
    """Whether two words that touch are one name; 执业医师执业药师证 and CISPCISSP are two papers."""
    first, second = held.word, hit.word
    person = second.sort == "post" and second.text[-1] in "师员工士"
    if _PAPER.search(first.text) and (person or (second.head and first.text[-3:] != second.text)):
        return False
    other = first.qualification != second.qualification
    # 货车司机a2, a1司机: the class is that of a licence, which a driver is not.
    of_driver = {first.sort, second.sort} == {"post", "loose"} and DRIVING in {
        each.qualification for each in (first, second) if each.sort == "loose"
    }
    if of_driver or (first.sort == second.sort == "name" and other):
        return False
    # 施工员质量员, 银行从业基金从业, 一级建造师二级建造师: one after the other, without a mark.
    if other and _PERSON.search(first.text) and _PERSON.search(second.text):
        return False
    if _GRADED.match(first.text) and _GRADED.match(second.text) and _PERSON.search(first.text):
        return False
    codes = {first.sort, second.sort} <= {"token", "loose"}
    if codes and (first.text + second.text).isascii():
        return False
    return _may_merge(held) and _may_merge(hit)


def _may_merge(hit: Hit) -> bool:
    return hit.word.sort not in {"head", "pseudo", "short", "grade"}


def _is_none(text: str, hits: Sequence[Hit], at: int) -> bool:
    """Whether a word is but part of others: 国监 in 全国监理, 学历证 in 学历证券, 从业证 in 从业证券."""
    hit = hits[at]
    if hit.word.text[0] == "国" and text.startswith(("全", "中"), hit.start - 1) and hit.start:
        return True
    if hit.word.sort == "short":
        return not _short_is_word(text, hits, at)
    return hit.word.sort in {"pseudo", "head"} and _GOES_ON.match(text, hit.end - 1) is not None


def _short_is_word(text: str, hits: Sequence[Hit], at: int) -> bool:
    """Whether the words around let a short name be one; several that touch (二建一建) are judged as one."""
    first = last = at
    while first and _touch(hits[first - 1], hits[first]):
        first -= 1
    while last + 1 < len(hits) and _touch(hits[last], hits[last + 1]):
        last += 1
    start = hits[first].start
    before = _SHORT_BEFORE.search(text, max(0, start - _BEFORE), start)
    return before is not None and _SHORT_AFTER.match(text, hits[last].end) is not None


def _touch(one: Hit, other: Hit) -> bool:
    return one.word.sort == other.word.sort == "short" and one.end == other.start
