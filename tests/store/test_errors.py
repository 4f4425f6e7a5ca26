"""Errors by their meaning, the same on both databases."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DataError, OperationalError

from store.database import connect, snapshot, transaction
from store.errors import DatabaseFull
from store.models import Employer
from store.upsert import insert_new
from tests.factory import WEDNESDAY
from tests.postgres import Cluster
from tests.stores import NewStore


def test_a_full_sqlite_file_is_no_outage(new_sqlite: NewStore) -> None:
    rows = [{"id": str(n), "name": "名" * 1000, "poster": "", "first_seen": WEDNESDAY} for n in range(1000)]
    with new_sqlite() as engine, pytest.raises(DatabaseFull, match="full"), transaction(engine) as session:  # noqa: PT012
        session.execute(text("PRAGMA max_page_count = 100"))
        insert_new(session, Employer, rows)


@pytest.mark.parametrize(
    ("condition", "meaning"),
    [
        ("disk_full", DatabaseFull),
        ("deadlock_detected", OperationalError),
        ("serialization_failure", OperationalError),
        ("read_only_sql_transaction", OperationalError),
        ("idle_in_transaction_session_timeout", OperationalError),
        ("too_many_connections", OperationalError),
        ("program_limit_exceeded", DataError),
        ("string_data_right_truncation", DataError),
    ],
)
def test_what_postgresql_says(postgres: Cluster, condition: str, meaning: type[Exception]) -> None:
    statement = text(f"DO $$ BEGIN RAISE EXCEPTION 'said' USING ERRCODE = '{condition}'; END $$")
    with postgres.store() as engine, pytest.raises(meaning, match="said"), transaction(engine) as session:
        session.execute(statement)


def test_an_unreachable_server_is_an_outage(postgres: Cluster) -> None:
    engine = connect(postgres.url("nowhere").replace("qingdan-pg", "no-such-folder"))
    with pytest.raises(OperationalError, match="connection to server"), transaction(engine) as session:
        session.execute(text("SELECT 1"))
    engine.dispose()


def setting(engine: Engine, name: str, *, reading: bool = False) -> str:
    with snapshot(engine) if reading else transaction(engine) as session:
        return str(session.scalar(text(f"SHOW {name}")))


def test_connections_are_set_up_safely(postgres: Cluster) -> None:
    with postgres.store() as engine:
        assert setting(engine, "application_name") == "qingdan"
        assert setting(engine, "transaction_isolation") == "read committed"
        assert setting(engine, "transaction_isolation", reading=True) == "repeatable read"
        assert setting(engine, "transaction_read_only", reading=True) == "on"
        assert setting(engine, "transaction_read_only") == "off"
        assert setting(engine, "lock_timeout") == "10s"
        assert setting(engine, "synchronous_commit") == "on"
        assert setting(engine, "TimeZone") == "UTC"
        assert setting(engine, "statement_timeout") == "1min"
        assert setting(engine, "statement_timeout", reading=True) == "15min"


def test_the_url_goes_before_our_settings(postgres: Cluster) -> None:
    engine = connect(f"{postgres.url('migrated')}&application_name=mine&options=-c%20lock_timeout%3D3s")
    assert (setting(engine, "application_name"), setting(engine, "lock_timeout")) == ("mine", "3s")
    engine.dispose()


def test_a_snapshot_on_postgresql_writes_nothing(postgres: Cluster) -> None:
    change = text("UPDATE bureaus SET email = ''")
    with (
        postgres.store() as engine,
        pytest.raises(OperationalError, match="read-only"),
        snapshot(engine) as session,
    ):
        session.execute(change)
