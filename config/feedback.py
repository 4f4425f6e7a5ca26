"""When a rule is suspended for what people decided about its clues, and when it comes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from config import wilson
from config.tables import read_yaml

Change = Literal["suspended", "lifted"]
FILE: Final = Path(__file__).parent / "feedback.yaml"


class Floor(BaseModel):
    """What is asked of a rule."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    floor: float = Field(gt=0, lt=1)
    """The precision below which it is not trusted."""
    cases: int = Field(ge=1)
    """So many cases must have been decided before anything follows."""


class Feedback(Floor):
    """What is asked of all rules, and of those that have a floor of their own, by their ids."""

    rules: Mapping[str, Floor] = {}

    def of(self, rule: str) -> Floor:
        return self.rules.get(rule, self)


@dataclass(frozen=True, slots=True)
class Precision:
    """Of so many decided cases, so many were confirmed."""

    confirmed: int = 0
    cases: int = 0

    @property
    def share(self) -> float:
        """1 while nothing was decided: nothing speaks against the rule."""
        return self.confirmed / self.cases if self.cases else 1.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % Wilson interval."""
        return wilson.interval(self.confirmed, self.cases)


def change_due(found: Precision, floor: Floor, *, suspended: bool) -> Change | None:
    """What `found` makes of a rule; None where it stays as it is."""
    if found.cases < floor.cases:
        return None
    if suspended:
        return "lifted" if found.share >= floor.floor else None
    return "suspended" if found.interval[1] < floor.floor else None


@lru_cache(maxsize=1)
def feedback(file: Path = FILE) -> Feedback:
    """The floors of `file`.

    Raises:
        DataError: the file is not as expected; names file, line and field.
    """
    return read_yaml(file, Feedback)
