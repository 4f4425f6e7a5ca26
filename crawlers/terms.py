"""What an ad says in fields of its own beside its wording: as written, and as far as it can be understood."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, cast, get_args

from config.terms import Employment, Schooling, terms
from crawlers.masking import mask
from crawlers.pay import read_pay
from crawlers.posting import Posting, storable
from events.types import Terms

KEPT: Final = 200
"""Characters kept of a field."""
_LONGEST: Final = 60
"""Characters; a longer text tells of more than one thing."""
_DIGITS: Final = {digit: str(value) for value, digit in enumerate("一二三四五六七八九十", start=1)} | {
    "两": "2"
}
_YEARS: Final = re.compile(r"(?<!\d)(\d{1,2})\+?(?:\s?[-~–—至到]\s?\d{1,2})?\s?(?:年|years?|yrs?)")
_MONTHS: Final = re.compile(r"(?<!\d)(\d{1,3})\s?(?:个月|months?)")
_AT_MOST: Final = re.compile("以内|以下|不超过|less than|under")
_HEADS: Final = re.compile(r"(?:招|招聘|共)?(\d{1,5})\s?(?:人|名|位|个|个名额)?")
_MONTHS_OF_A_YEAR: Final = 12


def terms_of(posting: Posting) -> Terms:
    """The terms of `posting`, with contacts masked."""
    return Terms(
        pay=read_pay(posting.salary),
        employment=_kept(posting.employment),
        employment_types=employment_types(posting.employment),
        headcount=headcount(posting.headcount),
        education=_kept(posting.education),
        schooling=schooling(posting.education),
        experience=_kept(posting.experience),
        experience_years=experience_years(posting.experience),
    )


def _kept(written: str) -> str:
    return mask(storable(written[: 4 * KEPT]))[0][:KEPT] if written else ""


@lru_cache(maxsize=4096)
def schooling(written: str) -> Schooling | None:
    """The lowest schooling that will do; None where the words tell none."""
    text = _bare(written)
    if not text or len(text) > _LONGEST:
        return None
    if known := terms().education_codes.get(text):
        return known
    told = [level for level, words in terms().education.items() if _has(words, text)]
    if told and _AT_MOST.search(text):
        return "none"
    return min(told, key=get_args(Schooling).index, default=None)


@lru_cache(maxsize=4096)
def experience_years(written: str) -> int | None:
    """The least number of years that is asked for; None where the words tell no single one."""
    text = _bare(written)
    if not text or len(text) > _LONGEST:
        return None
    figures = re.sub(
        "(?<![一二三四五六七八九十])[一二三四五六七八九十两](?=年)", lambda digit: _DIGITS[digit[0]], text
    )
    least = {int(years) for years in _YEARS.findall(figures)}
    least |= {int(months) // _MONTHS_OF_A_YEAR for months in _MONTHS.findall(figures)}
    if len(least) == 1:
        return 0 if _AT_MOST.search(text) else least.pop()
    return 0 if not least and _has(terms().no_experience, text) else None


@lru_cache(maxsize=4096)
def employment_types(written: str) -> tuple[Employment, ...]:
    """All kinds of employment that are named."""
    text = _bare(written)
    if len(text) > _LONGEST:
        return ()
    named = {kind for kind, words in terms().employment.items() if _has(words, text)}
    return tuple(cast("Employment", kind) for kind in get_args(Employment) if kind in named)


def headcount(written: str) -> int | None:
    """How many are wanted; None where that is no single number, such as 若干."""
    found = _HEADS.fullmatch(_bare(written).removesuffix(".0"))
    return int(found[1]) or None if found else None


def _has(words: Iterable[str], text: str) -> bool:
    return any(_pattern(word).search(text) for word in words)


@lru_cache(maxsize=512)
def _pattern(word: str) -> re.Pattern[str]:
    """A word of Latin letters stands alone: an intern is nothing international."""
    return re.compile(rf"(?<![a-z]){word}s?(?![a-z])" if word.isascii() else re.escape(word))


def _bare(written: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", written[:KEPT]).casefold().split())
