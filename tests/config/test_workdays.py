"""Working days and the deadlines counted by them."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.tables import DataError
from config.workdays import workdays

DAYS = st.dates(date(2017, 1, 1), date(2030, 12, 31))
COUNTS = st.integers(1, 90)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2026-02-13", True),
        ("2026-02-14", True),  # a Saturday that makes up for the days off of the Spring Festival
        ("2026-02-16", False),
        ("2026-02-24", True),
        ("2020-01-31", False),  # the Spring Festival of 2020 was extended
        ("2026-11-21", False),
        ("2026-11-23", True),
        ("2030-10-01", True),  # nobody knows the holidays of 2030 yet
    ],
)
def test_a_day_is_worked_or_off_as_arranged(day: str, *, worked: bool) -> None:
    assert workdays().is_workday(date.fromisoformat(day)) is worked


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-20", 2, "2026-11-24"),
        ("2026-09-24", 1, "2026-09-28"),
        ("2026-09-30", 5, "2026-10-13"),  # seven days off, then the Saturday that is worked
        ("2026-02-13", 2, "2026-02-24"),
    ],
)
def test_a_period_of_working_days_passes_over_holidays(start: str, days: int, end: str) -> None:
    assert workdays().after(date.fromisoformat(start), days) == (date.fromisoformat(end), True)


def test_a_period_of_calendar_days_that_ends_on_a_day_off_ends_after_it() -> None:
    assert workdays().calendar_days_after(date(2026, 9, 24), 7) == (date(2026, 10, 8), True)
    assert workdays().calendar_days_after(date(2026, 11, 16), 7) == (date(2026, 11, 23), True)


def test_a_deadline_in_a_year_without_arrangement_says_so() -> None:
    assert workdays().after(date(2026, 12, 30), 2) == (date(2027, 1, 1), False)


@given(start=DAYS, days=COUNTS)
def test_a_deadline_is_a_working_day_with_so_many_before_it(start: date, days: int) -> None:
    end = workdays().after(start, days).day
    assert workdays().is_workday(end)
    assert workdays().between(start, end) == days
    assert workdays().between(end, start) == -days


@given(start=DAYS, days=COUNTS)
def test_a_longer_period_ends_later(start: date, days: int) -> None:
    assert workdays().after(start, days).day < workdays().after(start, days + 1).day
    end = workdays().calendar_days_after(start, days).day
    assert end >= start + timedelta(days=days)
    assert workdays().is_workday(end)


@pytest.mark.parametrize("days", [0, -1])
def test_a_period_without_days_is_refused(days: int) -> None:
    with pytest.raises(ValueError, match="has no end"):
        workdays().after(date(2026, 1, 5), days)
    with pytest.raises(ValueError, match="has no end"):
        workdays().calendar_days_after(date(2026, 1, 5), days)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{sources: [a], free: [2027-01-02], worked: []}", "free: 2027-01-02 is a Saturday or Sunday anyway"),
        ("{sources: [a], free: [], worked: [2027-01-01]}", "worked: 2027-01-01 is no Saturday or Sunday"),
        ("{sources: [], free: [], worked: []}", "years.2027.sources"),
        ("{sources: [a], free: [2026-12-31], worked: []}", "years.2027: 2026-12-31 is in another year"),
        ("{sources: [a], free: [2027-02-30], worked: []}", "line 2: '2027-02-30' is no date"),
    ],
)
def test_a_wrong_arrangement_is_refused_by_field(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "workdays.yaml"
    file.write_text(f"years:\n  2027: {content}\n", encoding="utf-8")
    with pytest.raises(DataError) as error:
        workdays.__wrapped__(file)
    assert message in str(error.value)
