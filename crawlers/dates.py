"""Reading the dates of postings, strictly: a date is read as the board means it, or refused by name."""

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Final

from config.settings import CHINA

EARLIEST: Final = date(2000, 1, 1)
"""No board is older; an earlier date is a placeholder such as 1970-01-01."""
AHEAD: Final = timedelta(days=366)
"""How far after the observation a closing date may lie: boards never write decades."""
TOMORROW: Final = timedelta(days=1)
"""The same of a date of posting: clocks differ, but nobody posts next week."""
_LONGEST: Final = 64
_NOTHING: Final = frozenset({"none", "null", "nan", "n/a", "undefined", "-"})
"""What programs write in place of no date."""

_TIME: Final = r"(?P<h>\d{1,2})[:时](?P<min>\d{1,2})(?:[:分](?P<s>\d{1,2})(?:\.\d{1,9})?)?[秒分]?"
_ZONE: Final = r"(?P<zone>Z|UTC|GMT|CST|[+-]\d{2}:?\d{2})"
_CALENDAR: Final = re.compile(
    r"(?:(?P<y>\d{4})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})"
    r"|(?P<y2>\d{4})年\s?(?P<m2>\d{1,2})月\s?(?P<d2>\d{1,2})[日号]"
    r"|(?P<y3>\d{4})(?P<m3>\d{2})(?P<d3>\d{2}))"
    rf"(?:[T\s]{{0,3}}{_TIME}\s?{_ZONE}?|Z|[+-]\d{{2}}:\d{{2}})?",
    re.IGNORECASE | re.ASCII,
)
_RUN_TOGETHER: Final = re.compile(r"(\d{4})(\d{2})(\d{2})\d{6}", re.ASCII)
_EPOCH: Final = re.compile(r"(?:/Date\()?(\d{10}(?:\d{3})?)(?:\.0|(?:\+\d{4})?\)/)?", re.ASCII)
_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_IN_WORDS: Final = re.compile(
    r"(?:Posted(?: on)?:? |[A-Za-z]{3,9},? )?(?:(?P<m>[A-Za-z]{3,9})\.? (?P<d>\d{1,2})(?:st|nd|rd|th)?,? "
    r"|(?P<d2>\d{1,2})(?:st|nd|rd|th)?[ -](?P<m2>[A-Za-z]{3,9})\.?[ ,-]{1,2})(?P<y>\d{4})",
    re.IGNORECASE | re.ASCII,
)
_OF_A_PROGRAM: Final = re.compile(
    r"[A-Z][a-z]{2} (?P<m>[A-Z][a-z]{2}) (?P<d>\d{2}) (?P<time>[\d:]{8}) (?P<zone>[A-Z]{3,4}) (?P<y>\d{4})",
    re.ASCII,
)
"""Wed Aug 05 02:00:00 UTC 2026, as Java writes it."""
_RFC_822: Final = re.compile(r"(?:[A-Za-z]{3},\s)?\d{1,2}\s[A-Za-z]{3}\s\d{4}\s.*")


_FRACTION: Final = re.compile(r"(?<=:\d\d):\d{1,3}$", re.ASCII)
"""A fourth part of a time, as in 05:00:00:0."""


class UnreadableDate(ValueError):  # noqa: N818 - reads as what happened
    """The value is no date that can be trusted; the message quotes it."""


def read_date(written: str, *, observed: date, ahead: timedelta = AHEAD) -> date | None:
    """The calendar day in China that `written` means; None when it is empty, or names no day of a year.

    Reads 2024-03-01, 2024/3/1, 2024.3.1, 2024年3月1日, 20240301, each also with a time and a zone (a time
    without a zone is China's), 20240301120000, RFC 822 dates and those of Java, English ones with a month in
    words, Unix time in seconds or milliseconds, and days that are counted from `observed`: 昨天, 3天前.

    Raises:
        UnreadableDate: none of these, or outside 2000-01-01 to `ahead` after `observed`.
    """
    written = written.strip()
    if not written or written.lower() in _NOTHING:
        return None
    return _read(written, observed, ahead)


