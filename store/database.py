"""Connecting to the database, migrating it, and the ways to work with it: `transaction`, `snapshot`."""

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from store.errors import translate_errors
from store.postgresql import READING_MS, postgresql_engine

BUSY_SECONDS: Final = 30
"""How long a writer waits for another process before the database counts as unreachable."""

PRAGMAS: Final = (
    "journal_mode=WAL",
    "foreign_keys=ON",
    # What is deleted is overwritten: the bytes of evidence are personal data.
    "secure_delete=ON",
    # Ids are hashes, so rows go in all over the indexes. 16 MiB of cache keep the upper pages at hand, and
    # a longer WAL (32 MiB) writes a page back once where a short one would write it several times.
    "cache_size=-16384",
    "wal_autocheckpoint=8000",
)

MIGRATIONS: Final = Path(__file__).parent / "migrations"


def connect(url: str) -> Engine:
    """An engine for `url`, SQLite or PostgreSQL, whose errors mean what `store.errors` says."""
    parsed = make_url(url)
    sqlite = parsed.get_backend_name() == "sqlite"
    engine = _sqlite_engine(parsed) if sqlite else postgresql_engine(parsed)
    translate_errors(engine)
    return engine


def _sqlite_engine(url: URL) -> Engine:
    """An engine whose file is created for its user alone, and whose pragmas are set on every connection."""
    if url.database and not (file := Path(url.database)).exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    # The driver opens transactions late and implicitly; ours are opened by `_begin_sqlite` instead.
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later cannot wait for its turn; it fails at once when another
    # process wrote in between. Taking the write lock at the start makes every writer queue instead.
    options = connection.get_execution_options()
    if options.get("qingdan_read_only", False):
        connection.exec_driver_sql("BEGIN")
    else:
        # A power cut may undo the last transactions under NORMAL, never damage the file; the offsets stored
        # in the same transactions then lead the consumers back to the right place in the log.
        level = "FULL" if options.get("qingdan_durable", False) else "NORMAL"
        connection.exec_driver_sql(f"PRAGMA synchronous={level}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def transaction(engine: Engine, *, durable: bool = False) -> Iterator[Session]:
    """A session whose work is committed at the end, or undone if anything is raised.

    Once a `durable` one has ended, it and all before it outlast a power cut; on PostgreSQL all are durable.
    """
    with Session(engine) as session, session.begin():
        if durable:
            session.connection(execution_options={"qingdan_durable": True})
        yield session


@contextmanager
def ahead_of(session: Session) -> Iterator[Session]:
    """A session for rows that may be there although the transaction of `session` is undone.

    On PostgreSQL, who brings the same rows waits until we have ended; so these have a transaction of their
    own, which ends first. SQLite has one writer at a time: there it is `session` itself.
    """
    bind = session.get_bind()
    if bind.dialect.name != "postgresql":
        yield session
        return
    with transaction(bind.engine) as own:
        # What `session` commits is written behind it, and takes it along to the disk.
        own.execute(text("SET LOCAL synchronous_commit = off"))
        yield own


@contextmanager
def snapshot(engine: Engine) -> Iterator[Session]:
    """A session that reads one unchanging state of the database and is never committed."""
    options: dict[str, object] = {"qingdan_read_only": True}
    postgresql = engine.dialect.name == "postgresql"
    if postgresql:
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection, Session(connection) as session:
        if postgresql:
            # What is asked for decides how it is best looked for, so each plan is made for its own values.
            connection.exec_driver_sql(
                f"SET LOCAL statement_timeout = {READING_MS}; SET LOCAL plan_cache_mode = force_custom_plan"
            )
        yield session


def one_at_a_time(connection: Connection, what: str, *, shared: bool = False) -> None:
    """Wait until no other transaction does `what`; it is ours until the transaction ends.

    Those who ask for it `shared` have it together. On SQLite writing transactions take turns anyway.
    """
    if connection.dialect.name == "postgresql":
        take = func.pg_advisory_xact_lock_shared if shared else func.pg_advisory_xact_lock
        connection.execute(select(take(zlib.crc32(what.encode()))))


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest schema; does nothing when it is there already."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection:
        if revision(connection) == ScriptDirectory.from_config(config).get_current_head():
            return
    with engine.begin() as connection:
        one_at_a_time(connection, "migration")
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def revision(connection: Connection) -> str | None:
    """The schema revision the database is at; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()
