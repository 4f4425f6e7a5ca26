"""Administrative divisions (行政区划): 6-digit codes, names and the tree, from config/divisions.csv.

The tree has "000000" (the whole nation) as its root, then provinces, prefectures and counties. The counties
of the four municipalities and those a province runs itself hang directly under the province. Source and
date of the list: docs/intake.md.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from config.settings import ROOT

NATION: Final = "000000"
FILE: Final = ROOT / "config" / "divisions.csv"
FORMER: Final = ROOT / "config" / "former_codes.csv"
"""Codes in use between 2000 and 2024 that the list has no more, and what became of each."""


class DivisionError(ValueError):
    """A row of the division list contradicts the others, or a code is not in the list."""


@dataclass(frozen=True, slots=True)
class Division:
    code: str
    parent: str
    """Code of the division above; empty for the nation."""
    level: int
    """0 nation, 1 province, 2 prefecture, 3 county."""
    name: str
    short: str
    """The name without 省, 市, 自治州, 县 and the like; the whole name where nothing would be left."""


@lru_cache(maxsize=1)
def load_divisions() -> Mapping[str, Division]:
    """All divisions by code, parents before their children.

    Raises:
        DivisionError: a code is malformed or twice in the file, or a parent is missing; names the line.
    """
    found: dict[str, Division] = {}
    with FILE.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            division = Division(row["code"], row["parent"], int(row["level"]), row["name"], row["short"])
            if len(division.code) != len(NATION) or not division.code.isdecimal() or division.code in found:
                raise DivisionError(f"{FILE.name}:{number}: code {division.code!r} is malformed or repeated")
            if division.parent not in found and division.code != NATION:
                raise DivisionError(
                    f"{FILE.name}:{number}: parent {division.parent!r} is not above this line"
                )
            found[division.code] = division
    return MappingProxyType(found)


@lru_cache(maxsize=1)
def former_codes(file: Path = FORMER) -> Mapping[str, str]:
    """Former code → the code that its area, or the area around it, has now.

    Raises:
        DivisionError: a code is still in the list, or what it became is not; names the line.
    """
    found: dict[str, str] = {}
    with file.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            if row["code"] in load_divisions() or row["now"] not in load_divisions() or row["code"] in found:
                told = f"{row['code']!r} or {row['now']!r} does not belong here"
                raise DivisionError(f"{file.name}:{number}: {told}")
            found[row["code"]] = row["now"]
    return MappingProxyType(found)


def division(code: str) -> Division:
    """The division with this code.

    Raises:
        DivisionError: the list has no such code.
    """
    try:
        return load_divisions()[code]
    except KeyError:
        raise DivisionError(f"{code!r} is no division code of {FILE.name}") from None


def known(code: str | None) -> str | None:
    """`code`, or None, which stands for an unclear area, where the list has no such code."""
    return code if code in load_divisions() else None


def name_of(code: str) -> str:
    return division(code).name


def parent_of(code: str) -> str | None:
    """The code above `code`; None for the nation."""
    return division(code).parent or None


@lru_cache(maxsize=8192)
def ancestors(code: str) -> tuple[str, ...]:
    """The codes above `code`, nearest first; the last one is the nation."""
    parent = parent_of(code)
    return () if parent is None else (parent, *ancestors(parent))


def in_subtree(code: str, root: str) -> bool:
    """Is `code` the division `root` or one inside it?"""
    return code == root or root in ancestors(code)


def province_of(code: str) -> str | None:
    """The province that `code` is or lies in; None for the nation."""
    chain = (code, *ancestors(code))
    return chain[-2] if len(chain) > 1 else None
