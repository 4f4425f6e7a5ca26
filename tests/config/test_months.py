from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.months import Month, parse_period
from config.settings import CHINA
from config.weeks import Week

instants = st.integers(min_value=0, max_value=3_786_912_000).map(
    lambda second: datetime.fromtimestamp(second, tz=CHINA)
)


@given(instants)
def test_every_instant_belongs_to_exactly_one_month(instant: datetime) -> None:
    month = Month.of(instant)
    neighbours = [month.before(distance) for distance in (-13, -1, 0, 1, 13)]
    assert [each for each in neighbours if each.start <= instant < each.end] == [month]
    assert month.before(1).end == month.start
    assert month.before(1) < month
    assert parse_period(str(month)) == month


@pytest.mark.parametrize(
    ("instant", "written"),
    [
        (datetime(2026, 11, 30, 23, 59, tzinfo=CHINA), "2026-11"),
        (datetime(2026, 11, 30, 16, 0, tzinfo=UTC), "2026-12"),
        (datetime(2024, 2, 29, tzinfo=CHINA), "2024-02"),
        (datetime(2025, 12, 31, 16, 0, tzinfo=UTC), "2026-01"),
    ],
)
def test_borders_are_midnights_in_china(instant: datetime, written: str) -> None:
    assert str(Month.of(instant)) == written


def test_its_days_and_names() -> None:
    leap = Month.parse("2024-02")
    assert (leap.first.isoformat(), leap.last.isoformat()) == ("2024-02-01", "2024-02-29")
    assert (leap.label, leap.title) == ("2 月", "2024 年 2 月")
    assert parse_period("2026-W47") == Week(2026, 47)


@pytest.mark.parametrize("text", ["", "2026-00", "2026-13", "2026-1", "0000-01", "２０２６-11", "2026-W54"])
def test_what_is_no_period_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a (week|month); write it like|does not exist"):
        parse_period(text)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="naive datetime"):
        Month.of(datetime(2026, 11, 1))  # noqa: DTZ001 - what is refused
