"""Words of pay, schooling, experience and employment (config/terms.yaml)."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from config.tables import read_yaml

FILE: Final = Path(__file__).parent / "terms.yaml"

Period = Literal["hour", "day", "week", "month", "year"]
Schooling = Literal["none", "primary", "junior", "secondary", "college", "bachelor", "master", "doctor"]
Employment = Literal["full_time", "part_time", "intern", "temporary", "contract", "dispatch", "outsourced"]
_Words = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PayWords(_Data):
    """What is written around the figures of a salary."""

    currencies: Mapping[Annotated[str, Field(pattern="^[A-Z]{3}$")], _Words]
    """ISO 4217 code → words and signs."""
    periods: Mapping[Period, _Words]
    negotiable: _Words
    at_least: _Words
    at_most: _Words
    partial: _Words
    """With one of these, the figures are not the whole pay."""


class Terms(_Data):
    """All words."""

    pay: PayWords
    education: Mapping[Schooling, _Words]
    """The lowest schooling first."""
    education_codes: Mapping[str, Schooling]
    no_experience: _Words
    employment: Mapping[Employment, _Words]


@lru_cache(maxsize=1)
def terms(file: Path = FILE) -> Terms:
    """The words of `file`.

    Raises:
        DataError: the file is not as expected; names file, line and field.
    """
    return read_yaml(file, Terms)


def meaning_of(words: Mapping[Any, Sequence[str]]) -> dict[str, str]:
    """Word → what it means, the longest word first, so that 美元 is met before 元."""
    pairs = [(word, meaning) for meaning, each in words.items() for word in each]
    return dict(sorted(pairs, key=lambda pair: len(pair[0]), reverse=True))
