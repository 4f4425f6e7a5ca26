"""Members of a list of papers that nobody has listed: between known ones they are papers too."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from nlp.clause import Candidate, Item
from nlp.unnamed import phrase_start

_SEPARATORS: Final = re.compile(r"[、/,|]")
_CHAIN: Final = re.compile(
    r"[\s\"”》)]{0,3}(?:认证|证书?)?[、/,|](?:[a-z0-9+\- ]{2,16}[、/,|]){1,6}[\s\"“《(]{0,3}"
)
_CODE: Final = re.compile(r"[a-z][a-z0-9+\-]{2,9}")
"""Two letters only go on with the code before them (HCNE/SE)."""
_NO_CODE: Final = frozenset(
    {
        "it",
        "or",
        "and",
        "mba",
        "emba",
        "mpa",
        "mpacc",
        "pc",
        "app",
        "hr",
        "bi",
        "ai",
        "ppt",
        "word",
        "excel",
        "office",
    }
)
_NAME: Final = re.compile(
    "(?:国家|注册|高级|中级|初级|助理|[一二三]级)?(?:[一-龥]{2,10}[师员]|[一-龥]{1,4}工)"
)
_WORDS: Final = re.compile(
    "(?!.*(?:经验|学历|专业|优先|能力|熟悉|掌握|了解|负责|毕业|具备|[有持]))[一-龥a-z0-9+ ]{2,8}"
)
_RANK: Final = re.compile(
    "^(?:获取|受?国家认可的|考[过到]|国家|注册|全国|[初中高]级|助理|[一二三四五]级|特级|如|含|包括|以及|或|的|等|类)+"
)
_FULL: Final = 4
"""A longer name is whole; what stands before it only tells more."""
_LONGEST: Final = 12
_ANY_MAKER: Final = "vendor:厂商认证"
_SKILL: Final = "skill:技能等级证书"
_POST: Final = "post:上岗证"
FOR_A_POST: Final = re.compile("(?:上岗|岗位|培训|进修)(?:执业|资格|合格|培训|操作)*证")
"""A paper for a post of whatever trade is no grade of skill in it."""


def between(item: Item) -> None:
    """Codes between two codes that are known (CISP、XYZ、CISSP) become candidates."""
    known = [each for each in item.candidates if each.accepted and each.sort == "token"]
    for left, right in pairwise(known):
        gap = item.text[left.end : right.start]
        if _CHAIN.fullmatch(gap):
            item.candidates += [
                each
                for each in _segments(item, left.end, right.start, any_words=False)
                if each.sort == "token" and not _covered(item, each)
            ]
    item.candidates.sort(key=lambda candidate: candidate.start)


def unlisted(
    item: Item, members: list[Candidate], end: int, head: str, *, any_words: bool
) -> list[Candidate]:
    """The members of a list, between the known ones (`members`, backwards) and the 等 at `end`.

    `head` is the noun that closes the list.

    With `any_words` each piece is one (PMP、敏捷项目管理等认证), else only what looks like a name.
    """
    gaps = [(members[0].end, end)]
    for right, left in pairwise(members):
        separators = list(_SEPARATORS.finditer(item.text, left.end, right.start))
        gaps += [(left.end, separators[-1].start())] if separators else []
    pieces = (each for start, stop in gaps for each in _segments(item, start, stop, any_words=any_words))
    found = [each for each in pieces if not _covered(item, each)]
    for worker in (each for each in found if each.written.endswith("工")):
        worker.qualification = _POST if FOR_A_POST.search(head) else _SKILL
    return found


def lengthen(item: Item, member: Candidate) -> None:
    """软件审计师 is no 审计师: a trade with more words before it is a stranger, whatever it ends in."""
    if len(member.written) > _FULL:
        return
    low = max(0, member.start - _LONGEST)
    for separator in _SEPARATORS.finditer(item.text, low, member.start):
        low = separator.end()
    begin = phrase_start(item.text, low, member.start)
    before = _RANK.sub("", item.text[begin : member.start])
    if len(before) > 1 and item.text.endswith(before, 0, member.start):
        member.start -= len(before)
        member.written = before + member.written
        member.sort, member.qualification, member.name = _nature(member.written)


def _nature(written: str) -> tuple[str, str, str]:
    """Sort, qualification and name of a stranger: a worker's is skill, an engineer's title, else a firm's."""
    if written.endswith("工"):
        return "token", _SKILL, ""
    return ("unlisted", "", "") if written.endswith("工程师") else ("token", _ANY_MAKER, written.upper())


def _segments(item: Item, start: int, end: int, *, any_words: bool) -> Iterator[Candidate]:
    """The pieces of `start`..`end` between separators that look like the name of a paper, or of anything."""
    named = _WORDS if any_words else _NAME
    borders = [match.end() for match in _SEPARATORS.finditer(item.text, start, end)]
    for border, after in pairwise([*borders, end + 1]):
        raw = item.text[border : after - 1]
        piece = raw.strip()
        if (_CODE.fullmatch(piece) and piece not in _NO_CODE) or named.fullmatch(piece):
            begin = border + raw.index(piece)
            sort, qualification, name = _nature(piece)
            yield Candidate(begin, begin + len(piece), sort, qualification, piece, name=name, accepted=True)


def _covered(item: Item, piece: Candidate) -> bool:
    return any(
        each.accepted and each.start < piece.end and piece.start < each.end for each in item.candidates
    )
