"""Working days in China, by which the deadlines of a case are counted (config/workdays.yaml)."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from config.tables import read_yaml

FILE: Final = Path(__file__).parent / "workdays.yaml"
_SATURDAY: Final = 5
_DAY: Final = timedelta(days=1)


class Arrangement(BaseModel):
    """How the holidays of one year shift days off and days worked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: Annotated[tuple[str, ...], Field(min_length=1)]
    """Addresses of the notices of the General Office of the State Council."""
    free: frozenset[date]
    """Days off from Monday to Friday."""
    worked: frozenset[date]
    """Saturdays and Sundays that are worked."""

    @model_validator(mode="after")
    def _differ_from_the_week(self) -> Self:
        for day in sorted(self.free):
            if day.weekday() >= _SATURDAY:
                raise ValueError(f"free: {day} is a Saturday or Sunday anyway")
        for day in sorted(self.worked):
            if day.weekday() < _SATURDAY:
                raise ValueError(f"worked: {day} is no Saturday or Sunday")
        return self


class Deadline(NamedTuple):
    """The last day of a period."""

    day: date
    arranged: bool
    """Whether the holidays of every year that the period touches are known; else the day may yet move."""


class Workdays(BaseModel):
    """The arrangements of the years; any other year is taken as Monday to Friday."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    years: Mapping[int, Arrangement]

    @model_validator(mode="after")
    def _stay_in_their_year(self) -> Self:
        for year, arrangement in self.years.items():
            strange = [day for day in arrangement.free | arrangement.worked if day.year != year]
            if strange:
                raise ValueError(f"years.{year}: {min(strange)} is in another year")
        return self

    def arranged(self, first: date, last: date) -> bool:
        """Whether the holidays from `first` to `last` are known."""
        return all(year in self.years for year in range(first.year, last.year + 1))

    def is_workday(self, day: date) -> bool:
        """Whether offices are open on `day`."""
        arrangement = self.years.get(day.year)
        if arrangement and day in arrangement.worked:
            return True
        return day.weekday() < _SATURDAY and not (arrangement and day in arrangement.free)

    def after(self, start: date, days: int) -> Deadline:
        """The end of a period of `days` working days, at least one, that begins with `start`.

        The day on which a period begins does not count (民法典第二百零一条).

        Raises:
            ValueError: `days` is less than one.
        """
        if days < 1:
            raise ValueError(f"a period of {days} working days has no end")
        left = days
        for day in _following(start):
            left -= self.is_workday(day)
            if left == 0:
                break
        return Deadline(day, self.arranged(start, day))

    def before(self, end: date, days: int) -> date:
        """The last day after which `days` working days, at least one, lie up to and with `end`.

        Raises:
            ValueError: `days` is less than one.
        """
        if days < 1:
            raise ValueError(f"{days} working days do not lie between two days")
        day, left = end, days
        while left := left - self.is_workday(day):
            day -= _DAY
        return day - _DAY

    def calendar_days_after(self, start: date, days: int) -> Deadline:
        """The end of a period of `days` calendar days, moved to the next working day from a day off.

        (民法典第二百零三条)

        Raises:
            ValueError: `days` is less than one.
        """
        if days < 1:
            raise ValueError(f"a period of {days} days has no end")
        last = start + timedelta(days=days)
        end = next(day for day in _following(last - _DAY) if self.is_workday(day))
        return Deadline(end, self.arranged(start, end))

    def between(self, start: date, end: date) -> int:
        """How many working days lie after `start`, up to and with `end`; negative where `end` is earlier."""
        if end < start:
            return -self.between(end, start)
        return sum(
            map(self.is_workday, (start + _DAY * number for number in range(1, (end - start).days + 1)))
        )


def _following(day: date) -> Iterator[date]:
    while True:
        day += _DAY
        yield day


@lru_cache(maxsize=1)
def workdays(file: Path = FILE) -> Workdays:
    """The working days of `file`.

    Raises:
        DataError: the file is not as expected; names file, line and field.
    """
    return read_yaml(file, Workdays)
