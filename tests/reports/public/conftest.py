"""Running public pages, whose clock stands still until a test moves it."""

from collections.abc import Iterator
from functools import partial
from itertools import count

import pytest
from sqlalchemy import Engine

from crawlers.public.desk import Receipts
from crawlers.public.objection import take_objection
from nlp.reader import Reader
from reports.public.app import public
from reports.public.gate import Desk
from tests.crawlers.pushing import listening
from tests.factory import Clock
from tests.reports.console.browsing import Browser


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Reader.load()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(engine: Engine, reader: Reader, clock: Clock) -> Desk:
    numbers = count(1)
    receipts = Receipts(
        lambda: f"YY-{next(numbers):04}", contact_days=90, seal=lambda contact: f"sealed {contact}"
    )
    return Desk(engine, reader, clock, partial(take_objection, engine, receipts))


@pytest.fixture
def base(desk: Desk) -> Iterator[str]:
    """Address of the pages."""
    with listening(public(desk)) as address:
        yield address


@pytest.fixture
def browser(base: str) -> Browser:
    return Browser(base)
