"""Empty stores for tests: SQLite files, databases of one PostgreSQL server, or both in turn."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import count

import pytest
from sqlalchemy import Engine

from tests.postgres import Cluster, cluster
from tests.recorded import fresh_store

NewStore = Callable[[], AbstractContextManager[Engine]]
"""Opens stores, each of its own and empty but for the bureaus."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """PostgreSQL, the same for all tests; one that wants to kill it starts a server of its own."""
    with cluster() as server:
        yield server


@pytest.fixture(scope="session")
def new_sqlite(tmp_path_factory: pytest.TempPathFactory) -> NewStore:
    folder = tmp_path_factory.mktemp("stores")
    places = (folder / str(number) for number in count(1))
    return lambda: fresh_store(next(places))


@pytest.fixture
def engine(new_sqlite: NewStore) -> Iterator[Engine]:
    """A store of the test's own, empty but for the bureaus; in `tests/store` one of each kind in turn."""
    with new_sqlite() as engine:
        yield engine


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def new_store(request: pytest.FixtureRequest) -> NewStore:
    """Whatever uses this runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        new: NewStore = request.getfixturevalue("new_sqlite")
        return new
    server: Cluster = request.getfixturevalue("postgres")
    return server.store
