"""A migrated database for each test, which runs on SQLite and on PostgreSQL alike."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.stores import NewStore


@pytest.fixture
def engine(new_store: NewStore) -> Iterator[Engine]:
    with new_store() as engine:
        yield engine
