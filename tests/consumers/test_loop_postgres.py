"""The record stage over a PostgreSQL that fails in every way a database fails; in the end nothing differs."""

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from consumers.failures import Patience
from consumers.loop import Conduct, Loop, Point
from consumers.record import record_stage
from consumers.runner import Stop
from events.embedded import EmbeddedLog
from events.types import CheckedAd
from store.database import connect, snapshot
from store.errors import DatabaseFull
from store.models import Case
from tests.consumers.pipeline import SESSION, ads, conduct, pipeline, state, work
from tests.factory import WEDNESDAY
from tests.postgres import MIGRATED, Cluster, cluster
from tests.processes import PATIENCE

MESSAGES = ads(60)


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The state after a run that nothing disturbed, on SQLite."""
    with pipeline(tmp_path_factory.mktemp("golden"), *MESSAGES) as (engine, log):
        work(engine, log)
        return state(engine, log)


House = tuple[Engine, EmbeddedLog]


@pytest.fixture
def house(tmp_path: Path, postgres: Cluster) -> Iterator[House]:
    """A store on PostgreSQL, and a log whose ads have been read and wait to be recorded."""
    with checked(tmp_path, postgres) as house:
        yield house


@contextmanager
def checked(folder: Path, server: Cluster) -> Iterator[House]:
    with pipeline(folder, *MESSAGES, store=server.store()) as (engine, log):
        work(engine, log, stages=["check"])
        yield engine, log


def once(act: Callable[[], object], *, at: Point = "before_database_commit") -> Callable[[Point], None]:
    """Does `act` the second time that the loop comes to the point `at`."""
    passed: list[Point] = []

    def reached(point: Point) -> None:
        passed.append(point)
        if point == at and passed.count(at) == 2:
            act()

    return reached


def outages(logs: Sequence[Any]) -> list[str]:
    return [str(line["error"]) for line in logs if line["event"] == "outage, will try again"]


def test_a_connection_that_is_broken_off(house: House, postgres: Cluster, golden: dict[str, Any]) -> None:
    engine, log = house
    ours = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{engine.url.database}'"
    with capture_logs() as logs:
        work(engine, log, reached=once(lambda: postgres.run(f"{ours} AND application_name = 'qingdan'")))
    (outage,) = outages(logs)
    assert "terminating connection due to administrator command" in outage
    assert state(engine, log) == golden


@pytest.mark.parametrize("point", ["before_database_commit", "after_database_commit"])
def test_a_server_that_dies_and_comes_back(point: Point, tmp_path: Path, golden: dict[str, Any]) -> None:
    with cluster() as server, checked(tmp_path, server) as (engine, log):
        waits: list[float] = []

        def pause(seconds: float) -> bool:
            waits.append(seconds)
            if len(waits) == 3:
                server.start()
            return False

        patience = Patience(pause=pause, first=0.01, longest=0.05)
        work(engine, log, patience=patience, reached=once(server.kill, at=point))
        assert len(waits) == 3
        assert state(engine, log) == golden


def locking(first: str, second: str) -> list[Any]:
    """Locks two bureaus, one after the other."""
    return [text(f"SELECT 1 FROM bureaus WHERE code = '{code}' FOR UPDATE") for code in (first, second)]


def test_a_deadlock(house: House, golden: dict[str, Any]) -> None:
    engine, log = house
    ours, theirs = locking("110000", "310000"), locking("310000", "110000")
    both = threading.Barrier(2, timeout=PATIENCE)
    rival: list[threading.Thread] = []

    def hold_and_wait() -> None:
        with engine.begin() as connection:
            # The loop looks for deadlocks sooner, so it is the one that finds this and is broken off.
            connection.execute(text("SET LOCAL deadlock_timeout = '1min'"))
            connection.execute(theirs[0])
            both.wait()
            connection.execute(theirs[1])

    def record_in_a_knot(session: Session, events: Sequence[CheckedAd]) -> None:
        if not rival:
            rival.append(threading.Thread(target=hold_and_wait))
            rival[0].start()
            session.execute(ours[0])
            both.wait()
            session.execute(ours[1])
        record(session, events)

    with capture_logs() as logs:
        run_dry(engine, log, record_in_a_knot)
    rival[0].join()
    (outage,) = outages(logs)
    assert "deadlock detected" in outage
    assert state(engine, log) == golden


def record(session: Session, events: Sequence[CheckedAd]) -> None:
    effects = record_stage().effects
    assert effects
    effects(session, events)


def run_dry(
    engine: Engine, log: EmbeddedLog, effects: Callable[[Session, Sequence[CheckedAd]], None], **given: Any
) -> None:
    """The record stage with other effects, until nothing is left to do."""
    stage = replace(record_stage(), effects=effects)
    loop = Loop(stage, log=log, engine=engine, conduct=conduct(Stop(), **given))
    while loop.step():
        pass
    assert loop.lag() == 0
    loop.close()


def test_a_serialization_failure(house: House, golden: dict[str, Any]) -> None:
    engine, log = house
    met: list[int] = []

    def record_and_meet(session: Session, events: Sequence[CheckedAd]) -> None:
        record(session, events)
        touch = text("UPDATE bureaus SET email = email WHERE code = '110000'")
        if not met:
            met.append(1)
            with engine.begin() as other:
                other.execute(touch)
        session.execute(touch)

    with capture_logs() as logs:
        run_dry(engine.execution_options(isolation_level="REPEATABLE READ"), log, record_and_meet)
    (outage,) = outages(logs)
    assert "could not serialize access" in outage
    assert state(engine, log) == golden


def wait_long(session: Session) -> None:
    session.execute(text("SELECT pg_sleep(20)"))


def wait_for_a_lock(session: Session) -> None:
    engine = session.get_bind().engine
    with engine.begin() as other:
        other.execute(text("LOCK TABLE bureaus"))
        session.execute(text("LOCK TABLE bureaus"))


def do_nothing(_session: Session) -> None:
    time.sleep(0.3)


@pytest.mark.parametrize(
    ("limit", "too_long", "said"),
    [
        ("statement_timeout", wait_long, "statement timeout"),
        ("lock_timeout", wait_for_a_lock, "lock timeout"),
        ("idle_in_transaction_session_timeout", do_nothing, "connection"),
    ],
)
def test_what_takes_too_long(
    house: House, limit: str, too_long: Callable[[Session], None], said: str, golden: dict[str, Any]
) -> None:
    engine, log = house
    tried: list[int] = []

    def record_slowly(session: Session, events: Sequence[CheckedAd]) -> None:
        if not tried:
            tried.append(1)
            session.execute(text(f"SET LOCAL {limit} = '50ms'"))
            too_long(session)
        record(session, events)

    with capture_logs() as logs:
        run_dry(engine, log, record_slowly)
    (outage,) = outages(logs)
    assert said in outage
    assert state(engine, log) == golden


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of 24 MiB, which only root can make."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    folder = Path(tempfile.mkdtemp(prefix="qingdan-disk-"))
    folder.chmod(0o755)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m,mode=777", "tmpfs", folder],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if mounted.returncode:
        folder.rmdir()
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)
    folder.rmdir()


def fill(folder: Path) -> Path:
    """A file that leaves no room in `folder`."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as out:
        try:
            while True:
                out.write(bytes(65536))
        except OSError:
            return filler


