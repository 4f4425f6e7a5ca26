"""The calendar month in China: the period of the monthly circular. `Period`: what a report may be about."""

import re
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Self, TypeAlias

from config.periods import CalendarPeriod
from config.weeks import Week


@dataclass(frozen=True, slots=True, order=True)
class Month(CalendarPeriod):
    """Calendar month `number` (1 to 12) of `year`."""

    written: ClassVar[re.Pattern[str]] = re.compile(r"([0-9]{4})-([0-9]{2})")
    sort: ClassVar[str] = "a month; write it like 2026-11"

    @classmethod
    def with_day(cls, day: date) -> Self:
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    def before(self, many: int) -> Self:
        year, number = divmod(self.year * 12 + self.number - 1 - many, 12)
        return type(self)(year, number + 1)

    @property
    def label(self) -> str:
        return f"{self.number} 月"

    @property
    def title(self) -> str:
        return f"{self.year} 年 {self.label}"

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02d}"


Period: TypeAlias = Week | Month


def parse_period(text: str) -> Period:
    """The week or month written as `2026-W47` or `2026-11`.

    Raises:
        ValueError: the text is of neither form, or there is no such week or month.
    """
    return Week.parse(text) if "W" in text else Month.parse(text)
