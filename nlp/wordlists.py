"""Lists of words sought in the texts of an ad: where each is, and which stands nearest.

Each list takes one pass over a text, and what is nearest is looked up, so that a text of nothing but such
words still takes time in proportion to its length.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind


class Stretch(NamedTuple):
    """Where one of an ad's texts shows something, in characters of that text."""

    text: int
    start: int
    end: int


class Hit(NamedTuple):
    """A word, and where it was found."""

    word: str
    where: Stretch


@dataclass(frozen=True, slots=True)
class Places:
    """Where the words of a list are in one text: their beginnings in order, and where each ends."""

    starts: list[int]
    ends: dict[int, int]

    def before(self, where: Stretch, low: int) -> tuple[int, int] | None:
        """The nearest that begins before `where`, at `low` or later."""
        at = bisect_left(self.starts, where.start) - 1
        if at < 0 or self.starts[at] < low:
            return None
        return self.starts[at], self.ends[self.starts[at]]

    def after(self, where: Stretch, high: int) -> tuple[int, int] | None:
        """The nearest that begins after `where` and ends at `high` or earlier."""
        at = bisect_left(self.starts, where.end)
        if at == len(self.starts) or self.ends[self.starts[at]] > high:
            return None
        return self.starts[at], self.ends[self.starts[at]]

    def near(self, where: Stretch, low: int, high: int) -> list[tuple[int, int]]:
        """The nearest on either side."""
        return [each for each in (self.before(where, low), self.after(where, high)) if each]


class WordList:
    """Finds words in texts, in order; of overlapping ones the leftmost and longest, or all of them."""

    def __init__(self, words: Iterable[str], *, overlapping: bool = False) -> None:
        self._words = sorted({*words})
        self._overlapping = overlapping
        kind = MatchKind.Standard if overlapping else MatchKind.LeftmostLongest
        self._automaton = AhoCorasick(
            self._words, matchkind=kind, implementation=Implementation.ContiguousNFA
        )

    def meet(self, text: str) -> bool:
        """Whether one of the words is in `text`."""
        return bool(self._words and self._automaton.find_matches_as_indexes(text))

    def hits(self, texts: Sequence[str]) -> Iterator[Hit]:
        """The words in each of `texts`."""
        if not self._words:
            return
        for number, text in enumerate(texts):
            for index, start, end in self._matches(text):
                yield Hit(self._words[index], Stretch(number, start, end))

    def places(self, text: str) -> Places:
        """Where the words are in `text`; of those with one beginning the shortest."""
        ends: dict[int, int] = {}
        for _, start, end in self._matches(text) if self._words else ():
            ends[start] = min(end, ends.get(start, end))
        return Places(sorted(ends), ends)

    def _matches(self, text: str) -> list[tuple[int, int, int]]:
        return self._automaton.find_matches_as_indexes(text, overlapping=self._overlapping)


class Searched:
    """The texts of an ad, its title first; what was sought in one is kept."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self._places: dict[tuple[WordList, int], Places] = {}

    def places(self, words: WordList, text: int) -> Places:
        """Where `words` are in one of the texts."""
        key = words, text
        if key not in self._places:
            self._places[key] = words.places(self.texts[text])
        return self._places[key]
