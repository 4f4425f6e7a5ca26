"""What a bureau asks of the operators of boards, and how they answer (config/platforms.yaml)."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from config.casework import casework
from config.tables import read_yaml

FILE: Final = Path(__file__).parent / "platforms.yaml"
MEASURES: Final = ("warn", "remove", "restrict", "terminate")
"""警示提醒、撤销删除、限制功能、暂停或终止服务: the four of the notice of January 2026, and no other."""
_Text = Annotated[str, Field(min_length=1)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Outcome(_Data):
    """What an operator may answer of an ad."""

    name: _Text
    """In Chinese."""
    away: bool = False
    """Meeting the ad on the board later speaks against the answer."""
    why: bool = False
    """A reason has to be given."""


class Board(_Data):
    """Whom a notice on the ads of a board goes to."""

    name: _Text
    operator: _Text
    email: str = Field(default="", pattern=r"^([^@\s]+@[^@\s]+)?$")
    """Empty: the notice lies in the outbox."""


class Platforms(_Data):
    days: int = Field(ge=1)
    """Working days for the answer."""
    remind_days: int = Field(ge=1)
    """Working days that a reminder gives; there is no other before they are over."""
    most: int = Field(ge=1)
    """Ads in one notice."""
    statuses: frozenset[str]
    """Of cases whose ads may be in a notice."""
    measures: Mapping[str, _Text]
    by_severity: Mapping[str, str]
    outcomes: Mapping[str, Outcome]
    boards: Mapping[str, Board]
    """By id of the board, which is the source of its ads."""

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if tuple(self.measures) != MEASURES:
            raise ValueError(f"measures: there are {', '.join(MEASURES)}, in this order")
        for severity, measure in self.by_severity.items():
            if measure not in self.measures:
                raise ValueError(f"by_severity.{severity}: no such measure: {measure}")
        work = casework()
        for status in sorted(self.statuses):
            if status not in work.statuses:
                raise ValueError(f"statuses: no such status: {status}")
            if status in work.actions["confirm"].start | work.actions["approve"].start:
                raise ValueError(f"statuses: {status} is not past the approval by a second person")
        return self

    def measure_for(self, severity: str) -> str:
        """What is asked for of an ad whose gravest clue is of this severity."""
        return self.by_severity.get(severity, MEASURES[0])

    def outcome_named(self, written: str) -> str:
        """Code of the outcome that is written so, as code or in Chinese; empty where there is none."""
        return next((code for code, each in self.outcomes.items() if written in {code, each.name}), "")


@lru_cache(maxsize=1)
def platforms(file: Path = FILE) -> Platforms:
    """What `file` says.

    Raises:
        DataError: the file is not as expected; names file, line and field.
    """
    return read_yaml(file, Platforms)
