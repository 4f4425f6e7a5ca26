"""Headers of columns: which words mean which field (config/columns.yaml), and how two spellings compare."""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import yaml

from config.settings import ROOT

SYNONYMS: Final = ROOT / "config" / "columns.yaml"
IGNORED: Final = ROOT / "config" / "ignored_columns.yaml"
_REMARK: Final = re.compile(r"[(（\[【].*[)）\]】]$")
_FILLING: Final = re.compile(r"[\s_\-*:：]+")

Headers = Mapping[str, tuple[str, ...]]
"""Field → its columns, in order of preference."""


@lru_cache(maxsize=1)
def synonyms() -> Headers:
    with SYNONYMS.open(encoding="utf-8") as lines:
        return {name: tuple(names) for name, names in yaml.safe_load(lines).items()}


@lru_cache(maxsize=1)
def ignored() -> frozenset[str]:
    """Headers, as `bare` has them, of columns that are known to say nothing we need."""
    with IGNORED.open(encoding="utf-8") as lines:
        return frozenset(map(bare, yaml.safe_load(lines)))


@lru_cache(maxsize=4096)
def bare(header: str) -> str:
    """What two spellings of one header have in common."""
    narrow = unicodedata.normalize("NFKC", header).strip()
    return _FILLING.sub("", _REMARK.sub("", narrow)).casefold()


def ordinary(headers: tuple[str, ...]) -> Headers:
    """The columns of each field among `headers`, by the words that people use for it."""
    present = {bare(header): header for header in reversed(headers)}
    wanted = {name: tuple(map(bare, each)) for name, each in synonyms().items()}
    return {
        name: tuple(present[column] for column in columns if column in present)
        for name, columns in wanted.items()
    }
