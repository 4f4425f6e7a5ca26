"""Passes over the ads that name nothing to be read about: one search of their raw bytes tells most."""

from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from itertools import combinations, islice, product
from typing import Final, Literal

import numpy as np
from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

from config.packs import Pack
from nlp.lexicon import GRADED, HELD, Lexicon
from nlp.normalise import FOLD, INVISIBLES, MARKUP, fold, spaced

Role = Literal["stop", "latin", "loose", "grade", "swallow"]
"""Enough by itself; enough where no Latin letter or digit goes on; the same, where moreover the words around
tell of a credential; enough where these tell of one; never."""
_LATIN: Final = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789")
_LATIN_ROLES: Final = frozenset({"latin", "loose"})
_NINE: Final = ord("9")
_CAPITALS: Final = range(ord("A"), ord("Z") + 1)
_BEFORE: Final = 4 * 16
_BEHIND: Final = {"grade": 4 * 16, "loose": 4 * 120}
"""Bytes before and after a word in which its context is looked at: a character takes at most four."""
_TELLING: Final = 4
"""Letters of a beginning that is not found in many an ad by chance (化工作 in 标准化工作)."""
_BLANKS: Final = " \u3000\u00a0\t"
"""Blanks within a word; an ad with a rarer one (there are control characters among them) is read."""
_FOLDED: Final = np.flatnonzero(np.arange(len(FOLD)) != FOLD)


class Sieve:
    """Whether an ad needs reading; it may say so in vain, but never passes over one that does."""

    def __init__(self, lexicon: Lexicon, packs: Iterable[Pack]) -> None:
        sorts = {word.text: word.sort for word in lexicon.trigger_words}
        anchors = frozenset(word for pack in packs for word in pack.anchors)
        roles = _roles(frozenset(sorts.items()), anchors)
        self._roles = list(roles.values())
        self._mixed = list(map(_is_mixed, roles))
        self._tells = lexicon.tells
        # A DFA is no faster among other work: its tables drive everything else out of the processor's cache.
        self._find = BytesAhoCorasick(
            [word.encode() for word in roles],
            matchkind=MatchKind.LeftmostLongest,
            implementation=Implementation.ContiguousNFA,
        ).find_matches_as_indexes

    def holds(self, title: str, text: str) -> bool:
        """Whether something in the raw fields of an ad may belong to a credential or to what a pack finds."""
        written = f"{title}\n{text}"
        try:
            raw = written.encode().lower()
        except UnicodeEncodeError:
            # Lone surrogates: no ad worth passing over quickly.
            return True
        touched, before = -1, ""
        for index, start, end in self._find(raw):
            role = self._roles[index]
            # Words that touch may be abbreviations written without a gap (CISPCISSP).
            together = start == touched and not _LATIN_ROLES.isdisjoint((role, before))
            if (
                role == "stop"
                or together
                or (role == "latin" and not _within_word(raw, start, end))
                # Where letters go on the word is none, but what it holds beside letters counts (EMBA证书).
                or (self._mixed[index] and (_goes_on(raw, start) or _goes_on(raw, end)))
                or (role in _BEHIND and self._told(raw, start, end, role))
            ):
                return True
            touched, before = end, role
        return spaced(written)

    def _told(self, raw: bytes, start: int, end: int, role: Role) -> bool:
        """Whether the words around a grade or a loose word let it belong to a credential."""
        if role == "loose" and _within_word(raw, start, end):
            return False
        lead = raw[max(0, start - _BEFORE) : start].decode(errors="ignore")
        word = raw[start:end].decode()
        text = lead + word + raw[end : end + _BEHIND[role]].decode(errors="ignore")
        # Letters in disguise are stops; signs matter only between a word and its noun.
        plain = fold(text) if role == "loose" else text
        return self._tells(role, plain, len(lead), len(lead) + len(word))


def _within_word(raw: bytes, start: int, end: int) -> bool:
    """Whether Latin letters or digits go on before or after the word at `start`..`end`."""
    # A number after a word may begin the next point: the reader looks closer.
    return _goes_on(raw, start) or (_goes_on(raw, end) and raw[end] > _NINE)


def _is_mixed(word: str) -> bool:
    """Whether a word begins or ends in Latin letters and holds something else, too."""
    raw = word.encode()
    return not raw.isalnum() and not _LATIN.isdisjoint((raw[0], raw[-1]))


def _goes_on(raw: bytes, border: int) -> bool:
    """Whether Latin letters or digits stand on both sides of `border`."""
    return 0 < border < len(raw) and raw[border - 1] in _LATIN and raw[border] in _LATIN


