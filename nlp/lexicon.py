"""The words the reader knows, as automata: every name of the catalogue, nouns for papers, and look-alikes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final, Literal, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from config.catalogue.model import Catalogue
from config.reading import Lexicon as LexiconData

Sort = Literal["name", "post", "short", "token", "loose", "maker", "head", "pseudo", "grade"]
_GRADES: Final = ("一级", "二级", "三级", "高级", "中级", "初级")
SKILLS: Final = ("三级", "四级", "五级", "高级工", "中级工", "初级工", "技师", "高级技师")
"""Grades that only a trade has."""
CLASSES: Final = ("a1", "a2", "a3", "b1", "b2", "c1", "c2")
"""Classes of driving licence; alone they speak only beside a driver (司机:b2)."""
_DRIVERS: Final = tuple(
    f"{who}{mark}"
    for who in ("司机", "驾驶员", "驾驶", "代驾", "开车", "准驾")
    for mark in ("", ":", "(", ",", "要", "需", "须", "持")
)
_DRIVEN: Final = ("优先", "者", "司机", "驾驶员", "驾龄", "熟练", "车")
_LEVELS: Final = ("一级", "二级", "三级", "四级", "五级", "高级", "中级", "初级", "技师")
_WISHES: Final = (
    "师优先",
    "师(优先",
    "师等优先",
    "师者优先",
    "师以上",
    "师及以上",
    "士以上",
    "士及以上",
    "士优先",
    "项目经理优先",
    "项目经理者优先",
    "师加分",
    "师待遇",
    "师更好",
    "师更佳",
    "师为佳",
    "师者佳",
    "师的优先",
    "师同等优先",
    *(f"师{number}{part}" for number in "一两二三四" for part in "科门"),
    *(f"{who}|{grade}" for who in "师员工" for grade in SKILLS[:6]),
    *(f"{who}{mark}{grade}" for who in "师员工" for mark in ("", "(") for grade in (*_GRADES, *SKILLS)),
)
_FATES: Final = ("优先", "必备", "通过", "考试", "一科", "两科", "科目", "全科")
"""What shows that 证券从业 is an examination or its paper where nothing before it does."""
_PASSED: Final = ("通过", "考过")
_HELD: Final = ("持", "持有", "取得", "考取", "最好有", "如有")
"""What stands before the name of a person whose paper is held."""
_EXAMINED: Final = "专业技术资格"
_NO_TRADE: Final = ("等级", "级别")
"""Of 职业技能等级证书 no trade is left: what stands before it is one."""
_FIELD: Final = re.compile("(?![初中高]级)[一-龥]+")
_ABOVE: Final = ("以上", "及以上", "或以上", "及其以上")
OCCUPATION: Final = 5
"""A name that long (水质检验员) is an occupation of the state's list, and seldom what a post is called."""
REACH: Final = 10
"""A grade speaks of a credential where 师 stands at most that far behind (二级心理咨询师 holds no 证)."""
# 师 then ends the name of a post, which may be followed by another grade.
GRADED: Final = re.compile(
    f"(?s:.{{0,{REACH - 1}}}?)师"
    "(?:(?![一-龥])|优先|更[好佳]|[为者]佳|加分|者优先|以上|不少于|及|或|和|[一二三四五初中高][级等]|技师)"
)
# Firms call their own staff engineers of some grade; nobody else's grade is so common.
_NO_STAFF: Final = re.compile(GRADED.pattern.replace("师", "(?<!工程)师", 1))
HELD: Final = re.compile("[持有备得获取过考家册证书格]")
"""Of each word that says that a paper is held, one character; one of them stands before what is held."""
_BEFORE: Final = 12
"""How far before a name it may stand."""
_RANK: Final = re.compile(r"\s?\(?(?:[一二三四五初中高][级等星]|技师|level)")
_COUNTS: Final = re.compile("[0-9]{1,2}[、.)门科级]")
"""A number that begins a point or counts papers (CPA2门) does not go on with the word before it."""
_NOUN: Final = 4
"""How far a noun for a paper may reach behind a shorter one."""
_LONGEST: Final = 24
"""How far a word that a shorter one hides may reach behind it."""
_TOGETHER: Final = 3
"""Abbreviations written without a gap have at least that many letters, and are not many more."""
_BRIEFEST: Final = 2
_LATIN: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789").union(
    filter(str.isalpha, map(chr, range(0xC0, 0x250)))
)
"""Letters with accents among them: what looks like a code in a Czech or a Spanish word is none."""
_TRIGGERS: Final = {"name", "short", "token", "head", "pseudo", "loose"}
_OWN_HEAD: Final = re.compile("(?:资格|职称|执照|证书?|认证)$")
# An alias that ends so names a paper; what stands before is a trade, known in other combinations too.
_PAPER: Final = re.compile(r"(?:职业|执业|从业|上岗|操作|作业|等级|注册)?(?:资格)?(?:证书|证)$")


