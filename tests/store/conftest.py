"""A migrated database for each test. PostgreSQL joins here; every test then runs on both."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from store.bureaus import load_bureaus_into
from store.database import connect, upgrade


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = connect(f"sqlite:///{tmp_path / 'qingdan.db'}")
    upgrade(engine)
    load_bureaus_into(engine)
    yield engine
    engine.dispose()
