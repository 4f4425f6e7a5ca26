"""What the week and the month of a report have in common: days in China, one stretch after another."""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import ClassVar, Self

from config.settings import CHINA


@dataclass(frozen=True, slots=True, order=True)
class CalendarPeriod(ABC):
    """Number `number` of its sort in `year`."""

    year: int
    number: int

    written: ClassVar[re.Pattern[str]]
    """How it is written, year and number as groups."""
    sort: ClassVar[str]
    """What it is and how to write one, for messages."""

    def __post_init__(self) -> None:
        _ = self.first  # a ValueError where there is no such day

    @classmethod
    def of(cls, instant: datetime) -> Self:
        """The period that `instant`, an aware datetime, falls in by the calendar of China.

        Raises:
            ValueError: `instant` is naive and may mean another period on another machine.
        """
        if instant.tzinfo is None:
            raise ValueError(f"naive datetime {instant!r}: give it a time zone")
        return cls.with_day(instant.astimezone(CHINA).date())

    @classmethod
    @abstractmethod
    def with_day(cls, day: date) -> Self:
        """The period that `day` lies in."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """The period written as `text`.

        Raises:
            ValueError: the text is not of that form, or there is no such period.
        """
        written = cls.written.fullmatch(text)
        if written is None:
            raise ValueError(f"{text!r} is not {cls.sort}")
        try:
            return cls(int(written[1]), int(written[2]))
        except ValueError as error:
            raise ValueError(f"{text!r} does not exist: {error}") from error

    @property
    @abstractmethod
    def first(self) -> date:
        """Its first day."""

    @abstractmethod
    def before(self, many: int) -> Self:
        """The period that lies `many` of them earlier."""

    @property
    def last(self) -> date:
        """Its last day."""
        return self.before(-1).first - timedelta(days=1)

    @property
    @abstractmethod
    def label(self) -> str:
        """Its name within the year, in Chinese."""

    @property
    @abstractmethod
    def title(self) -> str:
        """Its name, in Chinese."""

    @property
    def start(self) -> datetime:
        """Its first instant."""
        return datetime.combine(self.first, time(), CHINA)

    @property
    def end(self) -> datetime:
        """The first instant after it."""
        return self.before(-1).start
