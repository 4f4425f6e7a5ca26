"""From a salary as written to figures: only what it says, and nothing where it can be read in two ways.

A range shares the unit behind it (8-12K, 1-2万/月) unless that turns it round (3000-1万). What is paid for
which time, and in which money, is said by the words alone; most boards leave it out.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, cast

from config.terms import Period, meaning_of, terms
from events.types import Pay

_LONGEST: Final = 100
"""Characters; a longer text describes how wages come about, and is no salary."""
_SCALES: Final = {"": 1, "百": 100, "千": 1_000, "k": 1_000, "万": 10_000, "w": 10_000}
_CHINESE: Final = re.compile("[百千万薪]")
_AMOUNT: Final = r"(\d{1,8}(?:\.\d{1,4})?)\s?([百千万kw](?![a-z]))?"
_RANGE: Final = re.compile(rf"{_AMOUNT}(?:\s?(?:[-~‐–—－至到]|to)+\s?{_AMOUNT})?")
_THOUSANDS: Final = re.compile(r"(?<=\d)[, ](?=\d{3}(?!\d))")
_MONTHS: Final = re.compile(r"(\d{1,2})(?:[-~至到](\d{1,2}))?\s?(?:薪|个月(?:工资|薪资)?)")
_FEWEST_MONTHS, _MOST_MONTHS = 12, 36
_LEAST: Final = 100
"""A figure below it may as well be thousands: 8-12 is 8-12K on many boards."""
_MOST: Final = Decimal(100_000_000)


def read_pay(written: str) -> Pay | None:
    """What `written` says of the pay; None where it says nothing, or nothing certain."""
    return _read(written[: _LONGEST + 1]) if written else None


@lru_cache(maxsize=16_384)
def _read(written: str) -> Pay | None:
    text = unicodedata.normalize("NFKC", written).casefold().strip()
    if len(text) > _LONGEST or _any(terms().pay.partial, text):
        return None
    negotiable = _any(terms().pay.negotiable, text)
    nothing = Pay(negotiable=True) if negotiable else None
    rest, months = _months(_THOUSANDS.sub("", text))
    rest, currencies = _taken(rest, terms().pay.currencies)
    rest, periods = _taken(re.sub(r"\s?/\s?", "/", rest), terms().pay.periods)
    figures = _figures(rest)
    if figures is None or len(currencies) > 1 or len(periods) > 1 or "/" in rest:
        return nothing
    bound = _bounded(figures, rest)
    if bound is None or (max(figures) < _LEAST and not _little(text, currencies, periods)):
        return nothing
    currency = next(iter(currencies), "CNY" if _CHINESE.search(text) else "")
    return Pay(
        low=bound[0],
        high=bound[1],
        currency=currency,
        # 14薪 counts months' pay.
        per=cast("Period | None", next(iter(periods), "month" if months else None)),
        months=months,
        negotiable=negotiable,
    )


def _little(text: str, currencies: set[str], periods: set[str]) -> bool:
    """May so little be meant as it stands: 20/小时, 9.9元, and neither 8-12 nor 8元/月?"""
    told = periods or currencies or _CHINESE.search(text)
    return bool(told) and not periods & {"month", "year"}


def _months(text: str) -> tuple[str, int | None]:
    """`text` without 14薪, and how many months' pay a year brings, if that is one number."""
    if not (found := _MONTHS.search(text)):
        return text, None
    months = int(found[1])
    certain = not found[2] and _FEWEST_MONTHS <= months <= _MOST_MONTHS
    return text[: found.start()] + " " + text[found.end() :], months if certain else None


def _taken(text: str, words: Mapping[Any, tuple[str, ...]]) -> tuple[str, set[str]]:
    """`text` without any of `words`, and what those that stood in it mean."""
    found = set[str]()
    for word, meaning in meaning_of(words).items():
        if word in text:
            found.add(meaning)
            text = text.replace(word, " ")
    return " ".join(text.split()), found


def _figures(text: str) -> tuple[Decimal, ...] | None:
    """The one amount in `text`, or the two of its one range; None if there are others, or none."""
    found = list(_RANGE.finditer(text))
    if len(found) != 1 or re.search(r"\d", text[: found[0].start()] + text[found[0].end() :]):
        return None
    low, scale, high, shared = found[0].groups()
    if high is None:
        return (_amount(low, scale),)
    figures = _amount(low, scale or shared), _amount(high, shared)
    if not scale and figures[0] > figures[1] and Decimal(low) >= _LEAST:
        figures = Decimal(low), figures[1]
    return figures if figures[0] <= figures[1] else None


def _amount(digits: str, scale: str | None) -> Decimal:
    return Decimal(digits) * _SCALES[scale or ""]


def _bounded(figures: tuple[Decimal, ...], text: str) -> tuple[int | None, int | None] | None:
    """The least and the most, in hundredths; None for a placeholder such as 0-0."""
    if not 0 < max(figures) <= _MOST or min(figures) <= 0:
        return None
    low, high = int(figures[0] * 100), int(figures[-1] * 100)
    if len(figures) == 1 and _any(terms().pay.at_least, text):
        return low, None
    if len(figures) == 1 and _any(terms().pay.at_most, text):
        return None, high
    return low, high


def _any(words: Collection[str] | Iterable[str], text: str) -> bool:
    return any(word in text for word in words)