def test_a_full_disk_stops_the_stage_and_loses_nothing(
    small_disk: Path, tmp_path: Path, postgres: Cluster, golden: dict[str, Any]
) -> None:
    space = postgres.new_folder(small_disk / "space")
    postgres.run(f"CREATE TABLESPACE small LOCATION '{space}'")
    postgres.run(f"CREATE DATABASE small TEMPLATE {MIGRATED} TABLESPACE small STRATEGY FILE_COPY")
    engine = connect(postgres.url("small"))
    with pipeline(tmp_path, *MESSAGES) as (_, log):
        work(engine, log, stages=["check"])
        filler = fill(small_disk)
        with pytest.raises(DatabaseFull, match="No space left on device"):
            work(engine, log)
        filler.unlink()
        work(engine, log)
        assert state(engine, log) == golden
    engine.dispose()
    postgres.run("DROP DATABASE small WITH (FORCE)")
    postgres.run("DROP TABLESPACE small")


def test_a_full_disk_is_no_outage_to_wait_for(house: House) -> None:
    engine, log = house

    def no_room(session: Session, _events: Sequence[CheckedAd]) -> None:
        session.execute(text("DO $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full'; END $$"))

    with capture_logs() as logs, pytest.raises(DatabaseFull, match="no room"):
        run_dry(engine, log, no_room)
    assert not outages(logs)
    assert log.consumer("record", [record_stage().topic]).lag() > 0


