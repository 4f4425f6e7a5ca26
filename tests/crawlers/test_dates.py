"""Dates are read strictly, as a calendar day in China."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import CHINA
from crawlers.dates import UnreadableDate, is_relative, read_date

TODAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    "written",
    [
        "2024-03-01",
        "2024-3-1",
        "2024/3/1",
        "2024.03.01",
        "2024年3月1日",
        "2024年03月01号",
        "20240301",
        " 2024-03-01 ",
        "2024-03-01 09:15",
        "2024-03-01 09:15:30",
        "2024-03-01T09:15:30+08:00",
        "2024-02-29T16:00:00Z",
        "2024-02-29 20:28:32 UTC",
        "2024-02-29T17:00:00.123456Z",
        "2024-02-29T22:00:00-0500",
        "Thu, 29 Feb 2024 16:00:00 GMT",
        "1709222400",
        "1709222400000",
        "/Date(1709222400000)/",
        "/Date(1709222400000+0800)/",
        "20240301091530",
        "2024-03-01Z",
        "2024-03-01+08:00",
        "Thu Feb 29 16:00:00 UTC 2024",
        "Fri Mar 01 09:00:00 CST 2024",
        "Thu, 29 Feb 2024 16:00:00:0",
        "March 1, 2024",
        "Mar. 01, 2024",
        "Friday, March 1st, 2024",
        "1 March 2024",
        "01-Mar-2024",
        "Posted on March 01, 2024",
    ],
)
def test_spellings_of_one_day(written: str) -> None:
    assert read_date(written, observed=TODAY) == date(2024, 3, 1)


@pytest.mark.parametrize("written", ["", "  ", "None", "nan", "03-01", "3月1日", "03-01发布"])
def test_no_date_or_no_year_is_unclear(written: str) -> None:
    assert read_date(written, observed=TODAY) is None


@pytest.mark.parametrize(
    "written",
    ["2024-02-30", "2024-13-01", "明天", "三天前", "2024-03/01", "20243", "8千-1万", "1970-01-01",
     "1999-12-31", "2027-11-20", "9999-12-31", "0", "1709222400000000", "2024-03-01T99:00:00",
     "Thu, 99 Feb 2024 16:00:00", "٢٠٢٤-٠٣-٠١", "03/12/2024", "Foo 2, 2024", "32 March 2024",
     "99999999999999", "Ma 3, 2024", "2024-03"],
)  # fmt: skip
def test_what_is_unreadable_is_named(written: str) -> None:
    with pytest.raises(UnreadableDate, match="date"):
        read_date(written, observed=TODAY)


@pytest.mark.parametrize(
    ("written", "days"),
    [("今天", 0), ("刚刚", 0), ("08:47发布", 0), ("15分钟前", 0), ("Posted Today", 0), ("昨天", 1),
     ("发布于昨日", 1), ("Posted Yesterday", 1), ("前天", 2), ("3天前", 3), ("30天前更新", 30),
     ("Posted 3 Days Ago", 3)],
)  # fmt: skip
def test_days_that_are_counted_from_the_day_of_reading(written: str, days: int) -> None:
    assert read_date(written, observed=TODAY) == TODAY - timedelta(days=days)
    assert is_relative(written)


@pytest.mark.parametrize("written", ["3小时前", "长期有效", "长期", "不限"])
def test_what_names_no_day_is_unclear(written: str) -> None:
    assert read_date(written, observed=TODAY) is None
    assert not is_relative(written)


def test_nobody_posts_next_week() -> None:
    for days, written in ((1, "2026-11-19"), (366, "2027-11-19")):
        ahead = timedelta(days=days)
        assert read_date(written, observed=TODAY, ahead=ahead) == TODAY + ahead
    with pytest.raises(UnreadableDate, match="1 days after"):
        read_date("2026-11-20", observed=TODAY, ahead=timedelta(days=1))


@given(st.dates(date(2000, 1, 1), TODAY + timedelta(days=366)))
def test_every_plausible_day_comes_back(day: date) -> None:
    for written in (
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y/%m/%d}",
    ):
        assert read_date(written, observed=TODAY) == day


@given(st.datetimes(datetime(2001, 1, 2), datetime(2026, 1, 1)))  # noqa: DTZ001 - given a zone below
def test_an_instant_is_the_day_it_is_in_china(naive: datetime) -> None:
    moment = naive.replace(tzinfo=UTC)
    assert read_date(moment.isoformat(), observed=TODAY) == moment.astimezone(CHINA).date()


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(written: str) -> None:
    try:
        day = read_date(written, observed=TODAY)
    except UnreadableDate:
        return
    assert day is None or day.year >= 2000