# 中式烹调 is told by 中式烹调师: in a list of papers the person is often left out.
_CRAFTSMAN: Final = re.compile("(?!国家)[一-龥]{4,}[师员]")


@dataclass(frozen=True, slots=True)
class Word:
    """One entry of the lexicon."""

    text: str
    sort: Sort
    qualification: str = ""
    firm: bool = False
    """For a head: it speaks for itself."""
    head: str = ""
    """For a name: the noun for a paper in which it ends."""


class Hit(NamedTuple):
    """A word found, by offsets."""

    start: int
    end: int
    word: Word


Place = tuple[int, int, int]
"""A word found: its index, where it begins, where it ends."""


class Matcher:
    """Leftmost-longest search for many words in one pass over the text."""

    def __init__(self, words: dict[str, Word]) -> None:
        self.words = list(words.values())
        self._automaton = AhoCorasick(
            [word.text for word in self.words],
            matchkind=MatchKind.LeftmostLongest,
            store_patterns=False,
            implementation=Implementation.ContiguousNFA,
        )
        self.latin = frozenset(
            index for index, word in enumerate(self.words) if {word.text[0], word.text[-1]} & _LATIN
        )

    def scan(self, text: str) -> list[Place]:
        """The bare search."""
        return self._automaton.find_matches_as_indexes(text)

    def alone(self, text: str, found: list[Place]) -> list[Place]:
        """What of all `found` stands on its own: a Latin word has no letter or digit at its borders."""
        kept = []
        for at, each in enumerate(found):
            if (
                each[0] not in self.latin
                or _stands_alone(text, each[1], each[2])
                or self._run_together(text, found, at)
            ):
                kept.append(each)
            else:
                kept += self._behind_letters(text, each[1], each[2])
        return kept

    def _behind_letters(self, text: str, start: int, end: int) -> list[Place]:
        """The words that a rejected one hides: 证书 in DBA证书 (no a证), CET4 in 英语CET4 (no 英语CET)."""
        low = start if text[start] in _LATIN else start + 1
        while low < end and text[low] in _LATIN:
            low += 1
        inner = self.scan(text[low : end + _NOUN]) if low < end else []
        return [
            (index, low + left, low + right)
            for index, left, right in inner
            if low + left < end and (index not in self.latin or _stands_alone(text, low + left, low + right))
        ]

    def _run_together(self, text: str, found: list[Place], at: int) -> bool:
        """Whether the Latin word is one of a few that stand alone together (CISPCISSP)."""
        start, end = found[at][1:]
        for index, left, right in reversed(found[max(0, at - _TOGETHER) : at]):
            if right != start or index not in self.latin:
                break
            start = left
        for index, left, right in found[at + 1 : at + 1 + _TOGETHER]:
            if left != end or index not in self.latin:
                break
            end = right
        shortest = found[at][2] - found[at][1] >= _TOGETHER
        return shortest and (start, end) != found[at][1:] and _stands_alone(text, start, end)

    def hits(self, text: str) -> list[Hit]:
        """The words of `text` that stand on their own."""
        return [Hit(start, end, self.words[index]) for index, start, end in self.alone(text, self.scan(text))]

    def hidden(self, text: str, hit: Hit) -> Hit | None:
        """The first word that begins within `hit`, which is none there, and so was passed over."""
        inner = self.scan(text[hit.start + 1 : hit.end + _LONGEST])
        for index, start, end in inner[:1]:
            if hit.start + 1 + start < hit.end:
                return Hit(hit.start + 1 + start, hit.start + 1 + end, self.words[index])
        return None


def _stands_alone(text: str, start: int, end: int) -> bool:
    if start and text[start] in _LATIN and text[start - 1] in _LATIN:
        return False
    goes_on = end < len(text) and text[end - 1] in _LATIN and text[end] in _LATIN
    return not goes_on or (text[end - 1].isalpha() and _COUNTS.match(text, end) is not None)