# Edited rules mostly have the words of those before them.
@lru_cache(maxsize=2)
def _roles(words: frozenset[tuple[str, str]], anchors: frozenset[str]) -> Mapping[str, Role]:
    """What to search for, and what each finding means; `words` are triggers with their sorts."""
    sorts = dict(words)
    hiding: dict[str, Role] = {word: "swallow" for word, sort in sorts.items() if sort == "pseudo"}
    hiding |= {word: "grade" for word, sort in sorts.items() if sort == "grade"}
    hiding |= {way: "loose" for word, sort in sorts.items() if sort == "loose" for way in _ways(word)}
    names = sorts.keys() - hiding.keys()
    hiding |= {way: "latin" for word in names if word.isascii() for way in _ways(word)}
    stops = _needed((names | anchors) - hiding.keys(), hiding)
    letters = {letter for word in (*sorts, *anchors, GRADED.pattern, HELD.pattern) for letter in word}
    by_letter = _by_letter(anchors)
    return (
        hiding
        | dict.fromkeys([*MARKUP, *INVISIBLES, *_disguises(letters)], "stop")
        | {way: "stop" for word in stops for way in _ways(word)}
        # The words of a pack count where one of the others begins before them, too.
        | {
            _beyond(word, word[:at] + other, hiding): "stop"
            for word in hiding
            for at, other in _meeting(word, by_letter)
        }
    )


def _needed(words: set[str], hiding: Collection[str]) -> set[str]:
    """`words` without those that always show a shorter one of them (教师资格证 shows 证).

    One that may lie under one of `hiding`, which the search would find in its place, does not show.
    """
    longest = {word[:end]: len(word) for word in sorted(hiding, key=len) for end in range(1, len(word) + 1)}
    kept: set[str] = set()
    for word in sorted(words, key=len):
        shorter = [(at, end) for at, end in combinations(range(len(word) + 1), 2) if word[at:end] in kept]
        covers = list(_covers(word, hiding, longest)) if shorter else []
        if not any(_in_sight(*stretch, covers) for stretch in shorter):
            kept.add(word)
    return kept


def _covers(word: str, hiding: Container[str], longest: Mapping[str, int]) -> Iterator[tuple[int, int]]:
    """Where in `word` those of `hiding` may begin that meet it, and how far the longest of them goes.

    `longest` holds the length of the longest of them by each beginning.
    """
    for at in range(len(word)):
        if beyond := longest.get(word[at:]):
            yield at, at + beyond
        else:
            within = (end for end in range(len(word) - 1, at, -1) if word[at:end] in hiding)
            yield from ((at, end) for end in islice(within, 1))


def _in_sight(start: int, end: int, covers: list[tuple[int, int]]) -> bool:
    """Whether none of `covers` hides the stretch of a word, by beginning before its end."""
    return not any(first < start < last or (first == start and last > end) for first, last in covers)


def _beyond(word: str, both: str, hiding: Container[str]) -> str:
    """The shortest telling beginning of `both` that goes on where `word` ends and is no hiding word."""
    ways = (both[:end] for end in range(max(len(word) + 1, _TELLING), len(both)))
    return next((way for way in ways if way not in hiding), max(word, both, key=len))


def _by_letter(words: Iterable[str]) -> dict[str, list[str]]:
    """`words` by their first letter."""
    index: dict[str, list[str]] = {}
    for word in words:
        index.setdefault(word[0], []).append(word)
    return index


def _meeting(word: str, others: dict[str, list[str]]) -> Iterator[tuple[int, str]]:
    """Those of `others` that may stand where `word` stands and begin within it, with their place in it."""
    for at, letter in enumerate(word):
        for other in others.get(letter, ()):
            if word.startswith(other, at) or other.startswith(word[at:]):
                yield at, other


def _ways(word: str) -> Iterator[str]:
    """The ways to write a word that differ in signs (cet-4, cet—4)."""
    return map("".join, product(*map(_signs, word)))


@cache
def _signs(letter: str) -> str:
    """How a sign or a blank may be written; letters stand for themselves."""
    if letter == " ":
        return _BLANKS
    if not _is_sign(letter):
        return letter
    return letter + "".join(chr(code) for code in _FOLDED if FOLD[code] == ord(letter))


def _is_sign(letter: str) -> bool:
    return not (letter.isalnum() or letter.isspace())


def _disguises(letters: set[str]) -> Iterator[str]:
    """Characters that normalising would turn into one of `letters`; capitals apart."""
    for code in _FOLDED:
        plain = chr(FOLD[code])
        if plain in letters and not _is_sign(plain) and code not in _CAPITALS and chr(code) not in _BLANKS:
            yield chr(code)
