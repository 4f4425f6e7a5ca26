"""Cuts a text into items (numbered points, sentences, lines) and tells the heading each stands under."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from operator import attrgetter
from typing import Final, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from config.reading import Sections
from nlp.clause import Item

_LONGEST: Final = 400
_NEAR: Final = 80
"""Most items are shorter."""
_LEAD: Final = 200
_FOLLOW: Final = 160
_BRIEF: Final = 2
"""Headings as brief as 要求 are also ends of other words (职称要求:无)."""
_CLAUSE: Final = 24
_LAST_CLAUSE: Final = re.compile(r"[^,。;:!?\n\[\]•/|()、.\d]+\Z")
_PREDICATES: Final = frozenset({"优先", "优先考虑", "优先录用", "优先录取", "优先聘用", "优先选择", "加分"})
# 工作地点:广州 and a line break: what follows is no longer about the place.
_OWN_WORDS: Final = re.compile(r"\s?:[^\S\n]*[^\s\d][^\n]*\n|\s?:[^\S\n]*\d(?![、.)])[^\n]*\n")
_NUMBERING: Final = 8
_LINE_START: Final = re.compile(
    r"(?:^|[\n\[。;:*•#★◆■●])[\s(]{0,2}(?:[一二三四五六七八九十\d]{1,2}[、.)]\s?)?\Z"
)
_LINE_END: Final = re.compile(r"[\s*)\]]{0,3}(?:\([^()\n]{0,20}\))?(?:[:\n]|(?<=[\])])\s?[\d①(一]|\Z)")
_ANEW: Final = re.compile(r"\s?(?:1[、.)](?!\d)|\(1\)|①)")
_LINE_SO_FAR: Final = re.compile(r"(?:^|[\n\[。;])[^\n。;:,证格]{0,16}\Z")
_LINE_REST: Final = re.compile(r"[^\n。;:,证\d]{0,6}:(?=\s*(?:\n|[\d①(一•*-]))")
_NUMBER: Final = re.compile(r"\s*\(?(?:1[、.)]|[①一])")
_LIST: Final = re.compile("以下|下列|如下|下述|条件|情形|情况|之一|任[一意]|项")
_NUMERAL: Final = "[一二三四五六七八九十]"
# Begins with one class of characters, which the search runs over a text for; what follows looks back at it.
BREAK: Final = re.compile(
    r"[。;!?\n\[\]•✔✓√①-⑳\d(一二三四五六七八九十](?:"
    r"(?<=[。;!?\n\[\]•✔✓√①-⑳])(?!(?<=\[)(?:优先|加分|可选|非必[须需])项?\]\s*(?:[,、。;!\n\[]|$))(?!\((?:优先|加分|非必[须需]|可选)\))"
    r"|(?<=\d)(?<![a-z0-9.\-/+]\d)\d?(?:[)\].](?!\d)|、(?!\d)|、(?=\d{1,2}(?:年|-|~|岁|周)))"
    rf"|(?<=\()(?:\d{{1,2}}|{_NUMERAL})\)"
    rf"|(?<={_NUMERAL})(?:(?<=[\n。;\s]{_NUMERAL})|(?<=^{_NUMERAL})){_NUMERAL}?、"
    r")"
)
"""Where an item ends: the ends of sentences and lines, and the numbers of points."""
_END: Final = attrgetter("end")
_AFTER_HEADING: Final = re.compile(r"[\s)\"”》者]{0,4}(?:[:\]\n■◆●★]|\d{1,2}[、.)]|[①(]|$|[一1]、|--|-)")
# 资格证书:不限 is no heading but a paper said not to be needed.
_WAIVED: Final = re.compile(
    r"(?::\s?|[ \n](?=无\s))"
    r"(?:不限|暂?无(?![一-龥])|无[需须要]|不要求|不需|(?:n/a|none|nil|/|-{1,2})(?![a-z0-9一-龥]))"
)
_BORDER: Final = frozenset('\n。;!:[]•■◆●★/|("“《) 、.-*')


class _Heading(NamedTuple):
    start: int
    end: int
    role: str
    section: str


_NO_HEADING: Final = _Heading(0, 0, "", "")


class Cutter:
    """Finds the item around a position, and its heading."""

    def __init__(self, data: Sections) -> None:
        words = {word: section for section in data.sections for word in section.words}
        self._sections = list(words.values())
        self._headings_in = AhoCorasick(
            list(words), matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA
        ).find_matches_as_indexes

    def items(self, text: str, positions: list[int]) -> Iterator[Item]:
        """The items of a normalised `text` that hold one of the ascending `positions`, each once."""
        headings = self._headings(text)
        titles = {heading.start for heading in headings}
        borders = [border for heading in headings for border in (heading.start, heading.end)]
        breaks = _Breaks(text)
        done = 0
        # Behind a label of papers (职业资格:) a post is one, and nothing else there may tell.
        labels = (title.end for title in headings if _holds(title, positions))
        for position in sorted({*positions, *labels}):
            if position < done:
                continue
            before, after = breaks.around(position)
            index = bisect_right(borders, position)
            before = max(before, borders[index - 1] if index else 0)
            after = min(after, borders[index] if index < len(borders) else len(text))
            # A long stretch is cut on from its last piece, not from its beginning: time stays linear.
            start, done = _piece(text, max(before, done), after, position)
            if before not in titles:
                heading = _heading_before(headings, start)
                apart = _OWN_WORDS.match(text, heading.end, start) is not None
                lead = text[max(heading.start, start - _LEAD) : start]
                follow = text[done : done + _FOLLOW]
                yield Item(
                    text[start:done],
                    start,
                    "text",
                    heading.role,
                    heading.section,
                    apart=apart,
                    lead=lead,
                    follow=follow,
                )

    def _headings(self, text: str) -> list[_Heading]:
        found = []
        for index, start, end in self._headings_in(text):
            section = self._sections[index]
            if _opens(text, start, end, preferred=section.role == "preferred"):
                found.append(_Heading(start, end, section.role, section.id))
        return found


class _Breaks:
    """The breaks around ascending positions, searched for near these only."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._before = self._after = 0

    def around(self, position: int) -> tuple[int, int]:
        """The last break at or before `position`, and the first one after it."""
        if position >= self._after:
            known = self._after
            near = max(known, position - _NEAR)
            self._search(near, position)
            if self._before == near:
                self._search(known, position)
        return self._before, self._after

    def _search(self, start: int, position: int) -> None:
        self._before = start
        for match in BREAK.finditer(self._text, start):
            if match.end() > position:
                self._after = match.end()
                return
            self._before = match.end()
        self._after = len(self._text)


