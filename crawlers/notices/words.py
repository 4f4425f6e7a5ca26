"""What the names of notices and of their attachments say (config/notices.yaml)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import yaml

from config.settings import ROOT

FILE: Final = ROOT / "config" / "notices.yaml"


@dataclass(frozen=True, slots=True)
class Words:
    process: re.Pattern[str]
    announces: re.Pattern[str]
    forms: re.Pattern[str]
    positions: re.Pattern[str]
    bodies: Sequence[str]


@lru_cache(maxsize=1)
def words() -> Words:
    with FILE.open(encoding="utf-8") as lines:
        written = yaml.safe_load(lines)
    bodies = tuple(written.pop("bodies"))
    return Words(**{name: re.compile(value) for name, value in written.items()}, bodies=bodies)


def is_about_process(title: str) -> bool:
    """Is a notice about a recruitment that is under way, such as a list of those who passed?"""
    return bool(words().process.search(title)) and not words().announces.search(title)


def is_form(name: str) -> bool:
    """Is an attachment something to fill in or to heed, by its name?"""
    known = words()
    return bool(known.forms.search(name)) and not known.positions.search(name)


def speaks_of_positions(name: str) -> bool:
    return bool(words().positions.search(name))
