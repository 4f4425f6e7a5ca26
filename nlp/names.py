"""Finds the candidates of an item: names with their heads, and nouns for a paper without one."""

import re
from typing import Final

from nlp.adjoining import cut_short, words_of
from nlp.bare import SKILLED, TRADE, is_labelled, is_post_of, is_sure, names_post, post_is_paper
from nlp.clause import Candidate, Item
from nlp.holders import of_thing
from nlp.lexicon import Hit, Lexicon
from nlp.unnamed import Unnamed, phrase_start

_CJK: Final = re.compile("(?!司机)[一-龥]")
_FIELD: Final = re.compile("(?<![分各种a-e1-9])类(?!别)")
_ONLY_EXAM: Final = re.compile(r"(?:资格|职业|执业|专业|阶段|国家|统一|全国|\(水平\)|水平|\s)*")
_TRADE_LENGTH: Final = 6
_ANY_OF: Final = re.compile("(?:相关|有关)的?$")
_OF_LEVEL: Final = ("P", "skill:", "old:")
_FIELD_PAPER: Final = re.compile("(?!.*(?:[师员工士级]|[职执从]业|上岗|注册))[一-龥]{2,8}证书?")
_RELATED: Final = re.compile("的?相关的?(?:资格|职业资格|资质|认证|技术)*证书?")
_GRADED: Final = re.compile("[初中高]级")
_TRADE_LONGEST: Final = 10
_BRIEF: Final = 2
_LONGEST: Final = 12
_ANY_SKILL: Final = "skill:技能等级证书"
_PAPERS: Final = frozenset({"证", "证书", "资格证", "资格证书"})
_ENDED: Final = ("证", "证书")
_MAKER_HEAD: Final = re.compile(
    "((?:的(?=相关|有关|专业|技术|资格|[一-龥]{0,4}工程师))?(?:(?![或和及的])[一-龥a-z ]){0,8}?)(认证|证书)"
)
_ISO: Final = re.compile(
    r"^(?:iso|27001|qms|体系|质量体系|三体系|gmp|gsp|haccp|cnas|iatf|ts16949|ohsas|sa8000|brc)"
)
_LEVEL_BEFORE: Final = re.compile(
    r"(?:国家)?(?:[一二三四五]级|[初中高]级|助理|特级)(?:以上|及以上|或以上|及其以上)?[的\s]?$"
)
_GRADE_ENDS: Final = frozenset("级理上的")
_LEVEL_AFTER: Final = re.compile(
    r"(?:\([师员工士]\)|(?:职业)?技能等级|国家(?:职业资格)?|(?<=[a-z]) )?"
    r"\(?(?:[一二三四五][级星]|[初中高]级(?:技师|工(?![程作]))?|[一二三]等|技师|level ?\d)"
    r"(?:(?:及|或)?以上)?(?:/?\(?(?:[初中高]级(?:技师|工)|(?<=级[(/])技师)(?![一-龥]))?\)?(?:(?:及|或)?以上)?"
    "(?:(?:职业)?技能等级(?![证认]))?"
)
_CELL: Final = re.compile(r"\s?\|\s?(?:[三四五]级|[初中高]级工)(?:(?:及|或)?以上)?(?=\s?(?:\||$))")
_HOLDER: Final = re.compile("(?:[师员工士手]|司机)$")
_HOLDS: Final = re.compile(
    r"(须|需|必须|均)?[持有]证(?=(?:者|人员)?(?:优先|加分|为佳|佳|更佳|更好)|者?(?:$|[,;。)\n]|、(?!无证))"
    "|[0-9一二两三四五六七八九十]{1,2} ?[名人位])"
)
"""碳排放管理员持证优先: whoever holds the paper of that trade."""
_MASTER: Final = re.compile("师(?![范资傅父生])")
_PERSONS: Final = frozenset("师员工士人")
_BECOMES: Final = re.compile("师(?![范资傅父生])|员(?!工)")
_GRADE_IN: Final = re.compile("^(?:[一二三四五]级|[初中高]级)|(?:[一二三四五]级|[初中高]级)$")
_NO_TRADE: Final = re.compile(
    "(?:运动|裁判|教练|指导|队|程序|业务|公务|科|职|演|学|会|党|团)员$|员工|职工|人员|军工|单位|(?:工程|教|医|药|护|律|导|讲|老|厨)师$"
)
_PASSED: Final = re.compile("(?:通过|考过|报考|参加)$")


