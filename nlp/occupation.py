"""Which family of posts an ad is for, as far as its words tell."""

import re
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation

from config.reading import Occupation, Occupations

_LONGEST_TITLE: Final = 200
"""What stands behind that names no post."""
_SHORT_TEXT: Final = 60
"""A text that short need not take the title's post up."""


class OccupationReader:
    """The title decides; only an ad without a telling one is judged by the words of its text."""

    def __init__(self, data: Occupations) -> None:
        self._ids = [family.id for family in data.families]
        self._trades = len(data.occupations)
        ranks = _ranks(data.families)
        self._ranks = list(ranks.values())
        self._in_titles = AhoCorasick(
            list(ranks), implementation=Implementation.ContiguousNFA
        ).find_matches_as_indexes
        self._by_text = [(family.id, family.text) for family in data.occupations]
        self._words = {family.id: family.title + family.text for family in data.families}
        # Few texts hold any of the words: one search spares the many.
        self._telling = re.compile("|".join(re.escape(word) for _, words in self._by_text for word in words))

    def read(self, title: str, text: str) -> str:
        """Id of the family, empty when the ad does not tell; `title` and `text` are normalised."""
        first = min((rank for _, _, rank in self._found(title)), default=len(self._ids))
        if first >= self._trades and self._telling.search(text):
            return next(name for name, words in self._by_text if any(word in text for word in words))
        return self._ids[first] if first < len(self._ids) else ""

    def families(self, title: str) -> frozenset[str]:
        """Ids of all families that a normalised title names; a word within a longer one names none."""
        found = self._found(title)
        return frozenset(
            self._ids[rank]
            for start, end, rank in found
            if not any(
                left <= start and end <= right and right - left > end - start for left, right, _ in found
            )
        )

    def clear(self, title: str, text: str) -> str:
        """Id of the one family that a normalised title names and the text takes up; empty where in doubt.

        Collected ads sometimes bear the title of another: their texts hold none of the post's words.
        """
        named = self.families(title)
        if len(named) != 1:
            return ""
        (family,) = named
        taken_up = len(text) <= _SHORT_TEXT or any(word in text for word in self._words[family])
        return family if taken_up else ""

    def _found(self, title: str) -> list[tuple[int, int, int]]:
        """Start, end and rank of the family of every word in `title`."""
        found = self._in_titles(title[:_LONGEST_TITLE], overlapping=True)
        return [(start, end, rank) for index, start, end in found for rank in self._ranks[index]]


def _ranks(families: tuple[Occupation, ...]) -> dict[str, list[int]]:
    """The words of the titles with the ranks of their families."""
    ranks: dict[str, list[int]] = {}
    for rank, family in enumerate(families):
        for word in family.title:
            ranks.setdefault(word, []).append(rank)
    return ranks
