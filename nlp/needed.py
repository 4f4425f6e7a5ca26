"""Many patterns over one short text: a single search for words tells which of them can match at all.

The words are read off the parsed patterns: what is written out (最[好佳]) is put together, and each way in
which a pattern may match asks for one word of every such stretch.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from itertools import product
from typing import Any, Final, Generic, TypeVar

from ahocorasick_rs import AhoCorasick, Implementation

# How a pattern is parsed the library tells under private names only, which have no types.
kinds: Final[Any] = import_module("re._constants")
parser: Final[Any] = import_module("re._parser")
Owner = TypeVar("Owner")
Words = frozenset[str]
Part = tuple[Any, Any]
"""A kind of the pattern parser, and what goes with it."""
_REPEATS: Final = frozenset({kinds.MAX_REPEAT, kinds.MIN_REPEAT})
_PLACES: Final = frozenset({kinds.AT, kinds.ASSERT, kinds.ASSERT_NOT})
_NOTHING: Final[Words] = frozenset({""})
_MOST: Final = 64
"""Words of one stretch; where there would be more, it is taken as two."""


class Patterns(Generic[Owner]):
    """Patterns with what each stands for, in a fixed order."""

    def __init__(self, patterns: Iterable[tuple[re.Pattern[str], Owner]]) -> None:
        self._patterns = list(patterns)
        self._always = []
        # Each set of words has a bit: for a word all that it is in, for a way of matching all that it needs.
        met: dict[str, int] = {}
        ways: dict[str, list[tuple[int, int]]] = {}
        bits: dict[Words, int] = {}
        for number, (pattern, _) in enumerate(self._patterns):
            for needs in needed(pattern.pattern):
                if not needs:
                    self._always.append(number)
                    continue
                way = sum({bits.setdefault(words, 1 << len(bits)) for words in needs})
                for word in needs[0]:
                    ways.setdefault(word, []).append((number, way))
        for words, bit in bits.items():
            for word in words:
                met[word] = met.get(word, 0) | bit
        self._met = list(met.values())
        self._ways = [ways.get(word, []) for word in met]
        self._words_in = AhoCorasick(
            list(met), implementation=Implementation.ContiguousNFA
        ).find_matches_as_indexes

    def possible(self, text: str) -> Sequence[tuple[re.Pattern[str], Owner]]:
        """The patterns that may match somewhere in `text`."""
        words = {index for index, _, _ in self._words_in(text, overlapping=True)}
        met = 0
        for word in words:
            met |= self._met[word]
        numbers = {number for word in words for number, way in self._ways[word] if met & way == way}
        return [self._patterns[number] for number in sorted(numbers.union(self._always))]


def needed(pattern: str) -> list[list[Words]]:
    """For each way in which `pattern` may match, the sets of words of which a match holds one each.

    The most telling set comes first; a way of which nothing can be told has none.
    """
    return [sorted(_needs(way), key=_telling, reverse=True) for way in _ways(parser.parse(pattern))]


def _ways(parts: Iterable[Part]) -> Iterator[list[Part]]:
    """What `parts`, which follow one another, come to for each of the branches in which they begin."""
    told = [part for part in parts if part[0] not in _PLACES]
    first: Part = told[0] if told else (None, None)
    kind, value = first
    if kind is kinds.SUBPATTERN:
        yield from _ways([*value[-1], *told[1:]])
    elif kind is kinds.BRANCH and (len(told) == 1 or _written(first) is None):
        for branch in value[1]:
            yield from _ways([*branch, *told[1:]])
    else:
        yield told


def _needs(parts: Iterable[Part]) -> Iterator[Words]:
    """The sets of words of which every match of `parts`, which follow one another, holds one each."""
    stretch = _NOTHING
    for part in parts:
        written = _written(part)
        if written is not None and len(stretch) * len(written) <= _MOST:
            stretch = _joined([stretch, written])
            continue
        if "" not in stretch:
            yield stretch
        if written is None:
            yield from _needs_within(*part)
        stretch = written or _NOTHING
    if "" not in stretch:
        yield stretch


def _needs_within(kind: object, value: Any) -> Iterator[Words]:  # noqa: ANN401
    """The needs of a part that may match much."""
    if kind is kinds.SUBPATTERN:
        yield from _needs(value[-1])
    elif kind in _REPEATS and value[0] > 0:
        yield from _needs(value[2])
    elif kind is kinds.BRANCH:
        branches = [max(_needs(branch), key=_telling, default=frozenset()) for branch in value[1]]
        if all(branches):
            yield frozenset().union(*branches)


def _written(part: Part) -> Words | None:
    """All that a part matches; None where that is much, or cannot be told."""
    kind, value = part
    if kind in _PLACES:
        return _NOTHING
    if kind is kinds.LITERAL:
        return frozenset({chr(value)})
    if kind is kinds.IN:
        letters = [chr(letter) for sort, letter in value if sort is kinds.LITERAL]
        return frozenset(letters) if len(letters) == len(value) else None
    if kind is kinds.SUBPATTERN:
        return _all_written(value[-1])
    if kind is kinds.BRANCH:
        branches = [_all_written(branch) for branch in value[1]]
        told = [branch for branch in branches if branch is not None]
        return frozenset().union(*told) if len(told) == len(branches) else None
    return None


def _all_written(parts: Iterable[Part]) -> Words | None:
    """All that `parts`, which follow one another, match."""
    stretch = _NOTHING
    for part in parts:
        written = _written(part)
        if written is None or len(stretch) * len(written) > _MOST:
            return None
        stretch = _joined([stretch, written])
    return stretch


def _joined(stretches: Iterable[Words]) -> Words:
    return frozenset(map("".join, product(*stretches)))


def _telling(words: Words) -> tuple[int, int]:
    return min(map(len, words)), -len(words)
