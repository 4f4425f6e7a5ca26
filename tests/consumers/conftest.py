"""A store and a log of the test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from events.embedded import EmbeddedLog
from tests.consumers.pipeline import pipeline


@pytest.fixture
def house(tmp_path: Path) -> Iterator[tuple[Engine, EmbeddedLog]]:
    with pipeline(tmp_path) as house:
        yield house
