"""Finds the candidates of an item: names with their heads, heads alone, and names nobody has listed."""

import re
from collections.abc import Iterator
from typing import Final

from nlp.clause import Candidate, Item
from nlp.lexicon import Hit, Lexicon

_CJK: Final = "一-龥"
_STOP: Final = re.compile(
    "[^一-龥a-z0-9+()]|或者?|以及|和(?!谐)|与(?!或)|持有?|具备|具有|拥有|取得|获得|考取|通过|需要?|须|必须|要求|应(?!急)|"
    "有(?!限|色|害|效|机|关)|无(?!损|人|线)|及(?!其以上|以上)|带(?!电)|提供|熟悉|了解|优先|相应|携带|办理|负责|颁发的|并(?!购)|且|对应|者"
)
_GOES_ON: Final = re.compile("工程|证[据券明监婚]")
_ONLY_EXAM: Final = re.compile("(?:资格|职业|执业|专业|阶段|国家|统一|全国|\\s)*")
_TRADE: Final = re.compile("[师员工士]$")
_PERSON: Final = re.compile("[师员工士人]$")
_CLASS: Final = re.compile(
    "相关|有关|相应|对应|同等|等同|其他|其它|类似|专业|职业|从业|执业|领域|(?<!各)类|以上|上述|行业|技能|技术|安全生产"
)
_SOFT: Final = re.compile("(?:者|的)?(?:优先|为佳|更佳|加分)")
_CLOSING: Final = re.compile("(?<!同)(?<!相)等(?!级|同)|以下|下列|各类|各种|各项")
_TRADE_LENGTH: Final = 6
_BRIEF: Final = 2
_PAPERS: Final = frozenset({"证", "证书", "资格证", "资格证书"})
_LONGEST_NAME: Final = 16
_BEFORE: Final = 10
_MAKER_HEAD: Final = re.compile("((?:(?![或和及的])[一-龥a-z ]){0,8}?)(认证|证书)")
_MODIFIES: Final = re.compile("(?!优先|者|等|的|为|以|或|及|和|可|均|也|更|加|最|之)[一-龥]")
_UNLISTED_HEADS: Final = re.compile(
    "(?:职业|从业|执业|上岗|岗位|操作|作业|技能|等级|级别|资格|合格|技术)(?:资格|等级|技能)?(?:认证)?证书?$|^(?:证|证书|执照)$"
)
_SHORT_BEFORE: Final = re.compile(r"(?:^|[^一-龥]|[有持过考或及和、备得聘招和与需的是])$")
_SHORT_AFTER: Final = re.compile(
    r"$|[^一-龥]|优先|者|等|以上|及|或|和|证|资格|考试|持证|注册|在|成绩|合格|全科|一建|二建|均可|都|与"
)
_NOT_A_PERSON: Final = re.compile(
    "(?:执业|从业|相关)?(?:工作)?(?:经验|经历)|事务所|协会|行业|学院|学校|俱乐部|团队|工作(?!者)|委员会|公司|专业(?!技术|资格|阶段|证|人员|职)|部门|系统(?!集成)"
)
_ISO: Final = re.compile(
    r"^(?:iso|27001|qms|体系|质量体系|三体系|gmp|gsp|haccp|cnas|iatf|ts16949|ohsas|sa8000|brc)"
)
_HOLDING: Final = re.compile(
    r"(?:(?<![支维保坚主扶把])持有?|具有|具备|拥有|取得|获得?|考取|通过|有|国家|考过|注册|持证|证书[:(]?|资格[:(])[:\s\"“《(]{0,2}(?:过|国家|全国|有效)?(?:[一二三]级|[初中高]级)?$"
)
_LEVEL_BEFORE: Final = re.compile(
    r"(?:国家)?(?:[一二三四五]级|[初中高]级|助理|特级)(?:以上|及以上|或以上|及其以上)?[的\s]?$"
)
_GRADE_ENDS: Final = frozenset("级理上的")
_LEVEL_AFTER: Final = re.compile(
    r"\(?(?:[一二三四五]级|[初中高]级|[一二三]等|技师|level ?\d)(?:及|或)?(?:以上)?\)?"
)
_FIRM: Final = re.compile("(?:股份)?有限|公司|中心|机构")
_EITHER: Final = re.compile("或同等|/[^,]{0,12}(?:证|认证)")
_HELD: Final = re.compile(
    '(?:(?<![支维保坚主扶把])持有?|考取|取得|获得)["“《国家]{0,3}(?:[一二三]级|[初中高]级)?$'
)
_ENDS: Final = re.compile(r"[\"”》』]?(?:$|[、/,;。)]|优先|者优先|以上|及以上|或|和)")
_POSSESSED: Final = re.compile(r'(?:^|[,、:;\s])(?:须|需|应|要求|必须)?(?:具备|具有|拥有|有)["“《]?$')
_POST_ONLY: Final = re.compile("上岗|岗位")
_TRAILING: Final = re.compile(
    "(?:职业|从业|执业|上岗|岗位|操作|作业|技能|等级|级别|资格|合格|技术|认证){1,3}$"
)
_OF_TRADE: Final = re.compile("操作|上岗|资格|从业|作业")
_ANYTHING: Final = re.compile(r"$|[^一-龥]|者|优先|上岗|的|或|均|即")


