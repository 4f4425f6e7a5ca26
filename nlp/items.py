"""Cuts a text into items (numbered points, sentences, lines) and tells the heading each stands under."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from config.reading import Sections

_LONGEST: Final = 400
_BRIEF: Final = 2
"""Headings as brief as 要求 are also ends of other words (职称要求:无)."""
_BREAK: Final = re.compile(
    r"[。;!?\n\[\]•✔✓√]"
    r"|(?<![a-z0-9.\-/+])\d{1,2}(?:[)\].](?!\d)|、(?!\d)|、(?=\d{1,2}(?:年|-|~|岁|周)))"
    r"|\(\d{1,2}\)|[①-⑳]"
    r"|(?:(?<=[\n。;\s])|^)[一二三四五六七八九十]{1,2}、"
    r"|\([一二三四五六七八九十]\)"
)
_AFTER_HEADING: Final = re.compile(r"[\s)\"”》者]{0,4}(?:[:\]\n]|\d{1,2}[、.)]|[①(]|$|[一1]、|--|-)")
_BORDER: Final = frozenset('\n。;!:[]•/|("“《) 、.-*')


@dataclass(frozen=True, slots=True)
class Stretch:
    """An item by offsets, with the role and the id of its heading."""

    start: int
    end: int
    role: str
    section: str


@dataclass(frozen=True, slots=True)
class _Heading:
    start: int
    end: int
    role: str
    section: str


class Cutter:
    """Finds the item around a position, and its heading."""

    def __init__(self, data: Sections) -> None:
        words = {word: section for section in data.sections for word in section.words}
        self._sections = words
        longest = sorted(words, key=len, reverse=True)
        self._heading = re.compile("|".join(re.escape(word) for word in longest))

    def stretches(self, text: str, positions: list[int]) -> Iterator[Stretch]:
        """The items that hold one of the ascending `positions`, each once."""
        headings = self._headings(text)
        titles = {heading.start for heading in headings}
        cuts = {0, len(text), *titles, *(heading.end for heading in headings)}
        cuts.update(match.end() for match in _BREAK.finditer(text))
        breaks = sorted(cuts)
        at = 0
        for start, end in pairwise(breaks):
            for left, right in _short(text, start, end):
                first = bisect_left(positions, left, at)
                at = bisect_left(positions, right, first)
                if first < at and start not in titles:
                    yield Stretch(left, right, *_heading_before(headings, left))

    def _headings(self, text: str) -> list[_Heading]:
        found = []
        for match in self._heading.finditer(text):
            section = self._sections[match.group()]
            if _opens(text, match.start(), match.end(), preferred=section.role == "preferred"):
                found.append(_Heading(match.start(), match.end(), section.role, section.id))
        return found


def _opens(text: str, start: int, end: int, *, preferred: bool) -> bool:
    """Whether the words at `start`..`end` are a heading; 优先 is one only with a colon or on its own line."""
    before = text[start - 1] if start else "\n"
    if text[end : end + 1] == ":":
        return preferred or end - start > _BRIEF or before in _BORDER
    if preferred:
        return before in "\n[" and text[end : end + 1] in {"]", "\n"}
    return before in _BORDER and _AFTER_HEADING.match(text, end) is not None


def _heading_before(headings: list[_Heading], position: int) -> tuple[str, str]:
    index = bisect_right(headings, position, key=lambda heading: heading.end) - 1
    return (headings[index].role, headings[index].section) if index >= 0 else ("", "")


def _short(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """`start`..`end` in pieces of bounded length, cut at commas where there are some."""
    while end - start > _LONGEST:
        cut = text.rfind(",", start + _LONGEST // 2, start + _LONGEST) + 1 or start + _LONGEST
        yield start, cut
        start = cut
    yield start, end
