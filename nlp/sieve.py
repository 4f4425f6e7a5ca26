"""Passes over the ads that name nothing to be read about: one search of their raw bytes tells most."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, Literal

import numpy as np
from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

from config.packs import Pack
from nlp.lexicon import REACH, Lexicon
from nlp.normalise import BLANKS, FOLD, INVISIBLES, MARKUP

Role = Literal["stop", "grade", "swallow"]
_BRACKET: Final = re.compile("[().]")
_LATIN: Final = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789")
_CAPITALS: Final = range(ord("A"), ord("Z") + 1)
_PERSON: Final = "师".encode()
# A character takes at most four bytes, and the blank after it (characters set apart) three.
_WITHIN: Final = 7 * REACH


class Sieve:
    """Whether an ad needs reading; it may say so in vain, but never passes over one that does."""

    def __init__(self, lexicon: Lexicon, packs: Iterable[Pack]) -> None:
        anchors = frozenset(word for pack in packs for word in pack.anchors)
        roles = _roles(lexicon, anchors)
        self._words = [word.encode() for word in roles]
        self._roles = list(roles.values())
        # The words of a pack may begin within a Latin word; those of the lexicon do not.
        self._latin = [word not in anchors and bool(_ends(word) & _LATIN) for word in roles]
        self._find = BytesAhoCorasick(
            self._words, matchkind=MatchKind.LeftmostLongest, implementation=Implementation.DFA
        ).find_matches_as_indexes

    def holds(self, title: str, text: str) -> bool:
        """Whether something in the raw fields of an ad may belong to a credential or to what a pack finds."""
        raw = f"{title}\n{text}".encode("utf-8", "surrogatepass").lower()
        touched = -1
        for index, start, end in self._find(raw):
            role = self._roles[index]
            # Words of the lexicon that touch may be abbreviations written without a gap (CISPCISSP).
            alone = start == touched or not (self._latin[index] and _within_word(raw, start, end))
            touched = end
            if role != "swallow" and alone and (role == "stop" or _PERSON in raw[end : end + _WITHIN]):
                return True
        return False


def _within_word(raw: bytes, start: int, end: int) -> bool:
    """Whether Latin letters or digits go on before or after the word at `start`..`end`."""
    before = start > 0 and raw[start] in _LATIN and raw[start - 1] in _LATIN
    return before or (end < len(raw) and raw[end - 1] in _LATIN and raw[end] in _LATIN)


def _ends(word: str) -> set[int]:
    raw = word.encode()
    return {raw[0], raw[-1]}


def _roles(lexicon: Lexicon, anchors: frozenset[str]) -> dict[str, Role]:
    """The words to search for, and what each means."""
    sorts = {word.text: word.sort for word in lexicon.trigger_words}
    wanted = {word for word, sort in sorts.items() if sort not in {"pseudo", "grade"}}
    # Round brackets are mostly written in full width: of a name with brackets its longest part is enough.
    parts = {max(_BRACKET.split(word), key=len) for word in (*wanted, *anchors)}
    roles: dict[str, Role] = {}
    for word, sort in sorts.items():
        if sort in {"pseudo", "grade"}:
            roles[word] = "swallow" if sort == "pseudo" else "grade"
            roles.update(dict.fromkeys(_overlaps(word, parts - wanted), "stop"))
    roles.update(dict.fromkeys([*parts, *_disguises(frozenset("".join(parts)))], "stop"))
    return roles


def _overlaps(word: str, others: set[str]) -> Iterator[str]:
    """Stretches in which `word` would hide one of `others` from a leftmost-longest search."""
    for other in others:
        if other in word:
            yield word
        yield from (word + other[at:] for at in range(1, len(other)) if word.endswith(other[:at]))


def _disguises(letters: frozenset[str]) -> Iterator[str]:
    """What normalising would turn into one of `letters`, or remove from between them; capitals apart."""
    yield from MARKUP
    yield from INVISIBLES
    folded = np.flatnonzero(FOLD[:0x10000] != np.arange(0x10000))
    yield from (chr(code) for code in folded if code not in _CAPITALS and chr(FOLD[code]) in letters)
    # Characters set apart one by one: all but the outer ones have blanks on both sides.
    for letter in letters:
        if "一" <= letter <= "龥":
            yield from (f"{left}{letter}{right}" for left in BLANKS for right in BLANKS)
