"""The one SQLite file behind the embedded log: its tables, its transactions, its failures."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from events.log import LogError, LogUnavailable, TopicPartition, UnknownTopic

BUSY_SECONDS: Final = 10.0
"""How long one process waits for another's write before it counts as an outage."""

OFFSET_BITS: Final = 40
"""A record's row id is its place's id shifted by this, plus its offset: rows of a partition lie together
in order, need no second index, and there is room for 10^12 records in each of 8 million partitions."""

_PAGE_BYTES: Final = 16384
"""Ads of 1 to 4 kB: with SQLite's usual 4 kB pages one row fills one page and half the file is air."""

_TABLES: Final = """
CREATE TABLE places (
    id INTEGER PRIMARY KEY, topic TEXT NOT NULL, partition INTEGER NOT NULL,
    "end" INTEGER NOT NULL DEFAULT 0, start INTEGER NOT NULL DEFAULT 0, UNIQUE (topic, partition));
CREATE TABLE records (id INTEGER PRIMARY KEY, key BLOB NOT NULL, value BLOB NOT NULL, at INTEGER NOT NULL);
CREATE TABLE commits (
    "group" TEXT NOT NULL, place INTEGER NOT NULL REFERENCES places (id), next INTEGER NOT NULL,
    PRIMARY KEY ("group", place)) WITHOUT ROWID;
CREATE TABLE generations ("group" TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE members (
    id TEXT PRIMARY KEY, "group" TEXT NOT NULL, topics TEXT NOT NULL, expires REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE leases (
    "group" TEXT NOT NULL, place INTEGER NOT NULL REFERENCES places (id),
    member TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    PRIMARY KEY ("group", place)) WITHOUT ROWID;
CREATE INDEX leases_member ON leases (member);
"""
_VERSION: Final = 2
_FROM_VERSION_1: Final = "ALTER TABLE places ADD COLUMN start INTEGER NOT NULL DEFAULT 0"


class Place(NamedTuple):
    """A partition as the file knows it."""

    id: int
    where: TopicPartition
    end: int
    start: int
    """Offset of the first record that has not been trimmed."""


class LogFile:
    """One connection to the file. May be handed from thread to thread; transactions take turns."""

    def __init__(self, path: Path, *, survives_power_loss: bool) -> None:
        """Open the file, creating it if need be.

        A commit always survives the death of the process. With `survives_power_loss` it is also forced to
        the disk before it returns (synchronous=FULL); without, a power cut may undo the last commits, all
        of them from some moment on, and never leaves the file inconsistent.

        Raises:
            LogUnavailable: the file cannot be opened.
            LogError: it is no event log, or one of another version.
        """
        self.path = path
        self._turn = threading.RLock()
        with self._translated():
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise LogUnavailable(f"event log {path}: {error}") from error
            self._connection = sqlite3.connect(
                path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._prepare(synchronous="FULL" if survives_power_loss else "NORMAL")

    def _prepare(self, *, synchronous: str) -> None:
        db = self._connection
        db.execute(f"PRAGMA page_size={_PAGE_BYTES}")
        db.execute("PRAGMA journal_mode=WAL")
        db.execute(f"PRAGMA synchronous={synchronous}")
        db.execute("PRAGMA foreign_keys=ON")
        if self._version() == 0:
            self._create()
        if self._version() == 1:
            self._upgrade()
        if self._version() != _VERSION:
            raise LogError(f"event log {self.path}: format {self._version()}, this program knows {_VERSION}")

    def _version(self) -> int:
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        return int(version)

    def _create(self) -> None:
        with self.write() as db:
            if self._version() == 0:
                for statement in _TABLES.split(";\n"):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version={_VERSION}")

    def _upgrade(self) -> None:
        with self.write() as db:
            if self._version() == 1:
                db.execute(_FROM_VERSION_1)
                db.execute(f"PRAGMA user_version={_VERSION}")

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction that is the only writer from its first statement on; all or nothing."""
        with self._turn, self._translated():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """All statements inside see one state of the file; joins a transaction that is already open."""
        with self._turn, self._translated():
            outermost = not self._connection.in_transaction
            if outermost:
                self._connection.execute("BEGIN")
            try:
                yield self._connection
            finally:
                if outermost:
                    self._connection.execute("ROLLBACK")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise LogUnavailable(f"event log {self.path}: {error}") from error
        except sqlite3.DatabaseError as error:
            raise LogError(f"event log {self.path}: {error}") from error

    def places(self, topics: Sequence[str]) -> list[Place]:
        """The partitions of `topics`, topic by topic.

        Raises:
            UnknownTopic: one of them was never created.
        """
        found: list[Place] = []
        with self.read() as db:
            for topic in topics:
                rows = db.execute(
                    'SELECT id, partition, "end", start FROM places WHERE topic = ? ORDER BY 2', (topic,)
                )
                here = [Place(row, TopicPartition(topic, number), *span) for row, number, *span in rows]
                if not here:
                    raise UnknownTopic(f"event log {self.path}: no topic {topic!r}; create it first")
                found += here
        return found

    def close(self) -> None:
        with self._turn, self._translated():
            self._connection.close()