def is_relative(written: str) -> bool:
    """Is the day counted from the one on which it is read, so that tomorrow other words mean it?"""
    return _AGO.fullmatch(written.strip()) is not None


@lru_cache(maxsize=4096)
def _read(written: str, observed: date, ahead: timedelta) -> date | None:
    if _YEARLESS.fullmatch(written):
        return None
    if ago := _AGO.fullmatch(written):
        return observed - timedelta(days=_days_ago(ago))
    try:
        day = _parse(written[:_LONGEST])
    except (ValueError, OverflowError, OSError, StopIteration):
        raise UnreadableDate(f"unreadable date {written[:_LONGEST]!r}") from None
    if not EARLIEST <= day <= observed + ahead:
        told = (
            f"implausible date {written[:_LONGEST]!r}: not from 2000 to {ahead.days} days after it was read"
        )
        raise UnreadableDate(told)
    return day


_YEARLESS: Final = re.compile(
    r"\d{1,2}[-/.月]\d{1,2}日?(?:发布|更新)?|\d{1,2}(?:个小时|小时)前(?:发布|更新)?|长期(?:有效)?|不限",
    re.ASCII,
)
"""A day without its year; hours ago, which may be today or yesterday; no closing date at all."""
_AGO: Final = re.compile(
    r"(?:(?:发布于|更新于|Posted\s)?(?:"
    r"(?P<today>今[天日]|刚刚|\d{1,2}分钟前|Today|\d{1,2}:\d{2})"
    r"|(?P<yesterday>昨[天日]|Yesterday)|(?P<before>前天)"
    r"|(?P<days>\d{1,2})\s?(?:天前|Days?\sAgo)"
    r")(?:发布|更新)?)",
    re.IGNORECASE | re.ASCII,
)


def _days_ago(found: re.Match[str]) -> int:
    named = {"today": 0, "yesterday": 1, "before": 2}
    return int(found["days"]) if found["days"] else next(named[key] for key in named if found[key])


def _parse(written: str) -> date:
    if match := _CALENDAR.fullmatch(written):
        return _calendar_day(match)
    if match := _RUN_TOGETHER.fullmatch(written):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := _EPOCH.fullmatch(written):
        digits = match[1]
        seconds = int(digits) / (1000 if len(digits) == len("1700000000000") else 1)
        return datetime.fromtimestamp(seconds, tz=CHINA).date()
    if _RFC_822.fullmatch(written):
        moment = parsedate_to_datetime(_FRACTION.sub("", written))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(CHINA).date()
    if match := _OF_A_PROGRAM.fullmatch(written):
        number = _month(match["m"])
        return _parse(f"{match['y']}-{number}-{match['d']} {match['time']} {match['zone']}")
    if match := _IN_WORDS.fullmatch(written):
        return date(int(match["y"]), _month(match["m"] or match["m2"]), int(match["d"] or match["d2"]))
    raise ValueError(written)


def _month(written: str) -> int:
    """The number of a month by its English name, or the beginning of it."""
    name = written.lower()
    return next(number for number, month in enumerate(_MONTHS, start=1) if month.startswith(name))


def _calendar_day(match: re.Match[str]) -> date:
    year, month, day = (int(match[key] or match[f"{key}2"] or match[f"{key}3"]) for key in "ymd")
    hour, minute, second = (int(match[key] or 0) for key in ("h", "min", "s"))
    moment = datetime(year, month, day, hour, minute, second, tzinfo=CHINA)
    zone = (match["zone"] or "CST").upper()  # on Chinese boards CST is China Standard Time
    if zone in {"Z", "UTC", "GMT"}:
        return moment.replace(tzinfo=UTC).astimezone(CHINA).date()
    if zone[0] in "+-":
        hours, minutes = int(zone[1:3]), int(zone[-2:])
        offset = timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1)
        return (moment.replace(tzinfo=UTC) - offset).astimezone(CHINA).date()
    return moment.date()
