"""What kind of poster an employer's name, or a board's word for it, tells (config/posters.yaml)."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from config.tables import read_yaml

FILE: Final = Path(__file__).parent / "posters.yaml"
Kind = Literal["public", "agency", "state", "private", "individual"]
_Word = Annotated[str, Field(min_length=1)]


class Words(BaseModel):
    """How a name of one kind begins or ends, what it holds, what it holds besides, and what rules it out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    begins: tuple[_Word, ...] = ()
    ends: tuple[_Word, ...] = ()
    holds: tuple[_Word, ...] = ()
    besides: tuple[_Word, ...] = ()
    unless: tuple[_Word, ...] = ()

    def fit(self, name: str) -> bool:
        """Does `name` tell this kind?"""
        told = name.startswith(self.begins) or name.endswith(self.ends) or _any(self.holds, name)
        return told and (not self.besides or _any(self.besides, name)) and not _any(self.unless, name)


def _any(words: Iterable[str], name: str) -> bool:
    return any(word in name for word in words)


class Posters(BaseModel):
    """The words of each kind."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kinds: Mapping[Kind, Words]
    """What an employer's name tells."""
    ownership: Mapping[Kind, tuple[_Word, ...]]
    """What boards say of an employer (公司性质)."""


@lru_cache(maxsize=1)
def posters(file: Path = FILE) -> Posters:
    """The words of `file`.

    Raises:
        DataError: the file is not as expected; names file, line and field.
    """
    return read_yaml(file, Posters)


@lru_cache(maxsize=4096)
def poster_of(name: str) -> Kind | None:
    """The kind that an employer's name tells; None where it tells none."""
    bare = name.strip()
    return next((kind for kind, words in posters().kinds.items() if words.fit(bare)), None)


@lru_cache(maxsize=4096)
def poster_owned(written: str) -> Kind | None:
    """The kind that a board's word for an employer's ownership tells; None where it tells none or several."""
    told = [kind for kind, words in posters().ownership.items() if _any(words, written)]
    return told[0] if len(told) == 1 else None
