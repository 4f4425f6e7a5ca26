"""From a place of work as written to its division code: the most specific safe one, never a guess.

Names are read from the left, longest first: 广东省深圳市南山区, 深圳-南山区 and 深圳南山 all give 440305. A
name that several places bear counts only under a province or city that settles it. Several places give
the division they share; None (辖区不明) where that would be the whole nation. A place may also be written
as its code (440305), which may have been replaced since.
"""

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from config.divisions import NATION, Division, ancestors, former_codes, in_subtree, load_divisions
from config.settings import ROOT

ALIASES: Final = ROOT / "config" / "places.csv"
"""Names in use that no list of divisions has; an empty code marks a name that means nothing by itself."""
_LONGEST: Final = 200
_SEPARATORS: Final = re.compile(r"([\s\-–—·•./,，、;；|()（）\[\]【】<>:：+&_]+)")
_WITHIN: Final = frozenset("-–—·•")
"""What boards put between a city and its part; a comma or a slash may also list several cities."""
_STREET: Final = re.compile(
    r"[东西南北中]?[一二三四五六七八九十]?(?:路|街|道|大道|大街|巷|桥|站|大厦|广场|门|园|宾馆|饭店)"
)
_PREFECTURE: Final = 2
_COUNTY: Final = 3
_CODE: Final = re.compile(r"(\d{6})(?:\d{6})?", re.ASCII)
"""As public services hand it over; the twelve digits of the statistics office name a village within it."""
_ZONE: Final = "71"
"""From here on the last two digits mean development zones, which the statistics office counts apart."""

Codes = frozenset[str]


@dataclass(frozen=True, slots=True)
class _Name:
    every: Codes
    """All divisions that bear the name: one of them may fit a province or city named before."""
    alone: Codes
    """Those it means when nothing else is named; empty when it needs a context."""
    full: bool
    """A whole name such as 南山区; a short one such as 南山 is also part of other words."""
    district: bool
    """Ends in 区, as the parts of a city do."""


def locate(written: str) -> str | None:
    """Division code of `written`, or None where it is unclear."""
    return _shared(locate_all(written))


def locate_all(written: str) -> tuple[str, ...]:
    """Division codes of all places that `written` names clearly, each once, in order."""
    return _locate_all(written[:_LONGEST]) if written else ()


@lru_cache(maxsize=65_536)
def _locate_all(written: str) -> tuple[str, ...]:
    if as_code := _CODE.fullmatch(written.strip()):
        return _of_code(as_code[1])
    groups: list[Codes] = []
    before = ""
    for part in _SEPARATORS.split(unicodedata.normalize("NFKC", written)):
        for name in _read(part.removeprefix("中国"), opening=not groups or ";" in before):
            _join(groups, name, inside=before in _WITHIN)
        before = part
    return tuple(dict.fromkeys(code for group in groups if (code := _shared(group))))


def _of_code(code: str) -> tuple[str, ...]:
    """The division of a code: today's, what became of a former one, or the city around a development zone."""
    prefecture = code[:4] + "00"
    for each in (code, prefecture) if code[4:] >= _ZONE else (code,):
        if now := each if each in load_divisions() else former_codes().get(each):
            return (now,) if now != NATION else ()
    return ()


def _read(part: str, *, opening: bool) -> Iterator[_Name]:
    """The division names that `part` begins with, until something else follows."""
    at = 0
    while found := _longest(part, at):
        end, name = found
        # 南山科技园, 朝阳门, 南京路: a short name before other words is safe only for a province or a
        # city that opens the field, and not even then if the other words make it a street.
        complete = name.full or end == len(part) or _longest(part, end)
        if not complete and (at or not opening or _STREET.match(part, end) or not _opens(name)):
            return
        yield name
        at = end


def _opens(name: _Name) -> bool:
    return any(load_divisions()[code].level < _COUNTY for code in name.alone)


def _longest(part: str, at: int) -> tuple[int, _Name] | None:
    """Where the longest name that begins at `at` ends, and the name."""
    names, longest = _names()
    for size in range(min(longest, len(part) - at), 1, -1):
        if name := names.get(part[at : at + size]):
            return at + size, name
    return None


def _join(groups: list[Codes], name: _Name, *, inside: bool) -> None:
    """Let `name` narrow the last place of `groups`, or stand as a place of its own."""
    if groups and (narrowed := _nested(groups[-1], name.every)):
        groups[-1] = narrowed
    elif groups and (name.full or not inside) and (siblings := _siblings(groups[-1], name.every)):
        groups.append(siblings)
    elif name.alone and not (groups and inside and name.district):
        # 东莞-东城区 names a part of Dongguan, although only Beijing has a district of that name; so does
        # 龙湖 in 广州·黄埔·龙湖, which is no district of Shantou there.
        groups.append(name.alone)


def _siblings(group: Codes, codes: Codes) -> Codes:
    """Those of `codes` that are nearest to `group`: 南京市玄武区、鼓楼区 means the 鼓楼区 of Nanjing."""
    around = _shared(group)
    for root in ancestors(around) if around else ():
        if near := frozenset(code for code in codes if root != NATION and in_subtree(code, root)):
            return near
    return frozenset()


def _nested(outer: Codes, inner: Codes) -> Codes:
    """The deeper code of each pair of which one lies in the other."""
    pairs = [(a, b) for a in outer for b in inner]
    deeper = {b for a, b in pairs if in_subtree(b, a)} | {a for a, b in pairs if in_subtree(a, b)}
    return frozenset(deeper)


def _shared(codes: Iterable[str]) -> str | None:
    """The deepest division that holds all `codes`; None if only the nation does."""
    common: tuple[str, ...] | None = None
    for code in codes:
        chain = (code, *ancestors(code))
        common = chain if common is None else tuple(above for above in common if above in chain)
    return common[0] if common and common[0] != NATION else None


@lru_cache(maxsize=1)
def _names() -> tuple[dict[str, _Name], int]:
    every, alone, full = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set), set[str]()
    divisions = [row for row in load_divisions().values() if row.code != NATION]
    for row in divisions:
        full.add(row.name)
        every[row.name].add(row.code)
        alone[row.name].add(row.code)
    for row in sorted(divisions, key=lambda row: row.level):
        every[row.short].add(row.code)
        if row.short not in alone and _well_known(row):
            alone[row.short].add(row.code)
        for former in _former_names(row) - full:
            every[former].add(row.code)
            alone[former].add(row.code)
    with ALIASES.open(encoding="utf-8", newline="") as lines:
        for alias in csv.DictReader(lines):
            if alias["code"]:
                full.add(alias["name"])
                every[alias["name"]].add(alias["code"])
                alone[alias["name"]].add(alias["code"])
            else:
                alone[alias["name"]].clear()
    names = {
        name: _Name(frozenset(codes), frozenset(alone.get(name, ())), name in full, name.endswith("区"))
        for name, codes in every.items()
    }
    return names, max(map(len, names))


def _well_known(row: Division) -> bool:
    """Does the short name mean this place by itself: 广东, 深圳, 昆山, but not 南山 or 朝阳?"""
    return row.level < _COUNTY or row.name.endswith("市")


def _former_names(row: Division) -> set[str]:
    """Counties become cities, cities districts, leagues cities; old ads keep the old word: 吴江市."""
    kinds = {_COUNTY: ("市", "县", "区"), _PREFECTURE: ("地区", "盟")}
    return {row.short + kind for kind in kinds.get(row.level, ())}
