"""What several tests of the front door work with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crawlers.public.desk import Receipts, ReportDesk
from events import topics
from events.connect import open_log as open_log_at
from events.log import Log
from tests.crawlers.reporting import Days, Office, numbered
from tests.crawlers.serving import (
    open_database,
    open_log,
)
from tests.recorded import migrated


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    """An embedded log with all topics."""
    log = open_log_at("embedded:", file=tmp_path / "events.db")
    log.ensure_topics(topics.ALL, partitions=2)
    yield log
    log.close()


@pytest.fixture
def office(home: Path) -> Iterator[Office]:
    (home / "qingdan.db").write_bytes(migrated())
    engine, log, clock = open_database(), open_log(), Days()
    desk = ReportDesk(engine, log.producer(), clock=clock, receipts=Receipts(numbered(), 90))
    yield Office(engine, desk, clock)
    log.close()
    engine.dispose()
