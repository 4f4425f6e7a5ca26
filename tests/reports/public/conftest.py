"""Running public pages, whose clock stands still until a test moves it."""

from collections.abc import Iterator
from functools import partial
from itertools import count

import pytest
from sqlalchemy import Engine

from crawlers.public.desk import Receipts, ReportDesk
from crawlers.public.form import report_told, take_report
from crawlers.public.objection import take_objection
from events.log import Log
from nlp.reader import Reader
from reports.public.app import public
from reports.public.gate import Desk, Intake
from tests.crawlers.pushing import listening
from tests.factory import Clock
from tests.reports.console.browsing import Browser


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Reader.load()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def receipts(kind: str) -> Receipts:
    numbers = count(1)
    return Receipts(lambda: f"{kind}-{next(numbers):04}", 90, lambda contact: f"sealed {contact}")


@pytest.fixture
def desk(engine: Engine, reader: Reader, clock: Clock, log: Log) -> Iterator[Desk]:
    reports = ReportDesk(engine, log.producer(), clock=clock, receipts=receipts("JB"))
    intake = Intake(
        partial(take_objection, engine, receipts("YY")),
        partial(take_report, reports),
        partial(report_told, engine),
    )
    yield Desk(engine, reader, clock, intake)
    reports.close()


@pytest.fixture
def base(desk: Desk) -> Iterator[str]:
    """Address of the pages."""
    with listening(public(desk)) as address:
        yield address


@pytest.fixture
def browser(base: str) -> Browser:
    return Browser(base)
