"""Where the report puts an ad or a clue: the children of the bureau's division, and a row for the rest."""

from functools import lru_cache
from typing import Final

from config.divisions import NATION, ancestors, division, in_subtree, load_divisions

UNCLEAR: Final = ""
"""Stands for what lies in no known child."""

_CITY: Final = 2
_LEVELS: Final = {0: "省份", 1: "市（州、直管县）", 2: "县（市、区）"}


class OutsideScopeError(ValueError):
    """A row of another area reached the report; nothing may be written then."""


def region_of(code: str | None, root: str) -> str:
    """The child of `root` that `code` is or lies in; `UNCLEAR` when it lies in none.

    Raises:
        OutsideScopeError: `code` is a known division that does not lie in `root`, or None below the nation.
    """
    if code is None and root != NATION:
        raise OutsideScopeError(f"a row without a division does not belong to {root}")
    if code is None or code not in load_divisions():
        return UNCLEAR
    if not in_subtree(code, root):
        raise OutsideScopeError(f"division {code} does not lie in {root}")
    chain = (code, *ancestors(code))
    return UNCLEAR if code == root else chain[chain.index(root) - 1]


def city_of(code: str | None) -> str:
    """The city that `code` is or lies in; a province without cities stands for itself."""
    known = load_divisions()
    if code is None or code not in known:
        return UNCLEAR
    chain = (code, *ancestors(code))
    cities = [each for each in chain if known[each].level == _CITY]
    return cities[0] if cities else next((each for each in chain if each in _without_cities()), UNCLEAR)


@lru_cache(maxsize=1)
def _without_cities() -> frozenset[str]:
    """The provinces that no city lies in: the municipalities (直辖市), and those whose parts are unknown."""
    found = load_divisions().values()
    provinces = {each.code for each in found if each.parent == NATION}
    return frozenset(provinces - {each.parent for each in found if each.level == _CITY})


def region_name(code: str, root: str) -> str:
    if code:
        return division(code).name
    return "辖区不明" if root == NATION else "本级（未细分）"


def level_below(root: str) -> str:
    """What the children of `root` are called; empty where it has none."""
    has_children = any(each.parent == root for each in load_divisions().values())
    return _LEVELS.get(division(root).level, "") if has_children else ""


def place_name(code: str | None) -> str:
    """A place as a reader knows it: `浙江 杭州市 西湖区`."""
    if code is None or code not in load_divisions():
        return "辖区不明"
    chain = [each for each in (*reversed(ancestors(code)), code) if each != NATION]
    names = [division(each).name for each in chain]
    return " ".join([division(chain[0]).short, *names[1:]]) if len(names) > 1 else "".join(names) or "全国"