class Lexicon:
    """All words, and two matchers: `triggers` finds what makes a text worth reading, `words` everything."""

    def __init__(self, data: LexiconData, catalogue: Catalogue) -> None:
        self.data = data
        words = _known_words(data, catalogue)
        self.known = frozenset(words)
        self.words = Matcher(words)
        self._triggers = Matcher(_triggers(words))
        self.trigger_words = self._triggers.words
        self._sorts = [word.sort for word in self.trigger_words]
        # Behind letters that go on, a Latin look-alike may hide a word.
        self.silent = frozenset(
            index
            for index, sort in enumerate(self._sorts)
            if sort == "pseudo" and index not in self._triggers.latin
        )
        self.suffix = _suffix_pattern(data)
        self._filler_before = re.compile(f"(?:{_either(data.filler)})+")
        self._filler_after = re.compile(f"(?:{_either(data.filler)})+$")
        self.level: Final = re.compile(_either(data.levels))

    def triggers(self, text: str, found: list[Place] | None = None) -> list[int]:
        """Where something begins that may be, or belong to, a credential; look-alikes left out.

        `found` is what the search for `trigger_words` finds in `text`, where that is known.
        """
        places = self._triggers.scan(text) if found is None else found
        return [
            start
            for index, start, end in self._triggers.alone(text, places)
            if (sort := self._sorts[index]) != "pseudo" and self.tells(sort, text, start, end)
        ]

    def tells(self, sort: str, text: str, start: int, end: int) -> bool:
        """Whether what stands around a trigger of that sort lets it belong to a credential.

        A word that mostly means something else (TCP) does only where it is held or has a noun, as `Names`
        asks for, and an engineer's grade only where it is held.
        """
        if sort == "grade":
            return GRADED.match(text, end) is not None and (
                _NO_STAFF.match(text, end) is not None or _held(text, start)
            )
        return sort != "loose" or (
            _held(text, start)
            or self.suffix.match(text, end) is not None
            or _RANK.match(text, end) is not None
            or text.startswith(("优先", "者优先"), end)
        )

    def without_filler(self, phrase: str) -> str:
        """What is left of `phrase` without the words around it that name nothing."""
        start = self._filler_before.match(phrase)
        return self._filler_after.sub("", phrase[start.end() :] if start else phrase)


def _held(text: str, start: int) -> bool:
    """Whether a word may stand before `start` that says that what follows is held."""
    return HELD.search(text, max(0, start - _BEFORE), start) is not None


def _known_words(data: LexiconData, catalogue: Catalogue) -> dict[str, Word]:
    """Later sources win: trades read off the names of papers, aliases, nouns for papers, look-alikes."""
    words: dict[str, Word] = {}
    shorts = {alias.alias for alias in catalogue.aliases.values() if alias.use == "short"}
    for alias in catalogue.aliases.values():
        trade = _PAPER.sub("", alias.alias)
        if trade != alias.alias and len(trade) > 1 and trade not in words and not trade.endswith(_NO_TRADE):
            own = _OWN_HEAD.search(trade)
            # 市政二建证 tells of 市政二建, which is as sure as 二建.
            sort: Sort = "short" if trade[-2:] in shorts else "post"
            words[trade] = Word(trade, sort, alias.qualification, head=own.group() if own else "")
        craft = alias.alias[:-1]
        if alias.qualification.startswith("skill:") and _CRAFTSMAN.fullmatch(alias.alias):
            words.setdefault(craft, Word(craft, "post", alias.qualification))
    for alias in catalogue.aliases.values():
        own = _OWN_HEAD.search(alias.alias)
        words[alias.alias] = Word(
            alias.alias, alias.use, alias.qualification, head=own.group() if own else ""
        )
    for name, qualification in _graded_examinations(catalogue):
        words.setdefault(name, Word(name, "name", qualification, head="资格"))
    for head in data.heads:
        words[head.word] = Word(head.word, "head", firm=head.strength == "firm")
    for trade in (f"{who}{mark}{grade}" for who in "员工" for mark in ("", "(") for grade in SKILLS):
        words.setdefault(trade, Word(trade, "grade"))
    for master in (f"师{mark}{grade}" for mark in ("", "(") for grade in SKILLS[:3]):
        words.setdefault(master, Word(master, "grade"))
    for text in data.pseudo:
        words[text] = Word(text, "pseudo")
    return words


