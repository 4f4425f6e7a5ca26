"""The bureaus: which authority stands for which division subtree, from config/bureaus.csv.

The names are derived from the division list, and the e-mail addresses are placeholders under the reserved
domain `.example`: whoever operates Qingdan replaces them with the real ones.
"""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from config.divisions import NATION, ancestors, load_divisions
from config.settings import ROOT

FILE: Final = ROOT / "config" / "bureaus.csv"


class BureauError(ValueError):
    """A row of the bureau list cannot be used; the message names the line."""


class UnknownBureauError(ValueError):
    """No bureau has this code; the message names it."""


@dataclass(frozen=True, slots=True)
class BureauRow:
    code: str
    """Division code of the subtree the bureau is competent for."""
    name: str
    parent: str | None
    """Code of the bureau above; None for the ministry."""
    email: str
    section: str = ""
    """Address of whoever heads the section that works on cases; empty: `email`."""


@lru_cache(maxsize=1)
def load_bureaus() -> tuple[BureauRow, ...]:
    """All bureaus, parents before their children.

    Raises:
        BureauError: see `read_bureaus`.
    """
    return read_bureaus(FILE)


def bureau_name(code: str) -> str:
    """Name of the bureau with this code.

    Raises:
        UnknownBureauError: there is none.
    """
    if code not in _by_code():
        raise UnknownBureauError(f"{code!r} is no bureau of config/bureaus.csv; give a code like 330100")
    return _by_code()[code].name


def bureau_above(code: str) -> str:
    """Code of the bureau above the one with this code; the ministry's own for the ministry."""
    return _by_code()[code].parent or code


def bureau_address(code: str) -> str:
    """Where to write to the bureau with this code."""
    return _by_code()[code].email


def section_address(code: str) -> str:
    """Where to reach whoever heads the section of this bureau that works on cases."""
    return _by_code()[code].section or _by_code()[code].email


def read_bureaus(file: Path) -> tuple[BureauRow, ...]:
    """The bureaus in `file`.

    Raises:
        BureauError: a code is unknown or twice in the file, a parent is missing or an address is empty.
    """
    found: dict[str, BureauRow] = {}
    with file.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            bureau = BureauRow(
                row["code"], row["name"], row["parent"] or None, row["email"], row.get("section") or ""
            )
            if problem := _problem(bureau, found):
                raise BureauError(f"{file.name}:{number}: {problem}")
            found[bureau.code] = bureau
    if NATION not in found:
        raise BureauError(f"{file.name}: no row for {NATION}, the tray for what no other bureau takes")
    return tuple(found.values())


def _problem(bureau: BureauRow, above: dict[str, BureauRow]) -> str:
    if bureau.code not in load_divisions():
        return f"code {bureau.code!r} is no division code"
    if bureau.code in above:
        return f"code {bureau.code} is in the file twice"
    if bureau.code != NATION and bureau.parent not in above:
        return f"parent {bureau.parent!r} is not above this line"
    if not bureau.name or "@" not in bureau.email or (bureau.section and "@" not in bureau.section):
        return (
            f"name {bureau.name!r} or e-mail {bureau.email!r} is missing, or {bureau.section!r} is no address"
        )
    return ""


@lru_cache(maxsize=1)
def _by_code() -> dict[str, BureauRow]:
    return {bureau.code: bureau for bureau in load_bureaus()}


def nearest_bureau(division: str | None) -> str:
    """Code of the nearest bureau up the division tree; the ministry's (辖区不明) when `division` is None.

    Raises:
        DivisionError: `division` is no division code.
    """
    if division is None:
        return NATION
    return next(code for code in (division, *ancestors(division)) if code in _by_code())