class Names:
    """The first step over an item: decides whether it is worth the others."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._unnamed = Unnamed(lexicon)

    def find(self, item: Item) -> None:
        """Fills `item.candidates`, in text order, none overlapping; accepts those sure by themselves."""
        taken = 0
        for hit in words_of(self._lexicon.words, item.text):
            if hit.word.sort == "pseudo" or hit.start < taken:
                # A field of work (安全) belongs to the phrase that it stands in.
                taken = max(taken, hit.end) if _hides(hit) else taken
                continue
            if cut_short(item.text, hit):
                continue
            candidate = self._candidate(item, hit, taken)
            if candidate is not None:
                taken = candidate.end
                if not of_thing(item.text, candidate):
                    item.candidates.append(candidate)

    def _candidate(self, item: Item, hit: Hit, taken: int) -> Candidate | None:
        if hit.word.sort == "head":
            return self._unnamed.read(item, hit, taken)
        if hit.word.sort == "grade":
            return self._graded_trade(item, hit, taken)
        any_paper = self._any_of_field(item.text, hit)
        if any_paper is not None:
            return any_paper
        return self._longer_trade(item.text, hit, taken) or self._named(item, hit)

    def _graded_trade(self, item: Item, hit: Hit, taken: int) -> Candidate | None:
        """A trade nobody has listed, with a grade of skill behind it (城轨车辆检修工四级)."""
        text = item.text
        start = phrase_start(text, max(taken, hit.start - _TRADE_LONGEST), hit.start)
        trade = self._lexicon.without_filler(text[start : hit.start + 1])
        begin = hit.start + 1 - len(trade)
        grade = _LEVEL_AFTER.match(text, hit.start + 1)
        if grade is None or len(trade) <= 1 or not text.startswith(trade, begin) or _NO_TRADE.search(trade):
            return None
        if self._lexicon.suffix.match(text, grade.end()):
            return None
        found = Candidate(begin, grade.end(), "post", _ANY_SKILL, trade, level=True)
        found.accepted = item.field != "title" and post_is_paper(text, found)
        return found

    def _named(self, item: Item, hit: Hit) -> Candidate | None:
        text, word = item.text, hit.word
        if self._names_nothing(text, hit):
            return None
        found = Candidate(hit.start, hit.end, word.sort, word.qualification, word.text)
        if word.head:
            found.head = word.head
            found.end += text.startswith("书", hit.end) and not word.head.endswith("书")
        if (
            word.sort == "post"
            and not word.head
            and _BECOMES.match(text, hit.end)
            and word.text[-1] not in _PERSONS
        ):
            # 人力资源管理师证 tells of 人力资源管理; of 人力资源师 it is the field that is listed.
            found.end += 1
            found.written += text[hit.end]
        if word.sort == "post" and _GRADE_IN.search(word.text):
            # 中级统计师 and 电工高级 are listed with their grade.
            found.level = True
            found.end += text.startswith("工", found.end) and SKILLED.search(word.text) is not None
        before = _graded_before(text, hit.start)
        if before:
            found.start, found.level = before.start(), True
        self._take_head(text, found)
        # A table has the grade in a cell of its own (养老护理员|四级|).
        cell = found.qualification.startswith("skill:") and _CELL.match(text, found.end)
        after = cell or _LEVEL_AFTER.match(text, found.end)
        if after and not self._opens_name(text, after):
            found.end, found.level = after.end(), True
            self._take_head(text, found)
        holds = _HOLDS.match(text, found.end) if not found.head and _HOLDER.search(found.written) else None
        if holds:
            found.head = "证"
            # 焊工须持证: the demand is no part of the name.
            found.end = found.end if holds.group(1) else holds.end()
        if text.endswith(("持证", "有证"), 0, found.start) and not _of_trade(text, found):
            found.head = found.head or "证"
        titled = item.field == "title" and names_post(found)
        sure = is_sure(text, found) and not (titled or is_post_of(item, found))
        found.accepted = sure or is_labelled(item, found)
        return found

    def _opens_name(self, text: str, grade: re.Match[str]) -> bool:
        """Whether the grade is that of the next name (初级会计师中级会计师证)."""
        start = grade.end() - len(grade.group().lstrip(" ("))
        word = next(iter(self._lexicon.words.hits(text[start : grade.end() + _LONGEST])), None)
        return word is not None and word.start == 0 and start + word.end > grade.end()

    def _names_nothing(self, text: str, hit: Hit) -> bool:
        """Whether the word is no name where it stands."""
        word = hit.word
        if word.sort != "post":
            return False
        # 运营证 is a driver's paper, 运营师 is no driver.
        if word.qualification[0] == "S" and _MASTER.match(text, hit.end):
            return True
        # 鉴定工 is graded by skill, 鉴定人 by law.
        if word.qualification.startswith("lawful:") and text.startswith("工", hit.end):
            return word.text[-1] not in _PERSONS
        if TRADE.search(word.text) or not _ANY_OF.search(text, max(0, hit.start - _BRIEF - 1), hit.start):
            return False
        # 相关财务证书: any paper of that field.
        noun = self._lexicon.suffix.match(text, hit.end)
        return noun is not None and not noun.group(1) and noun.group(2) in _PAPERS

    def _any_of_field(self, text: str, hit: Hit) -> Candidate | None:
        """相关会计证书, 相关的会计专业证: any paper of that field, though without 相关 the words name one."""
        word = hit.word
        related = _ANY_OF.search(text, max(0, hit.start - _BRIEF - 1), hit.start)
        if related is None or not word.qualification.startswith(_OF_LEVEL):
            return None
        noun = self._lexicon.suffix.match(text, hit.end) if word.sort == "post" else None
        end = noun.end() if noun is not None and noun.group(1) == "专业" else hit.end
        if _FIELD_PAPER.fullmatch(text, hit.start, end) is None:
            return None
        end += text.startswith("书", end)
        head = "证书" if text.endswith("证书", 0, end) else "证"
        return Candidate(hit.start, end, "head", "", "相关" + head, head=head)

    def _longer_trade(self, text: str, hit: Hit, taken: int) -> Candidate | None:
        """A trade nobody has listed that only ends like a listed one (绿化工证 is no 化工证)."""
        if hit.word.sort != "post" or len(hit.word.text) != _BRIEF or not TRADE.search(hit.word.text):
            return None
        head = self._lexicon.suffix.match(text, hit.end)
        if head is None or head.group(1) or head.group(2) not in _PAPERS:
            return None
        start = phrase_start(text, max(taken, hit.start - _TRADE_LENGTH), hit.start)
        rest = self._lexicon.without_filler(text[start : hit.start])
        if not rest or _LEVEL_BEFORE.search(rest) or not text.endswith(rest, 0, hit.start):
            return None
        return Candidate(
            hit.start - len(rest), head.end(), "unlisted", "", rest + hit.word.text, head=head.group(2)
        )

    def _take_head(self, text: str, found: Candidate) -> None:
        """Grows `found` over the nouns for a paper that follow it."""
        related = _RELATED.match(text, found.end) if found.sort == "post" and _made(found) else None
        if related is not None and not found.head:
            found.end, found.head = related.end(), "证书"
        for _ in range(3):
            match = self._lexicon.suffix.match(text, found.end)
            if match is None and found.sort == "maker":
                match = _MAKER_HEAD.match(text, found.end)
            if match is None or not (_head_fits(found, match) or _passed(text, found, match)):
                return
            own = "/" in match.group(1) or (match.group(1)[:1].isspace() and found.head.endswith(_ENDED))
            if found.head and own:
                # 会计从业资格证/上岗证 are two, and so are 护士执业证 驾驶证.
                return
            found.end = match.end()
            found.head += match.group(1).strip("\"”》』'/ ") + match.group(2)
            found.level = found.level or self._lexicon.level.search(match.group(1)) is not None


def _of_trade(text: str, found: Candidate) -> bool:
    """持证高处安装工: of a field of work it is the person behind it who holds a paper."""
    return TRADE.search(found.written) is None and _CJK.match(text, found.end) is not None


def _hides(hit: Hit) -> bool:
    """Whether a look-alike hides a noun for a paper; 安全 and other fields hold none."""
    return hit.word.sort == "pseudo" and len(hit.word.text) > _BRIEF


def _graded_before(text: str, start: int) -> re.Match[str] | None:
    last = text[start - 1 : start]
    # Few names have a grade before them: its last character tells at once.
    if last in _GRADE_ENDS or last.isspace():
        return _LEVEL_BEFORE.search(text, max(0, start - 8), start)
    return None


def _head_fits(found: Candidate, match: re.Match[str]) -> bool:
    head, between = match.group(2), match.group(1)
    if head == "考试":
        named = found.sort in {"name", "short"} or (found.head and "职称" not in found.head)
        return bool(named) and _ONLY_EXAM.fullmatch(between) is not None
    if head == "资质":
        code = found.sort == "token" and not _ISO.match(found.written)
        return code or bool(TRADE.search(found.written)) or found.written.endswith(("经理", "人"))
    if (head == "许可证" and "作业" not in found.written + between) or (
        head == "认证" and _ISO.match(found.written)
    ):
        return False
    # A field names no paper (人力资源管理类证书), and 服务认证 certifies no one.
    of_field = (head != "职称" and _FIELD.search(found.written[-1] + between)) or (
        head == "认证" and not between and len(found.written) <= _BRIEF
    )
    # A grade makes a paper even of a field of skill (人力资源中高级类证书).
    graded = found.qualification.startswith("skill:") and _GRADED.search(between)
    if found.sort == "post" and of_field and not (graded or TRADE.search(found.written)):
        return False
    if found.sort == "post" and ("的" in between or "相关" in between) and not _made(found):
        return False
    # 会计任职资格 is what the post asks for.
    of_post = found.written in {"教练", "裁判"} or (between == "任职" and not TRADE.search(found.written))
    return not (head == "资格" and found.sort == "post" and of_post)


def _passed(text: str, found: Candidate, match: re.Match[str]) -> bool:
    """通过专利代理师考试: who passes the examination holds the paper."""
    before = text[max(0, found.start - _BRIEF) : found.start]
    return match.group(2) == "考试" and found.written.endswith("师") and _PASSED.search(before) is not None


def _made(found: Candidate) -> bool:
    """人力资源管理师相关证书 is that person's paper; 教师的证书 may be any."""
    return len(found.written) > _BRIEF and found.written.endswith("师")
