"""The evidence for a mention: the fewest clauses of its item that show it together with its cue."""

import re
from bisect import bisect_right
from typing import Final

from nlp.items import BREAK

# A comma inside a number (1,000) ends no clause.
_COMMA: Final = re.compile(r",(?!\d{3})")
_SPACE: Final = " \n:-•*"
_LONGEST: Final = 120
"""A cue farther away than that stands apart: it is recorded by itself, and the clause shows the mention."""


def shortest_clause(text: str, mention: tuple[int, int], cue: tuple[int, int] | None) -> tuple[int, int]:
    """Borders, in an item's normalised `text`, of the clauses that hold `mention` and, if near, `cue`.

    What stands between the two is kept, so that a list that shares its cue stays whole.
    """
    marks = sorted(match.span() for pattern in (_COMMA, BREAK) for match in pattern.finditer(text))
    start, end = _run(text, marks, mention)
    if cue is not None:
        first, last = _run(text, marks, (min(mention[0], cue[0]), max(mention[1], cue[1])))
        if last - first <= _LONGEST:
            return first, last
    return start, end


def _run(text: str, marks: list[tuple[int, int]], stretch: tuple[int, int]) -> tuple[int, int]:
    """The clauses that cover `stretch`, without the marks, blanks and numbers around them."""
    before = bisect_right(marks, stretch[0], key=lambda mark: mark[1]) - 1
    start = marks[before][1] if before >= 0 else 0
    end = next((mark[0] for mark in marks if mark[0] >= stretch[1]), len(text))
    while start < stretch[0] and text[start] in _SPACE:
        start += 1
    while end > stretch[1] and text[end - 1] in _SPACE:
        end -= 1
    return start, end
