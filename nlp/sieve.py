"""One search of an ad: whether anything in it is worth reading, and where.

The search is for all words at once, wherever they stand, and over the ad as it is read: a table turns each
character into two bytes, the same for those that are read alike (證, 証), and one pair for all that no word
holds. The first byte of one is never the second of another, so that no word is found between characters.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np
from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind
from numpy.typing import NDArray

from config.packs import Pack
from nlp.lexicon import Lexicon, Place
from nlp.normalise import FOLD, INVISIBLES, MARKUP, Normalised, folded, normalise, spaced, units

_BYTES: Final = 2
_BITS: Final = 7
"""What a byte holds of a letter's number; the eighth bit tells the first byte from the second."""
_FIRST: Final = 1 << _BITS
_OTHERS: Final = (1 << _BYTES * _BITS) - 1
"""The number of what no word holds."""


class Sifted(NamedTuple):
    """The fields of an ad as they are read, its title first, and where to look in each."""

    pages: tuple[Normalised, Normalised]
    positions: tuple[list[int], list[int]]
    """Where something begins that may be, or belong to, a credential."""
    hints: bool
    """Whether a rule pack may find something."""


class Sieve:
    """Finds the ads that are worth reading."""

    def __init__(self, lexicon: Lexicon, packs: Iterable[Pack]) -> None:
        self._lexicon = lexicon
        triggers = [word.text for word in lexicon.trigger_words]
        words = triggers + sorted({word for pack in packs for word in pack.anchors})
        self._anchors, self._signs = len(triggers), len(words)
        words += [*MARKUP, *INVISIBLES]
        codes = _codes(words)
        self._codes = codes[FOLD]
        self._find = BytesAhoCorasick(
            [codes.take(_letters(word)).tobytes() for word in words],
            matchkind=MatchKind.Standard,
            implementation=Implementation.ContiguousNFA,
        ).find_matches_as_indexes

    def look(self, title: str, text: str) -> Sifted | None:
        """What to read of an ad; None for the many that name nothing to be read about."""
        written = f"{title}\n{text}"
        characters = units(written)
        found = self._search(characters)
        if spaced(written) or any(index >= self._signs for index, _, _ in found):
            return self._look_closely(normalise(title), normalise(text))
        hints, places = self._told(found)
        if not hints and self._lexicon.silent.issuperset([index for index, _, _ in places]):
            return None
        plain = folded(characters)
        positions = self._lexicon.triggers(plain, places)
        if not (hints or positions):
            return None
        pages = Normalised(plain[: len(title)], None), Normalised(plain[len(title) + 1 :], None)
        return _sifted(pages, positions, hints=hints)

    def _look_closely(self, title: Normalised, text: Normalised) -> Sifted | None:
        """The same for an ad of which something is left out, or written shorter."""
        plain = f"{title.text}\n{text.text}"
        hints, places = self._told(self._search(units(plain)))
        positions = self._lexicon.triggers(plain, places)
        return _sifted((title, text), positions, hints=hints) if hints or positions else None

    def _search(self, characters: NDArray[np.uint16]) -> list[Place]:
        """Every word that stands somewhere in the ad, in bytes."""
        return self._find(self._codes.take(characters).tobytes(), overlapping=True)

    def _told(self, found: list[Place]) -> tuple[bool, list[Place]]:
        """Whether there is a word of a pack, and the triggers in characters.

        Of triggers that overlap it is the leftmost, of these the longest.
        """
        hints, done = False, 0
        places: list[Place] = []
        for index, start, end in sorted(found, key=_leftmost_longest):
            if index >= self._anchors:
                hints |= index < self._signs
            elif start >= done:
                places.append((index, start // _BYTES, end // _BYTES))
                done = end
        return hints, places


def _leftmost_longest(place: Place) -> tuple[int, int]:
    return place[1], -place[2]


def _sifted(pages: tuple[Normalised, Normalised], positions: list[int], *, hints: bool) -> Sifted:
    border = len(pages[0].text) + 1
    titled = [position for position in positions if position < border]
    return Sifted(pages, (titled, [position - border for position in positions[len(titled) :]]), hints)


def _letters(word: str) -> NDArray[np.uint16]:
    return np.frombuffer(word.encode("utf-16-le"), dtype="<u2")


def _codes(words: Iterable[str]) -> NDArray[np.uint16]:
    """For each character its two bytes as one number."""
    letters = np.unique(_letters("".join(words)))
    numbers = np.full(len(FOLD), _OTHERS, dtype="<u2")
    numbers[letters] = np.arange(len(letters))
    return ((_FIRST | numbers >> _BITS) | (numbers & (_FIRST - 1)) << 8).astype(np.uint16)
