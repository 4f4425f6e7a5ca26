"""Which family of posts the dataset counts an ad under: its title tells; no law is read by it."""

import re
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation

from config.reading import Occupations

_LONGEST: Final = 200
"""What stands behind that in a title names no post."""
_ASIDE: Final = re.compile(r"\([^()]*\)?|\[[^\[\]]*\]?")
"""In brackets stands for whom or where, seldom as what."""
_BETWEEN: Final = re.compile(r"[/、,;|&-]")
"""What stands between two posts, or between a post and its place."""


class PostReader:
    """A Chinese title ends in its post: 幼儿园厨师 is a cook. So the word that ends last counts."""

    def __init__(self, data: Occupations) -> None:
        # A word of two families belongs to the later, which is the narrower one (出纳, 基金).
        told = {
            word: family.id
            for family in (*data.families, *data.published)
            for word in family.title
            if word not in data.vague
        }
        self._told = list(told.values())
        self._find = AhoCorasick(
            list(told), implementation=Implementation.ContiguousNFA
        ).find_matches_as_indexes

    def read(self, title: str) -> str:
        """Id of the family of the first post that a normalised title names; empty where it names none."""
        whole = _ASIDE.sub(" ", title[:_LONGEST])
        return next((post for part in _BETWEEN.split(whole) if (post := self._last(part))), "")

    def _last(self, part: str) -> str:
        """The family of the word that ends last, of several the longest; empty where there is none."""
        found = self._find(part, overlapping=True)
        if not found:
            return ""
        _, _, word = max((end, end - start, index) for index, start, end in found)
        return self._told[word]
