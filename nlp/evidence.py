"""The evidence for a mention: the fewest clauses of its item that show it together with its cue."""

import re
from bisect import bisect_left, bisect_right
from typing import Final

from nlp.items import BREAK

# A comma inside a number (1,000) ends no clause.
_COMMA: Final = re.compile(r",(?!\d{3})")
_SPACE: Final = " \n:-•*"
_LONGEST: Final = 120
"""A cue farther away than that stands apart: it is recorded by itself, and the clause shows the mention."""


class Clauses:
    """The clauses of one item's normalised text."""

    def __init__(self, text: str) -> None:
        self._text = text
        marks = sorted([match.span() for pattern in (_COMMA, BREAK) for match in pattern.finditer(text)])
        self._starts = [0, *(end for _, end in marks)]
        self._ends = [*(start for start, _ in marks), len(text)]

    def shortest(self, mention: tuple[int, int], cue: tuple[int, int] | None) -> tuple[int, int]:
        """Borders of the clauses that hold `mention` and, if near, `cue`.

        What stands between the two is kept, so that a list that shares its cue stays whole.
        """
        if cue is not None:
            first, last = self._run(min(mention[0], cue[0]), max(mention[1], cue[1]))
            if last - first <= _LONGEST:
                return first, last
        return self._run(*mention)

    def _run(self, first: int, last: int) -> tuple[int, int]:
        """The clauses that cover `first`..`last`, without the marks, blanks and numbers around them."""
        start = self._starts[bisect_right(self._starts, first) - 1]
        end = self._ends[bisect_left(self._ends, last)]
        while start < first and self._text[start] in _SPACE:
            start += 1
        while end > last and self._text[end - 1] in _SPACE:
            end -= 1
        return start, end
