"""When reports are due."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.months import Month, Period, parse_period
from config.settings import CHINA
from config.weeks import Week
from reports.weekly.schedule import MADE_UP, due

MONDAY = datetime(2026, 11, 23, 8, tzinfo=CHINA)
"""Of 2026-W48."""
moments = st.integers(min_value=0, max_value=3_786_912_000).map(
    lambda second: datetime.fromtimestamp(second, tz=CHINA)
)


def test_the_week_is_due_on_monday_at_eight() -> None:
    assert due(Week, MONDAY, ()) == [Week(2026, 47)]
    assert due(Week, MONDAY - timedelta(microseconds=1), ()) == [Week(2026, 46)]
    assert due(Week, MONDAY + timedelta(days=6), {Week(2026, 47)}) == []


def test_the_month_is_due_on_the_first_at_eight() -> None:
    first = datetime(2027, 1, 1, 8, tzinfo=CHINA)
    assert due(Month, first, ()) == [Month(2026, 12)]
    assert due(Month, first - timedelta(seconds=1), {Month(2026, 11)}) == []


def test_what_was_missed_is_made_up_oldest_first() -> None:
    issued: set[Period] = {Week(2026, 43), Week(2026, 46), Month(2026, 10)}
    assert due(Week, MONDAY, issued) == [Week(2026, 44), Week(2026, 45), Week(2026, 47)]
    assert due(Month, MONDAY, issued) == []
    assert len(due(Week, MONDAY, {Week(2020, 1)})) == MADE_UP


@given(moments, st.sampled_from([Week, Month]))
def test_whatever_is_due_is_over(now: datetime, kind: type[Week] | type[Month]) -> None:
    for period in due(kind, now, ()):
        assert period.end + timedelta(hours=8) <= now
        assert now < period.before(-1).end + timedelta(hours=8)


@given(moments)
def test_every_instant_belongs_to_exactly_one_month(instant: datetime) -> None:
    month = Month.of(instant)
    neighbours = [month.before(distance) for distance in (-2, -1, 0, 1, 2)]
    assert [each for each in neighbours if each.start <= instant < each.end] == [month]
    assert month.before(1).end == month.start
    assert parse_period(str(month)) == month


@pytest.mark.parametrize("text", ["2026-13", "2026-1", "November", "2026-W54", ""])
def test_what_is_no_period_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=repr(text)):
        parse_period(text)
