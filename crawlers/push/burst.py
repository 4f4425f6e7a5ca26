"""Whether a publisher suddenly pushes many times as much as it ever did: then a person looks at it first."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Engine

from config.settings import CHINA
from store.database import snapshot
from store.push import pushed_ads

TIMES: Final = 10
"""Ads of one day, in ads of the fullest day before, that are still usual."""
FEWEST: Final = 1000
"""So many ads of one day are never too many."""
LOOKED_BACK: Final = timedelta(days=28)


@dataclass(slots=True)
class _Day:
    """A source on one day."""

    day: date
    usual: int
    """Ads of the fullest day before; 0 where there was none."""
    ads: int
    """New and changed ads of this day so far."""


class Bursts:
    """What each source pushed lately; read from the store once a day, and counted on from there."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock
        self._days: dict[str, _Day] = {}

    def excess(self, source: str, more: int) -> str:
        """Why `more` ads of `source` would be too many today; empty when they are not.

        A source without an earlier day has nothing to be measured by.
        """
        today = self._today(source)
        most = max(TIMES * today.usual, FEWEST)
        if not today.usual or today.ads + more <= most:
            return ""
        return (
            f"{today.ads + more:,} new or changed ads in one day, more than {TIMES} times those of the "
            f"fullest of the last {LOOKED_BACK.days} days, {today.usual:,}"
        )

    def note(self, source: str, ads: int) -> None:
        """Count ads that came today, also those that are held."""
        self._today(source).ads += ads

    def _today(self, source: str) -> _Day:
        now = self._clock().astimezone(CHINA)
        known = self._days.get(source)
        if known is None or known.day != now.date():
            known = self._days[source] = self._read(source, now)
        return known

    def _read(self, source: str, now: datetime) -> _Day:
        by_day = Counter[date]()
        with snapshot(self._engine) as session:
            for moment, ads in pushed_ads(session, source, since=now - LOOKED_BACK):
                by_day[moment.astimezone(CHINA).date()] += ads
        today = by_day.pop(now.date(), 0)
        return _Day(now.date(), max(by_day.values(), default=0), today)