class Names:
    """Step before the pipeline: decides which items are worth a Doc."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def find(self, item: Item) -> None:
        """Fills `item.candidates`, in text order, none overlapping; accepts those sure by themselves."""
        taken = 0
        for hit in _merged(self._lexicon.words.hits(item.text)):
            if hit.word.sort == "pseudo" or hit.start < taken:
                taken = max(taken, hit.end) if hit.word.sort == "pseudo" else taken
                continue
            if _cut_short(item.text, hit):
                continue
            if hit.word.sort == "head":
                candidate = self._bare_head(item, hit, taken)
            else:
                candidate = self._longer_trade(item.text, hit, taken) or self._named(item, hit)
            if candidate is not None:
                item.candidates.append(candidate)
                taken = candidate.end

    def _named(self, item: Item, hit: Hit) -> Candidate | None:
        text, word = item.text, hit.word
        if word.sort == "short" and not _short_is_word(text, hit):
            return None
        found = Candidate(hit.start, hit.end, word.sort, word.qualification, word.text)
        if word.head:
            found.head = word.head
            found.end += text.startswith("书", hit.end) and not word.head.endswith("书")
        before = _graded_before(text, hit.start)
        if before:
            found.start, found.level = before.start(), True
        self._take_head(text, found)
        after = _LEVEL_AFTER.match(text, found.end)
        if after:
            found.end, found.level = after.end(), True
            self._take_head(text, found)
        if text.endswith(("持证", "有证"), 0, found.start):
            found.head = found.head or "证"
        found.accepted = _sure(text, found) and not (
            item.field == "title" and found.sort == "post" and not found.head
        )
        return found

    def _longer_trade(self, text: str, hit: Hit, taken: int) -> Candidate | None:
        """A trade nobody has listed that only ends like a listed one (绿化工证 is no 化工证)."""
        if hit.word.sort != "post" or len(hit.word.text) != _BRIEF or not _TRADE.search(hit.word.text):
            return None
        head = self._lexicon.suffix.match(text, hit.end)
        if head is None or head.group(1) or head.group(2) not in _PAPERS:
            return None
        start = _phrase_start(text, max(taken, hit.start - _TRADE_LENGTH), hit.start)
        rest = self._lexicon.without_filler(text[start : hit.start])
        if not rest or _LEVEL_BEFORE.search(rest) or not text.endswith(rest, 0, hit.start):
            return None
        return Candidate(
            hit.start - len(rest), head.end(), "unlisted", "", rest + hit.word.text, head=head.group(2)
        )

    def _take_head(self, text: str, found: Candidate) -> None:
        """Grows `found` over the nouns for a paper that follow it."""
        for _ in range(3):
            match = self._lexicon.suffix.match(text, found.end)
            if match is None and found.sort == "maker":
                match = _MAKER_HEAD.match(text, found.end)
            if match is None or not _head_fits(found, match):
                return
            found.end = match.end()
            found.head += match.group(1).strip("\"”》』'/ ") + match.group(2)
            found.level = found.level or self._lexicon.level.search(match.group(1)) is not None

    def _bare_head(self, item: Item, hit: Hit, taken: int) -> Candidate | None:
        """A head without a listed name: a certificate nobody has listed, or one with no name at all."""
        text = item.text
        end = hit.end
        match = self._lexicon.suffix.match(text, end)
        while match is not None and not match.group(1) and match.group(2) != "考试":
            end = match.end()
            match = self._lexicon.suffix.match(text, end)
        start = _phrase_start(text, max(taken, hit.start - 16), hit.start)
        phrase, head = text[start : hit.start], text[hit.start : end]
        rest = self._lexicon.without_filler(phrase)
        if head in {"资格", "资质", "考试", "职称"}:
            return None if head != "职称" else Candidate(start, end, "head", "", head, head=head)
        written = _trailing(phrase) + head
        if _PERSON.search(rest) and len(rest) > 1 and _UNLISTED_HEADS.search(written):
            return Candidate(start, end, "unlisted", "", rest, head=written)
        if _POST_ONLY.search(written) and 1 < len(rest) <= _TRADE_LENGTH and not _CLASS.search(phrase):
            return Candidate(start, end, "unlisted", "", rest, head=written)
        named = ("相关" + written) if "相关" in phrase else written
        wanted = _HOLDING.search(text, max(0, start - 10), start) or _SOFT.match(text, end)
        sort = "head" if self._speaks(text, hit, end, phrase, rest, wanted=wanted is not None) else "noun"
        return Candidate(start if not rest else hit.start, end, sort, "", named, head=head)

    @staticmethod
    def _speaks(text: str, hit: Hit, end: int, phrase: str, rest: str, *, wanted: bool) -> bool:  # noqa: PLR0913
        """Whether a head without a name still asks for some paper (相关证书, 有证); 开发者证书 does not."""
        word = hit.word.text
        if word == "持证上岗":
            return not text.startswith("率", end)
        if _CLOSING.search(phrase) or text.startswith(":", end) or _mute(text, word, end, phrase):
            return False
        if word == "证":
            return _holds_any(text, hit)
        if hit.word.firm or (wanted and phrase and len(rest) <= _LONGEST_NAME):
            return True
        return bool(phrase) and (not rest or _CLASS.search(phrase) is not None)


def _graded_before(text: str, start: int) -> re.Match[str] | None:
    last = text[start - 1 : start]
    # Few names have a grade before them: its last character tells at once.
    if last in _GRADE_ENDS or last.isspace():
        return _LEVEL_BEFORE.search(text, max(0, start - 8), start)
    return None


def _merged(hits: list[Hit]) -> Iterator[Hit]:
    """Names that touch are one (CCNA网络工程师): the first, stretched over a plain trade that follows."""
    held: Hit | None = None
    for hit in hits:
        if held is not None and held.end == hit.start and _may_merge(held) and _may_merge(hit):
            keep = (
                held.word
                if held.word.sort in {"token", "name"} and hit.word.sort in {"post", "maker"}
                else hit.word
            )
            held = Hit(held.start, hit.end, keep)
            continue
        if held is not None:
            yield held
        held = hit
    if held is not None:
        yield held


def _cut_short(text: str, hit: Hit) -> bool:
    """Whether the name is only where a longer word begins: 土木工程师 is no 木工, 会计证据 no 会计证."""
    return hit.word.sort != "head" and _GOES_ON.match(text, hit.end - 1) is not None


def _may_merge(hit: Hit) -> bool:
    return hit.word.sort not in {"head", "pseudo", "short"}


def _short_is_word(text: str, hit: Hit) -> bool:
    before = text[max(0, hit.start - 1) : hit.start]
    return bool(_SHORT_BEFORE.search(before)) and bool(_SHORT_AFTER.match(text, hit.end))


def _head_fits(found: Candidate, match: re.Match[str]) -> bool:
    head, between = match.group(2), match.group(1)
    if head == "考试":
        return found.sort in {"name", "short"} and _ONLY_EXAM.fullmatch(between) is not None
    if head == "资质":
        return bool(_TRADE.search(found.written)) or found.written.endswith("经理")
    if (head == "许可证" and "作业" not in found.written + between) or (
        head == "认证" and _ISO.match(found.written)
    ):
        return False
    if found.sort == "post" and ("的" in between or "相关" in between):
        return False
    return not (head == "资格" and found.sort == "post" and found.written in {"教练", "裁判"})


def _sure(text: str, found: Candidate) -> bool:
    """Whether the name is a mention whatever stands around it."""
    if _FIRM.match(text, found.end, found.end + 4):
        return False
    if found.head:
        return True
    if _NOT_A_PERSON.match(text, found.end):
        return False
    if found.sort == "post":
        return _post_is_paper(text, found)
    if found.sort == "loose":
        before = text[max(0, found.start - _BEFORE) : found.start]
        either = _EITHER.match(text, found.end, found.end + 16)
        held = before.endswith(("持有", "考取", "持", "通过", "取得", "获得"))
        return held or (either is not None and _HOLDING.search(before) is not None)
    return found.sort in {"name", "short"}


def _post_is_paper(text: str, found: Candidate) -> bool:
    """Whether the name of a post, without a head, is that of its certificate (持有茶艺师, 二级心理咨询师)."""
    if not _TRADE.search(found.written) or len(found.written) <= _BRIEF:
        return False
    before = text[max(0, found.start - _BEFORE) : found.start]
    if _HELD.search(before):
        return True
    if not _ENDS.match(text[found.end : found.end + 4]):
        return False
    holding = _HOLDING.search(before) is not None
    if found.level:
        return holding or text[: found.start].strip()[-1:] in {"", "、", ",", "/", "或", "和", "及"}
    return holding and _POSSESSED.search(before) is not None


def _phrase_start(text: str, low: int, high: int) -> int:
    """Where the noun phrase that ends at `high` begins: after the last word that cannot be inside one."""
    start = low
    for match in _STOP.finditer(text, low, high):
        start = match.end()
    return start


def _trailing(phrase: str) -> str:
    match = _TRAILING.search(phrase)
    return match.group() if match else ""


def _mute(text: str, word: str, end: int, phrase: str) -> bool:
    """证件 that are no papers of a trade, and 认证 that only describes the word after it."""
    if word in {"证件", "证照"}:
        return _OF_TRADE.search(phrase) is None
    return word == "认证" and _MODIFIES.match(text, end) is not None


def _holds_any(text: str, hit: Hit) -> bool:
    """持证, 有证: a paper with no name, where nothing follows that it could be about."""
    before = text[max(0, hit.start - 1) : hit.start]
    return before in {"持", "有"} and _ANYTHING.match(text, hit.end) is not None
