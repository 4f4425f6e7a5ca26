"""What the servers of pages are tested with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from events.embedded import EmbeddedLog
from events.log import Log
from events.topics import ALL


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    """The log that holds dead letters and takes in what is reported."""
    opened = EmbeddedLog(tmp_path / "events.db")
    opened.ensure_topics(ALL, partitions=1)
    yield opened
    opened.close()