def _opens(text: str, start: int, end: int, *, preferred: bool) -> bool:
    """Whether the words at `start`..`end` are a heading."""
    if "证" in text[start:end] and _WAIVED.match(text, end):
        return False
    before = text[start - 1] if start else "\n"
    if before in "([" and _aside(text, start, end):
        return False
    if preferred:
        return _opens_preferred(text, start, end)
    if text[end : end + 1] == ":":
        return end - start > _BRIEF or before in _BORDER
    if before in _BORDER:
        return _AFTER_HEADING.match(text, end) is not None
    # A list that begins anew shows a heading even behind a word (…完成任务岗位要求1、).
    return end - start > _BRIEF and _ANEW.match(text, end) is not None


def _aside(text: str, start: int, end: int) -> bool:
    """Whether the words behind an opening bracket only say something of what stands before it."""
    said = text[start:end] in _PREDICATES and text.startswith((")", "]"), end)
    within = start > 1 and text[start - 2] not in _BORDER
    if text[start - 1] == "[":
        return said and within
    return start > 1 and (said or within)


def _opens_preferred(text: str, start: int, end: int) -> bool:
    """优先 is a heading only with a colon, on a line of its own, or after a number."""
    # 可以加分的: is a heading as 加分: is one.
    if text.startswith(("的:", "者:"), end):
        end += 1
    if text[end : end + 1] == ":":
        if text[start:end].rstrip("的者") not in _PREDICATES:
            return True
        return _NUMBER.match(text, end + 1) is not None or _speaks_of_list(text, start)
    if _soft_line(text, start, end) or text[start - 1 : end + 1] == f"[{text[start:end]}]":
        return True
    # 三、加分项(满足其一即可):
    alone = _LINE_START.search(text, max(0, start - _NUMBERING), start) is not None
    return alone and _LINE_END.match(text, end) is not None


def _soft_line(text: str, start: int, end: int) -> bool:
    """Whether a whole line leads up to a list of what helps (如果你还有这些就更好了:)."""
    return (
        _LINE_REST.match(text, end) is not None
        and _LINE_SO_FAR.search(text, max(0, start - _CLAUSE), start) is not None
    )


def _speaks_of_list(text: str, start: int) -> bool:
    """Whether 优先: at `start` opens a list (以下条件优先:), and is not said of a paper (有证书优先:CPA)."""
    words = _LAST_CLAUSE.search(text, max(0, start - _CLAUSE), start)
    return words is None or len(words.group()) <= _BRIEF or _LIST.search(words.group()) is not None


def _holds(heading: _Heading, positions: list[int]) -> bool:
    """Whether one of the ascending `positions` is within the heading."""
    index = bisect_left(positions, heading.start)
    return index < len(positions) and positions[index] < heading.end


def _heading_before(headings: list[_Heading], position: int) -> _Heading:
    index = bisect_right(headings, position, key=_END) - 1
    return headings[index] if index >= 0 else _NO_HEADING


def _piece(text: str, start: int, end: int, position: int) -> tuple[int, int]:
    """The bounded piece of `start`..`end` that holds `position`, cut at commas where there are some."""
    while end - start > _LONGEST:
        cut = text.rfind(",", start + _LONGEST // 2, start + _LONGEST) + 1 or start + _LONGEST
        if position < cut:
            return start, cut
        start = cut
    return start, end
