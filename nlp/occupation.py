"""Which family of posts an ad is for, as far as its words tell."""

import re

from config.reading import Occupations, Words


class OccupationReader:
    """The title decides; only an ad without a telling one is judged by the words of its text."""

    def __init__(self, data: Occupations) -> None:
        self._by_title = [(occupation.id, occupation.title) for occupation in data.occupations]
        self._by_text = [(occupation.id, occupation.text) for occupation in data.occupations]
        # Few texts hold any of the words: one search spares the many.
        self._telling = re.compile("|".join(re.escape(word) for _, words in self._by_text for word in words))

    def read(self, title: str, text: str) -> str:
        """Id of the family, empty when the ad does not tell; `title` and `text` are normalised."""
        found = _first(self._by_title, title)
        return found or (_first(self._by_text, text) if self._telling.search(text) else "")


def _first(families: list[tuple[str, Words]], text: str) -> str:
    return next((name for name, words in families if any(word in text for word in words)), "")
