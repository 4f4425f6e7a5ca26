"""A desk for public reports, over a store and a log of the test's own."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Engine

from crawlers.board import load_boards
from crawlers.by_host import HostRun, Hosts
from crawlers.public.desk import Given, ReportDesk
from crawlers.public.fetch import fetch_reported
from crawlers.public.report import report_of
from crawlers.run import House
from store.database import snapshot
from store.report_standings import Standing, standing_of
from tests.crawlers.pushing import NOW
from tests.crawlers.serving import (
    open_database,
    open_log,
)


def numbered() -> Any:
    numbers = count(1)
    return lambda: f"JB-{next(numbers)}"


@dataclass
class Days:
    """A clock that a test moves by days, and that never shows the same moment twice."""

    day: int = 0
    _ticks: Iterator[int] = field(default_factory=count)

    def __call__(self) -> datetime:
        return NOW + timedelta(days=self.day, seconds=next(self._ticks))


@dataclass
class Office:
    """A desk for reports, and what becomes of them."""

    engine: Engine
    desk: ReportDesk
    clock: Days

    def report(self, **fields: str) -> Given:
        return self.desk.take(report_of(fields), channel="staff")

    def fetch(self, *, local: str = "", most: int = 100) -> list[HostRun | int]:
        house = House(open_database, open_log, self.clock)
        return list(fetch_reported(house, Hosts(load_boards(), local), most=most))

    def standing(self, receipt: str = "JB-1") -> Standing:
        with snapshot(self.engine) as session:
            return standing_of(session, receipt)
