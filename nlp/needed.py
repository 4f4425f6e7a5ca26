"""Many patterns over one short text: a single search for words tells which of them can match at all."""

import re
from collections.abc import Iterable, Sequence
from re import _constants as kinds  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final, Generic, TypeVar

from ahocorasick_rs import AhoCorasick, Implementation

Owner = TypeVar("Owner")
_REPEATS: Final = frozenset({kinds.MAX_REPEAT, kinds.MIN_REPEAT})


class Patterns(Generic[Owner]):
    """Patterns with what each stands for, in a fixed order."""

    def __init__(self, patterns: Iterable[tuple[re.Pattern[str], Owner]]) -> None:
        self._patterns = list(patterns)
        by_word: dict[str, list[int]] = {}
        self._always = []
        for number, (pattern, _) in enumerate(self._patterns):
            words = needed(pattern.pattern)
            for word in words:
                by_word.setdefault(word, []).append(number)
            if not words:
                self._always.append(number)
        self._by_word = list(by_word.values())
        self._words_in = AhoCorasick(
            list(by_word), implementation=Implementation.ContiguousNFA
        ).find_matches_as_indexes

    def possible(self, text: str) -> Sequence[tuple[re.Pattern[str], Owner]]:
        """The patterns that may match somewhere in `text`."""
        numbers = set(self._always)
        for index, _, _ in self._words_in(text, overlapping=True):
            numbers.update(self._by_word[index])
        return [self._patterns[number] for number in sorted(numbers)]


def needed(pattern: str) -> frozenset[str]:
    """Words of which every match of `pattern` holds one; none where it cannot be told."""
    return _needed(parser.parse(pattern))


def _needed(parts: Iterable[tuple[Any, Any]]) -> frozenset[str]:
    """The most telling of the needs of `parts`, which follow one another."""
    needs = []
    run = ""
    for kind, value in [*parts, (None, None)]:
        if kind is kinds.LITERAL:
            run += chr(value)
            continue
        needs += [frozenset({run})] if run else []
        run = ""
        needs.append(_needed_of(kind, value))
    return max(filter(None, needs), key=_telling, default=frozenset())


def _needed_of(kind: object, value: Any) -> frozenset[str]:  # noqa: ANN401
    """What a part that is no single character needs; nothing where it may match much, or be left out."""
    if kind is kinds.IN:
        letters = [letter for sort, letter in value if sort is kinds.LITERAL]
        return frozenset(map(chr, letters)) if len(letters) == len(value) else frozenset()
    if kind is kinds.BRANCH:
        branches = [_needed(branch) for branch in value[1]]
        return frozenset().union(*branches) if all(branches) else frozenset()
    if kind is kinds.SUBPATTERN:
        return _needed(value[-1])
    if kind in _REPEATS and value[0] > 0:
        return _needed(value[2])
    return frozenset()


def _telling(words: frozenset[str]) -> tuple[int, int]:
    return min(map(len, words)), -len(words)
