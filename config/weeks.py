"""The ISO week, Monday 00:00 to Sunday 24:00 in China: the period of the weekly report."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar, Self

from config.periods import CalendarPeriod


@dataclass(frozen=True, slots=True, order=True)
class Week(CalendarPeriod):
    """ISO 8601 week `number` of ISO year `year`; both differ from the calendar year around New Year."""

    written: ClassVar[re.Pattern[str]] = re.compile(r"([0-9]{4})-W([0-9]{2})")
    sort: ClassVar[str] = "a week; write it like 2026-W47"

    @classmethod
    def with_day(cls, day: date) -> Self:
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @property
    def first(self) -> date:
        """The Monday."""
        return date.fromisocalendar(self.year, self.number, 1)

    def before(self, many: int) -> Self:
        return self.with_day(self.first - timedelta(weeks=many))

    @property
    def label(self) -> str:
        return f"第 {self.number} 周"

    @property
    def title(self) -> str:
        return f"{self.year} 年{self.label}"

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02d}"