def _graded_examinations(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """会计专业中级及以上专业技术资格: an examination for a title, with the grade within its name."""
    for alias in catalogue.aliases.values():
        field = alias.alias.removesuffix(_EXAMINED)
        if field != alias.alias and _FIELD.fullmatch(field):
            for grade, above, subject in product(_GRADES[3:], ("", *_ABOVE), ("", "专业")):
                yield f"{field}{subject}{grade}{above}{_EXAMINED}", alias.qualification


def _triggers(words: dict[str, Word]) -> dict[str, Word]:
    """Words that speak for themselves, look-alikes, and grades (二级心理咨询师 holds no 证)."""
    found = {text: word for text, word in words.items() if word.sort in _TRIGGERS}
    found.update({grade: Word(grade, "grade") for grade in _GRADES})
    # A person whom a qualification makes (助理会计师优先): no 证 is near.
    found.update({wish: Word(wish, "name") for wish in _WISHES})
    found.update({wish: Word(wish, "name") for wish in _occupations_wished_for(words)})
    # 育婴员职业技能等级三级: no 证 is near.
    levels = (f"技能等级{mark}{grade}" for mark in ("", "(") for grade in _LEVELS)
    found.update({level: Word(level, "name") for level in levels})
    # 银行从业 tells of a paper only where it is held or passed; elsewhere 证券 hides its 证.
    industries = [text for text, word in words.items() if word.sort == "post" and text.endswith("从业")]
    found.update({way + person: Word(way + person, "name") for person in _examined(words) for way in _PASSED})
    # 持有茶艺师: no 证 is near.
    found.update({way + person: Word(way + person, "name") for person in _persons(words) for way in _HELD})
    # A degree is no rank of a hospital.
    degrees = (degree + wish for degree in "硕博学" for wish in _WISHES if wish[0] == "士")
    found.update({degree: Word(degree, "pseudo") for degree in degrees})
    # 司机:c1, c1优先: no 证 is near.
    found.update({who + each: Word(who + each, "name") for who in _DRIVERS for each in CLASSES})
    found.update({each + end: Word(each + end, "name") for end in _DRIVEN for each in CLASSES})
    found.update({wish: Word(wish, "name") for wish in ("六级优先", "六级以上", "六级者优先")})
    # 绿化工中级工 is no 化工.
    chemists = (f"化{wish}" for wish in _WISHES if wish[0] == "工")
    found.update({chemist: Word(chemist, "name") for chemist in chemists})
    # A trade with a 证 inside (证券) is swallowed like a look-alike.
    found.update(
        {text: Word(text, "pseudo") for text, word in words.items() if word.sort == "post" and "证" in text}
    )
    found.update({text: Word(text, "loose") for text in industries})
    found.update({text + fate: Word(text + fate, "name") for text in industries for fate in _FATES})
    return found


def _occupations_wished_for(words: dict[str, Word]) -> Iterator[str]:
    """水质检验员优先, 高级焊工优先: how occupations show where no noun for a paper is near."""
    for text, word in words.items():
        if word.sort == "post" and text[-1] in "员工":
            grades = ("",) if len(text) >= OCCUPATION else ("高级", "中级")
            yield from (grade + text + wish for grade in grades for wish in ("优先", "者优先", "的优先"))


def _persons(words: dict[str, Word]) -> Iterator[str]:
    """Those whose name may be that of their paper; the briefest (厨师, 电工) are only people."""
    return (
        text
        for text, word in words.items()
        if word.sort == "post" and len(text) > _BRIEFEST and text[-1] in "师员工士"
    )


def _examined(words: dict[str, Word]) -> Iterator[str]:
    """Persons whom an examination of the catalogue makes (精算师)."""
    return (
        text
        for text, word in words.items()
        if word.sort == "post" and text.endswith("师") and word.qualification.startswith("P")
    )


def _suffix_pattern(data: LexiconData) -> re.Pattern[str]:
    """A head directly after a name, with at most six words between; all repeats are bounded."""
    # 施工员/安全员证 are two papers, whatever words stand between a name and its head.
    marks = r"[\"”》』'\s]|/(?!安全|管理|[初中高]?级?工程师)|\([^()]{1,14}\)"
    code = "(?:[a-e]|[a-z][1-9])(?:类|(?![a-z0-9]))|[1-9]级"
    grades = "[初中高]级?[或及和、/]?[初中高]级|[一二三四五]级?[或及和、/][一二三四五]级"
    infix = f"(?:{grades}|{_either(data.infix)}|{code}|{marks})"
    heads = tuple(head.word for head in data.heads)
    # Mostly nothing of the kind follows: the first character alone tells.
    firsts = re.escape("".join(sorted({word[0] for word in (*heads, *data.infix)})))
    aside = r"(?:已?取得|持有?|有)?(?:资格)?证书?|(?:(?:国家)?职业资格|国职)(?:证书?)?"
    noun = rf"{_either(heads)}|\((?:{aside})\)"
    return re.compile(f"(?=[{firsts}a-z1-9\"”》』'\\s/(])({infix}{{0,6}}?)({noun})(?![据券明监婚章])")


def _either(words: tuple[str, ...]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
