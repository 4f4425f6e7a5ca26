from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import CHINA
from config.weeks import Week

instants = st.integers(min_value=0, max_value=3_786_912_000).map(
    lambda second: datetime.fromtimestamp(second, tz=CHINA)
)


@given(instants)
def test_every_instant_belongs_to_exactly_one_week(instant: datetime) -> None:
    week = Week.of(instant)
    neighbours = [week.before(distance) for distance in (-2, -1, 0, 1, 2)]
    assert [each for each in neighbours if each.start <= instant < each.end] == [week]


@given(instants)
def test_weeks_follow_each_other_without_a_gap(instant: datetime) -> None:
    week = Week.of(instant)
    assert week.before(1).end == week.start
    assert week.before(1) < week
    assert Week.parse(str(week)) == week


@pytest.mark.parametrize(
    ("instant", "written"),
    [
        (datetime(2026, 11, 15, 23, 59, 59, tzinfo=CHINA), "2026-W46"),
        (datetime(2026, 11, 16, 0, 0, tzinfo=CHINA), "2026-W47"),
        (datetime(2026, 11, 15, 16, 0, tzinfo=UTC), "2026-W47"),
        (datetime(2026, 12, 31, 12, 0, tzinfo=CHINA), "2026-W53"),
        (datetime(2027, 1, 3, 23, 59, tzinfo=CHINA), "2026-W53"),
        (datetime(2027, 1, 4, 0, 0, tzinfo=CHINA), "2027-W01"),
        (datetime(2024, 12, 30, 0, 0, tzinfo=CHINA), "2025-W01"),
    ],
)
def test_borders_are_midnights_in_china_also_at_the_end_of_the_year(instant: datetime, written: str) -> None:
    assert str(Week.of(instant)) == written


def test_a_week_has_seven_days() -> None:
    week = Week.parse("2026-W53")
    assert week.end - week.start == timedelta(days=7)
    assert (week.first.isoformat(), week.last.isoformat()) == ("2026-12-28", "2027-01-03")


@pytest.mark.parametrize(
    "text", ["", "2026-47", "2026-W00", "2026-W54", "2025-W53", "26-W47", "2026-W47 ", "２０２６-W47"]
)
def test_what_is_no_week_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a week|does not exist"):
        Week.parse(text)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Week.of(datetime(2026, 11, 16))  # noqa: DTZ001
