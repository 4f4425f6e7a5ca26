"""How alike ads are: what tells a re-post, or the copy on another board, from a posting of its own.

Pure functions over ads as stored, contacts masked. The same ad gives the same numbers on any machine and in
any version of the libraries, because they are kept in the database. What was measured: docs/deduplication.md.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from config.divisions import NATION, ancestors, division, known
from events.ids import stable_id
from store.clues import employer_id

if TYPE_CHECKING:
    from datasketch import MinHash

KnownBy = Literal["text", "words", "title", "ad"]

ALIKE: Final = 0.85
"""Jaccard index from which two texts of one employer under one title in one area are one posting."""
SHORTEST: Final = 80
"""A text with fewer letters has too few shingles to be compared: its title decides."""
BANDS: Final = 16
"""Stretches of a signature, each of 8 hashes: two texts at `ALIKE` share one with a probability of 0.994, at
half of that with 0.01."""
HASHES: Final = 8 * BANDS

Shingles = NDArray[np.uint64]
Signature = NDArray[np.uint32]

_DECORATION: Final = re.compile(
    r"急聘|急招|诚聘|直招|高薪|周末双休|双休|[五六七]险[一二两]金|[五六]险|包吃住|包食宿|包吃|包住|餐补"
    # Pay (4000+, 8-12k, 年薪20万) and the number that a board or an employer gave the job (J10126).
    r"|(?:年薪|月薪|底薪)?\d+(?:\.\d+)?(?:[-~至]\d+(?:\.\d+)?)?(?:[kw千万]元?|元)\+?|\d{4,}\+|\([a-z]?\d{4,}\)"
)
_HIDDEN: Final = re.compile(r"某|^(?:na|null|none|无|不详|未知|匿名|保密|知名企业|知名公司)$")
"""In place of an employer's name."""
_AUTHORITY: Final = re.compile(r"(?:局|厅|法院|检察院|办事处|总队|支队|大队)$|委员会|政府|公安|海关|参公")
"""Names of public bodies, wider than those that config/posters.py is sure of: a mistake costs little here."""
_PREFECTURE: Final = 2
_MUNICIPALITIES: Final = frozenset({"110000", "120000", "310000", "500000"})


class Published(Protocol):
    """An ad, or a version of one as stored, contacts masked."""

    @property
    def ad_id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def company(self) -> str: ...
    @property
    def city(self) -> str: ...
    @property
    def division(self) -> str | None: ...
    @property
    def poster(self) -> str: ...
    @property
    def observed_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What ads that are certainly one posting have in common."""

    id: str
    gate: str
    """Stands for employer, area and title; empty where no employer is named. No posting goes beyond one."""
    known_by: KnownBy
    """text: alike texts of its gate are one posting with it; words: only equal texts are; title: all short
    texts of its gate are; ad: nothing else is."""
    words: str
    """The letters of its text."""
    first_seen: datetime


def fingerprint(ad: Published) -> Fingerprint:
    """A long text is known by its words, a short one by its title, both within one employer and area.

    What public bodies publish are positions, which often differ in a word or two: only equal ones are one. An
    ad without an employer is one with others of the same words, title and area, and by itself if it is short.
    """
    title, words, place = core(ad.title), plain(ad.text), area(ad.division, ad.city)
    gate = "" if _unnamed(ad.company) else stable_id("posting", employer_id(ad.company), place, title)
    known_by: KnownBy
    told: tuple[str, ...]
    if len(words) >= SHORTEST:
        known_by = "text" if gate and ad.poster != "public" and not _AUTHORITY.search(ad.company) else "words"
        told = (gate, words) if gate else (place, title, words)
    else:
        known_by = "title" if gate else "ad"
        told = (gate or ad.ad_id,)
    identity = stable_id("fingerprint", known_by, *told)
    return Fingerprint(id=identity, gate=gate, known_by=known_by, words=words, first_seen=ad.observed_at)


@lru_cache(maxsize=8192)
def _unnamed(company: str) -> bool:
    name = plain(company)
    return not name or _HIDDEN.search(name) is not None


class _Plain(dict[int, str]):
    """What is left of each character: read for every character of every ad, so each is worked out once."""

    def __missing__(self, code: int) -> str:
        letters = unicodedata.normalize("NFKC", chr(code)).casefold()
        left = "".join(filter(str.isalnum, letters))
        if code <= _COMMON:
            self[code] = left
        return left


_COMMON: Final = 0xFFFF
"""Rarer characters are not kept, so that no text can fill the memory with them."""
_PLAIN: Final = _Plain()


def plain(text: str) -> str:
    """The letters and digits of `text` in one width and case.

    Copies differ in spaces and punctuation, and in the stars that stand for a contact.
    """
    return text.translate(_PLAIN)


@lru_cache(maxsize=8192)
def core(title: str) -> str:
    """`title` without pay, benefits and urgency, which change from one publication to the next."""
    given = unicodedata.normalize("NFKC", title).casefold()
    return plain(_DECORATION.sub("", given)) or plain(given)


@lru_cache(maxsize=8192)
def area(code: str | None, city: str) -> str:
    """The prefecture of a place of work, the province where none is told, or the city as written.

    One board tells the district where another tells the city alone. Counties without a prefecture above them
    are areas of their own, but for those of the municipalities.
    """
    if (at := known(code)) is None or at == NATION:
        return plain(city)
    above = [each for each in (at, *ancestors(at)) if division(each).level == _PREFECTURE]
    within = [each for each in ancestors(at) if each in _MUNICIPALITIES]
    return next(iter(above + within), at)


def shingles(words: str) -> Shingles:
    """The different runs of three characters, each as one number, ascending."""
    codes = np.frombuffer(words.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    return np.unique(codes[:-2] << np.uint64(42) | codes[1:-1] << np.uint64(21) | codes[2:])


def jaccard(one: Shingles, other: Shingles) -> float:
    """The share that both have in common of the shingles of either, from 0 to 1."""
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / (len(one) + len(other) - shared)


def opposed(one: str, other: str) -> bool:
    """Whether one speaks of men alone and the other of women alone: two positions, however alike they are."""
    sexes = [{sex for sex in "男女" if sex in words} for words in (one, other)]
    return all(sexes) and not sexes[0] & sexes[1]


def bands(gate: str, words: str) -> Iterator[int]:
    """The bands of the words' MinHash signature within their gate, as signed numbers of 64 bits."""
    stretches = signature(shingles(words)).reshape(BANDS, -1)
    for place, stretch in enumerate(stretches):
        told = hashlib.blake2b(stretch.astype("<u4").tobytes(), digest_size=8, key=gate.encode())
        told.update(bytes([place]))
        yield int.from_bytes(told.digest(), "little", signed=True)


def signature(runs: Shingles) -> Signature:
    """The MinHash signature: the share of places that two signatures share is about their likeness."""
    sketch = _blank().copy()
    sketch.update_batch(map(bytes, runs.astype("<u8").reshape(-1, 1)))
    values: Signature = sketch.hashvalues
    return values


@lru_cache(maxsize=1)
def _blank() -> "MinHash":
    # With scipy behind it the library takes half a second, which most processes have no need of. The scheme
    # is named because bands are kept in the database: the library's default has changed before.
    from datasketch import MinHash

    return MinHash(num_perm=HASHES, seed=1, scheme="affine32")
