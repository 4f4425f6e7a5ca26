import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from store.bureaus import load_bureaus_into
from store.database import connect, revision, snapshot, transaction, upgrade
from store.intake import start_run
from store.models import Base, Bureau, CaseEvent, Finding, Run
from store.recording import record
from tests.factory import WEDNESDAY, checked_ad, finding, job_ad, mention


# SQLite has none of the indexes that are meant.
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_migrations_build_exactly_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    with engine.connect() as connection:
        before = revision(connection)
    upgrade(engine)
    with engine.connect() as connection:
        assert before is not None
        assert revision(connection) == before


def test_the_folder_of_a_new_database_is_created(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'new' / 'folder' / 'q.db'}")
    upgrade(engine)
    engine.dispose()
    assert (tmp_path / "new" / "folder" / "q.db").stat().st_size > 0


def test_a_failed_transaction_leaves_nothing_behind(engine: Engine) -> None:
    with pytest.raises(RuntimeError, match="stop"), transaction(engine) as session:  # noqa: PT012
        start_run(session, kind="file", source="x", now=WEDNESDAY)
        raise RuntimeError("stop")
    with snapshot(engine) as session:
        assert session.scalar(select(func.count()).select_from(Run)) == 0


def test_a_snapshot_does_not_see_what_is_committed_meanwhile(engine: Engine) -> None:
    with snapshot(engine) as reader:
        before = reader.scalar(select(func.count()).select_from(Run))
        with transaction(engine) as writer:
            start_run(writer, kind="file", source="x", now=WEDNESDAY)
        assert reader.scalar(select(func.count()).select_from(Run)) == before == 0
    with snapshot(engine) as reader:
        assert reader.scalar(select(func.count()).select_from(Run)) == 1


def test_two_writers_that_read_first_both_succeed(engine: Engine) -> None:
    errors: list[Exception] = []

    def work(name: str) -> None:
        try:
            for number in range(20):
                with transaction(engine) as session:
                    session.scalar(select(func.count()).select_from(Run))
                    start_run(session, kind="file", source=f"{name}{number}", now=WEDNESDAY)
        except Exception as error:  # noqa: BLE001 - carried to the test's own thread
            errors.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with snapshot(engine) as session:
        assert session.scalar(select(func.count()).select_from(Run)) == 40


def test_moments_come_back_in_china_time_and_naive_ones_are_refused(engine: Engine) -> None:
    with transaction(engine) as session:
        run_id = start_run(session, kind="file", source="x", now=WEDNESDAY)
    with snapshot(engine) as session:
        started = session.get_one(Run, run_id).started_at
    assert started == WEDNESDAY
    assert started.isoformat() == "2026-11-18T10:30:00+08:00"
    with pytest.raises(StatementError, match="naive"), transaction(engine) as session:
        start_run(session, kind="file", source="y", now=WEDNESDAY.replace(tzinfo=None))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_events SET actor = 'me'",
        "DELETE FROM case_events",
        "UPDATE findings SET quote = '改过'",
        "DELETE FROM findings",
    ],
)
def test_what_was_recorded_is_append_only(engine: Engine, statement: str) -> None:
    with transaction(engine) as session:
        record(session, [checked_ad(job_ad(), mention(), findings=(finding(),))])
    with pytest.raises(IntegrityError, match="append-only"), transaction(engine) as session:
        session.execute(text(statement))
    with snapshot(engine) as session:
        assert set(session.scalars(select(CaseEvent.actor))) == {"machine"}
        assert set(session.scalars(select(Finding.quote))) == {"先就业后付款"}


def test_the_bureaus_of_the_file_are_rows_and_follow_it(engine: Engine) -> None:
    with transaction(engine) as session:
        session.get_one(Bureau, "310000").email = "old@example"
    load_bureaus_into(engine)
    with snapshot(engine) as session:
        assert session.get_one(Bureau, "310000").email != "old@example"
        assert session.get_one(Bureau, "000000").parent is None
