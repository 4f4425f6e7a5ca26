"""Masking of personal contacts: every character of one becomes `*`, so offsets and wording stay valid.

Looks for phone numbers, e-mail addresses, WeChat, QQ and other account ids, identity and bank card numbers,
licence plates and contacts' names, also in full-width characters, with separators or with invisible
characters between. What it knows about names and labels is data: config/contacts.yaml. All patterns are
linear: no quantifier repeats another that could match the same characters.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from crawlers.contacts import person_names
from crawlers.contacts import vocabulary as known

_Span = tuple[int, int]

_GAP: Final = r"[ \t\u00a0\u2000-\u200a\u3000\-\u2010-\u2015\u2212.·•・_()（）]{0,3}"
_GAP_1: Final = _GAP.replace("{0,3}", "{1,3}")
_INVISIBLE: Final = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\ufeff\u20e3"
_UNUSUAL: Final = re.compile(
    rf"[{_INVISIBLE}\uff10-\uff19\uff20-\uff3a\uff41-\uff5a\uff0b\uff0d\uff0e\uff3f\U0001d400-\U0001d7ff]"
)
_IGNORED: Final = re.compile(f"[{_INVISIBLE}]")

_CHAIN: Final = re.compile(rf"[0-9](?:{_GAP}[0-9]){{4,}}")
"""Five digits or more with at most three separators between two of them."""
# Mobile numbers, in the groupings people use. A salary range such as 13000-18000 fits none of them.
_MOBILE: Final = (
    r"(?<![0-9])(?:(?:00)?86~)?1[3-9](?:[0-9]{9}|[0-9]~[0-9]{4}~[0-9]{4}|[0-9]~[0-9]{3}~[0-9]{5}"
    r"|[0-9]~[0-9]{3}~[0-9]{3}~[0-9]{2}|[0-9]~(?:[0-9]{2}~){3}[0-9]{2}|[0-9]{2}~[0-9]{3}~[0-9]{4}"
    r"|[0-9]{2} [0-9]{4} [0-9]{3}|[0-9]{3} [0-9]{6}|[0-9]{4} [0-9]{5})(?![0-9])"
)
_MOBILE_SPREAD: Final = rf"(?<![0-9])1({_GAP_1})[3-9](?:\1[0-9]){{9}}(?![0-9])"
# Landlines: eight digits after 010 and 02x, seven or eight after other area codes; an extension.
_LANDLINE: Final = (
    r"(?<![0-9])(?:86~)?0(?:(?:10|2[0-9])~[2-9][0-9]{3}~[0-9]{4}|[3-9][0-9]{2}~[2-9][0-9]{2,3}~[0-9]{4})"
    r"(?:-[0-9]{1,6})?(?![0-9])"
)
_SERVICE: Final = (
    r"(?<![0-9])(?:[48]00~[0-9]{3}~[0-9]{4}|400(-?)[0-9]{4}\1[0-9]{3}"
    r"|400[0-9]([- ])[0-9]{3}\2[0-9]{3})(?![0-9])"
)
# Identity numbers (GB 11643): region, date of birth, sequence, check character.
_IDENTITY: Final = (
    r"(?<![0-9])[1-9][0-9]{5}~(?:18|19|20)[0-9]{2}~(?:0[1-9]|1[0-2])~(?:[0-2][0-9]|3[01])"
    r"~[0-9]{3}~[0-9x](?![0-9a-z])"
)
# Bank cards: sixteen to nineteen digits with the prefixes issued in China.
_BANK_CARD: Final = (
    r"(?<![0-9])(?:62|60|95|35|4[0-9]|5[1-5])[0-9]{2}~[0-9]{4}~[0-9]{4}~[0-9]{4}~[0-9]{0,3}(?![0-9])"
)
_NUMBERS: Final = tuple(
    re.compile(pattern.replace("~", _GAP), re.IGNORECASE)
    for pattern in (_MOBILE, _MOBILE_SPREAD, _LANDLINE, _SERVICE, _IDENTITY, _BANK_CARD)
)
_LABELLED: Final = re.compile(rf"[0-9]{{5,}}|[0-9](?:{_GAP}[0-9]){{4,14}}")
_CHINESE_DIGITS: Final = re.compile(r"[一二三四五六七八九零〇幺两]{11,}|[壹贰叁肆伍陆柒捌玖零]{11,}")
_EMAIL: Final = re.compile(
    r"(?<![a-z0-9._%+-])[a-z0-9._%+-]+"
    r"(?:\s{0,2}(?:@|[(（\[【]at[)）\]】]|艾特)\s{0,2}[a-z0-9-]+(?:\s?\.\s?[a-z0-9-]+)+"
    r"|\s?#\s?(?:qq|163|126|139|sina|gmail|foxmail|hotmail|sohu|outlook|yeah|aliyun)\.(?:com|cn|net))",
    re.IGNORECASE,
)
_AT: Final = re.compile(r"[@#]|[aA][tT][)）\]】]|艾特")
_PLATE: Final = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Za-hj-np-z][·• -]?"
    r"(?=[A-Za-z0-9]?[A-Za-z0-9]?[0-9]{3})[A-HJ-NP-Za-hj-np-z0-9]{4,5}[A-HJ-NP-Za-hj-np-z0-9挂学警港澳](?![A-Za-z0-9])"
)


_SHORTEST_ID: Final = 6
"""Characters of a WeChat id."""
_SHORT: Final = 40
"""Fields up to this length (cities, companies, salaries) come again and again."""


def mask(text: str) -> tuple[str, int]:
    """`text` with contacts replaced by `*` one character for one, and the number of stretches replaced.

    Masking what is masked changes nothing.
    """
    return _mask_short(text) if len(text) <= _SHORT else _mask(text)


def _mask(text: str) -> tuple[str, int]:
    masked, count = text, 0
    # A second look, because a neighbour may read differently once the first contact is gone.
    while spans := _find(masked):
        masked = _cover(masked, spans)
        count += len(spans)
    return masked, count


_mask_short = lru_cache(maxsize=16_384)(_mask)


def _cover(text: str, spans: list[_Span]) -> str:
    pieces, at = [], 0
    for start, end in spans:
        pieces += [text[at:start], "*" * (end - start)]
        at = end
    return "".join(pieces) + text[at:]


def _find(text: str) -> list[_Span]:
    """Stretches of `text` that are contacts, in order, not overlapping."""
    if not _UNUSUAL.search(text):
        return _merge(_contacts(text))
    view, places = _plain(text)
    return _merge((places[start], places[end - 1] + 1) for start, end in _contacts(view))


def _plain(text: str) -> tuple[str, list[int]]:
    """`text` without invisible and full-width characters, and where each of its characters stood."""
    places = [place for place, char in enumerate(text) if not _IGNORED.match(char)]
    return "".join(_narrow(text[place]) for place in places), places


@lru_cache(maxsize=65_536)
def _narrow(char: str) -> str:
    if not _UNUSUAL.match(char):
        return char
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 else char


def _merge(spans: Iterable[_Span]) -> list[_Span]:
    merged: list[_Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _contacts(view: str) -> Iterator[_Span]:
    numbers = list(_numbers(view))
    yield from numbers
    yield from _accounts(view)
    yield from person_names(view, numbers)
    yield from (match.span() for match in _PLATE.finditer(view))
    yield from (match.span() for match in _CHINESE_DIGITS.finditer(view))
    if _AT.search(view):
        yield from (match.span() for match in _EMAIL.finditer(view))


def _numbers(view: str) -> Iterator[_Span]:
    for chain in _CHAIN.finditer(view):
        start, end = chain.span()
        found = [match.span() for pattern in _NUMBERS for match in pattern.finditer(view, start, end + 1)]
        yield from found
        if not found and known().before_number.search(view, max(0, start - 24), start):
            labelled = _LABELLED.match(view, start, end)
            assert labelled is not None
            yield labelled.span()


def _accounts(view: str) -> Iterator[_Span]:
    if not known().any_account.search(view.lower()):
        return
    for match in known().account.finditer(view):
        name = match["id"].lower()
        pointed = (
            re.search(r"[:：=号是为]", match["glue"])
            or view[max(0, match.start() - 1) : match.start()] == "加"
        )
        if pointed or (
            re.search("[0-9]", name) and len(name) >= _SHORTEST_ID and not name.startswith(known().skills)
        ):
            yield match.span("id")