def restore(server: Cluster, engine: Engine, backup: str) -> None:
    """Put `backup` in the place of the database, while everybody is connected to it."""
    server.run(f"DROP DATABASE {engine.url.database} WITH (FORCE)")
    server.run(f"CREATE DATABASE {engine.url.database} TEMPLATE {backup} STRATEGY FILE_COPY")


@pytest.mark.parametrize("alive", [False, True])
def test_an_older_backup_is_filled_again_from_the_log(
    house: House, postgres: Cluster, golden: dict[str, Any], *, alive: bool
) -> None:
    engine, log = house
    stage = record_stage()
    loop = Loop(stage, log=log, engine=engine, conduct=conduct(Stop()))
    loop.step()
    engine.dispose()
    backup = postgres.new_database(template=str(engine.url.database))
    loop.step()
    if not alive:
        loop.close()
        work(engine, log)
    restore(postgres, engine, backup)
    with capture_logs() as logs:
        if alive:
            while loop.step() or loop.lag():
                pass
            loop.close()
        work(engine, log)
    assert [line["event"] for line in logs].count("database older than log") >= 1
    assert state(engine, log) == golden


def test_an_idle_stage_notices_an_older_backup_by_itself(
    house: House, postgres: Cluster, golden: dict[str, Any]
) -> None:
    engine, log = house
    engine.dispose()
    backup = postgres.new_database(template=str(engine.url.database))
    with closing(Loop(record_stage(), log=log, engine=engine, conduct=conduct(Stop()))) as loop:
        run_idle(loop)
        restore(postgres, engine, backup)
        assert not loop.step(), "there is nothing new in the log"
        assert loop.lag() > 0, "the process asks this every few seconds (consumers/health.py)"
        run_idle(loop)
    assert state(engine, log) == golden


def run_idle(loop: Loop[Any]) -> None:
    deadline = time.monotonic() + PATIENCE
    while loop.step() or loop.lag():
        assert time.monotonic() < deadline


def test_two_stages_that_write_the_same_rows_at_once(
    house: House, tmp_path: Path, golden: dict[str, Any]
) -> None:
    engine, log = house
    failures: list[Exception] = []

    def second_stage() -> None:
        other = EmbeddedLog(tmp_path / "events.db", session=SESSION)
        stage = replace(record_stage(), name="second")
        rival = Loop(stage, log=other, engine=engine, conduct=conduct(Stop(), batch=7))
        try:
            while rival.step():
                pass
        except Exception as error:  # noqa: BLE001 - carried to the test's own thread
            failures.append(error)
        rival.close()
        other.close()

    thread = threading.Thread(target=second_stage)
    thread.start()
    work(engine, log, stages=["record"])
    thread.join()
    assert failures == []
    with snapshot(engine) as session:
        numbers = list(session.scalars(select(Case.number)))
    assert len(set(numbers)) == len(numbers) == len(golden["cases"])
    assert state(engine, log) == golden


def test_patience_at_its_end_leaves_the_batch_to_the_next_process(
    tmp_path: Path, golden: dict[str, Any]
) -> None:
    with cluster() as server, checked(tmp_path, server) as (engine, log):
        patience = Patience(pause=lambda _: False, first=0, tries=3)
        how = Conduct(clock=lambda: WEDNESDAY, patience=patience, batch=20)
        loop = Loop(record_stage(), log=log, engine=engine, conduct=how)
        loop.step()
        server.kill()
        with pytest.raises(Exception, match="connection"):
            loop.step()
        loop.close()
        server.start()
        work(engine, log)
        assert state(engine, log) == golden
