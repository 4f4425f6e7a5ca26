"""The ISO week, Monday 00:00 to Sunday 24:00 in China: the period of every report."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Self

from config.settings import CHINA

_WRITTEN: Final = re.compile(r"([0-9]{4})-W([0-9]{2})")


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """ISO 8601 week `number` of ISO year `year`; both differ from the calendar year around New Year."""

    year: int
    number: int

    def __post_init__(self) -> None:
        date.fromisocalendar(self.year, self.number, 1)

    @classmethod
    def of(cls, instant: datetime) -> Self:
        """The week that `instant`, an aware datetime, falls in by the calendar of China.

        Raises:
            ValueError: `instant` is naive and would mean another week on another machine.
        """
        if instant.tzinfo is None:
            raise ValueError(f"naive datetime {instant!r}: give it a time zone")
        year, number, _ = instant.astimezone(CHINA).isocalendar()
        return cls(year, number)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The week written as `2026-W47`.

        Raises:
            ValueError: the text is not of that form, or the year has no such week.
        """
        written = _WRITTEN.fullmatch(text)
        if written is None:
            raise ValueError(f"{text!r} is not a week; write it like 2026-W47")
        try:
            return cls(int(written[1]), int(written[2]))
        except ValueError as error:
            raise ValueError(f"{text!r} does not exist: {error}") from error

    @property
    def monday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def start(self) -> datetime:
        """The first instant of the week."""
        return datetime.combine(self.monday, time(), CHINA)

    @property
    def end(self) -> datetime:
        """The first instant after the week."""
        return datetime.combine(self.monday + timedelta(days=7), time(), CHINA)

    def before(self, weeks: int) -> Self:
        """The week that lies `weeks` weeks earlier."""
        year, number, _ = (self.monday - timedelta(weeks=weeks)).isocalendar()
        return type(self)(year, number)

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02d}"
