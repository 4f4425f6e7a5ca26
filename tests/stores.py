"""Empty stores for tests: SQLite files, databases of one PostgreSQL server, or both in turn."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine

from store.database import connect
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
    """Copies of one migrated file: migrating each would take most of the time."""
    folder = tmp_path_factory.mktemp("stores")
    with fresh_store(folder) as engine:
        template = Path(str(engine.url.database))
    numbers = count(1)

    @contextmanager
    def store() -> Iterator[Engine]:
        file = folder / f"{next(numbers)}.db"
        shutil.copyfile(template, file)
        engine = connect(f"sqlite:///{file}")
        yield engine
        engine.dispose()

    return store


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def new_store(request: pytest.FixtureRequest) -> NewStore:
    """Whatever uses this runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        new: NewStore = request.getfixturevalue("new_sqlite")
        return new
    server: Cluster = request.getfixturevalue("postgres")
    return server.store
