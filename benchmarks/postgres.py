"""The record stage on PostgreSQL against bare COPY: `python -m benchmarks.postgres [FOLDER]`.

FOLDER holds the ads as `*.jsonl.gz` (default: the research material beside the checkout). They are taken in
and read before the clock starts; the record stage then takes them from the embedded log into a server of its
own, with PostgreSQL's default settings, on a disk. The baseline brings the very same rows into the same empty
tables, indexes and foreign keys included, by psycopg's COPY: each table at once, all in one transaction.

The two take turns, `ROUNDS` times; the stage that puts what was recorded into clusters is timed beside them,
and two recorders, each a process of its own, that share the partitions of the log.
Where other work takes the processors, what stage and server were busy tells more than what passed.
"""

import itertools
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import psycopg
from psycopg.types.json import Json
from sqlalchemy import Engine, select

from benchmarks.pipeline import ads
from cli.run import RECORD_BATCH
from config.settings import CHINA, ROOT
from consumers.failures import Patience
from consumers.garbage import as_usual, keep_what_is_loaded
from consumers.loop import Conduct, Loop
from consumers.record import record_stage
from events.embedded import EmbeddedLog
from events.topics import CHECKED
from events.types import CheckedAd
from store import upsert
from store.clusters import join_waiting
from store.database import connect, snapshot
from store.models import Ad, Base, Bureau, Clue
from tests.postgres import Cluster, cluster

COUNT: Final = 20_000
ROUNDS: Final = 3
BATCH: Final = RECORD_BATCH
PATIENCE: Final = 300.0
"""Seconds after which a process that says nothing has failed."""
TABLES: Final = [table for table in Base.metadata.sorted_tables if table is not Bureau.__table__]
Rows = dict[str, Sequence[Any]]


def read_ads(folder: Path, home: Path) -> Path:
    """The log of a house that has taken in and read the first ads of `folder`."""
    small = home / "ads.jsonl"
    with small.open("w", encoding="utf-8") as out:
        out.writelines(itertools.islice(ads(sorted(folder.glob("*.jsonl.gz"))), COUNT))
    environment = os.environ | {"QINGDAN_HOME": str(home), "QINGDAN_LOG_LEVEL": "WARNING"}
    for command in (["ingest", str(small)], ["run", "check", "--until-idle"]):
        subprocess.run([ROOT / "qingdan", *command], env=environment, check=True, capture_output=True)
    return home / "events.db"


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds that passed, and seconds that this process and the server's were busy."""

    passed: float
    busy: float
    server: float


def measure(work: Callable[[], None], server: Cluster) -> Measured:
    start, busy, server_busy = time.perf_counter(), time.process_time(), server.busy()
    work()
    passed = time.perf_counter() - start
    return Measured(passed, time.process_time() - busy, server.busy() - server_busy)


@contextmanager
def recorder(log_file: Path, engine: Engine) -> Iterator[Loop[CheckedAd]]:
    """A member of the record stage, ready to take the log's ads."""
    log = EmbeddedLog(log_file)
    patience = Patience(pause=lambda _seconds: True)
    conduct = Conduct(clock=lambda: datetime.now(CHINA), patience=patience, batch=BATCH)
    with closing(log), closing(Loop(record_stage(), log=log, engine=engine, conduct=conduct)) as loop:
        keep_what_is_loaded()
        yield loop
        as_usual()


def record(log_file: Path, engine: Engine, server: Cluster) -> Measured:
    """The whole record stage, from the log to committed offsets."""
    with recorder(log_file, engine) as loop:
        return measure(lambda: drain(loop), server)


def drain(loop: Loop[CheckedAd]) -> None:
    """Take whatever waits for this member, and what is its share once the others have come."""
    while loop.step() or loop.lag():
        if loop.progress.behind_since is None:
            time.sleep(0.01)  # others are still at theirs


def record_by(members: int, log_file: Path, engine: Engine, server: Cluster) -> Measured:
    """The same by so many processes; the time runs from when all are ready until the last one is done."""
    fork = multiprocessing.get_context("spawn")
    ready, busy = fork.Barrier(members + 1), fork.Queue()
    url = engine.url.render_as_string(hide_password=False)
    children = [fork.Process(target=member, args=(log_file, url, ready, busy)) for _ in range(members)]
    for child in children:
        child.start()
    spent: list[float] = []

    def work() -> None:
        spent.extend(busy.get(timeout=PATIENCE) for _ in children)

    ready.wait(PATIENCE)
    took = measure(work, server)
    for child in children:
        child.join()
    return replace(took, busy=sum(spent))


def member(log_file: Path, url: str, ready: Barrier, busy: "Queue[float]") -> None:
    """One process of `record_by`, which tells how many seconds it was busy."""
    with recorder(log_file, connect(url)) as loop:
        ready.wait(PATIENCE)
        start = time.process_time()
        drain(loop)
        busy.put(time.process_time() - start)


def rewind(log_file: Path) -> None:
    """Make the stage's group start from the beginning again."""
    log = EmbeddedLog(log_file)
    consumer = log.consumer("record", [CHECKED])
    consumer.poll(max_records=0, timeout=0)
    consumer.commit(dict.fromkeys(consumer.assignment(), 0))
    consumer.close()
    log.close()


def written(engine: Engine) -> Rows:
    with snapshot(engine) as session:
        return {table.name: session.execute(select(table)).all() for table in TABLES}


def copy(server: Cluster, database: str, rows: Rows) -> Measured:
    """The same rows by COPY, which cannot be quicker."""
    ready = [(table, [_for_driver(row) for row in rows[table.name]]) for table in TABLES]
    with psycopg.connect(server.dsn(database)) as connection:

        def work() -> None:
            with connection.transaction(), connection.cursor() as cursor:
                for table, values in ready:
                    names = ", ".join(f'"{column.name}"' for column in table.columns)
                    with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as out:
                        for value in values:
                            out.write_row(value)

        return measure(work, server)


def _for_driver(row: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(Json(value) if isinstance(value, list | dict) else value for value in row)


def line(name: str, ads: int, took: Measured, bare: Measured) -> str:
    busy = f"{took.busy:4.1f} s busy, server {took.server:4.1f} s"
    rate = f"{ads / took.passed:7,.0f} ads/s, {bare.passed / took.passed:.2f} of bare COPY"
    return f"{name:32} {took.passed:6.1f} s ({busy}) {rate}"


def sizes(server: Cluster, database: str, ads: int) -> str:
    """Bytes for each ad, by table and with its indexes."""
    with psycopg.connect(server.dsn(database)) as connection:
        found = connection.execute(
            "SELECT relname, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class "
            "WHERE relkind = 'r' AND relname = ANY (%s) ORDER BY 2 DESC",
            [[table.name for table in TABLES]],
        ).fetchall()
    large = [f"{name} {rows / ads:,.0f} + {indexes / ads:,.0f}" for name, rows, indexes in found[:5]]
    rows, indexes = (sum(column) / ads for column in list(zip(*found, strict=True))[1:])
    return f"bytes an ad, rows + indexes: {rows:,.0f} + {indexes:,.0f} ({', '.join(large)})"


def compare(log_file: Path, server: Cluster) -> None:
    """Both once, in turn, and the sizes of what they wrote."""
    with server.store() as engine:
        stage = record(log_file, engine, server)
        rows = written(engine)
        clusters = measure(lambda: join_waiting(engine), server)
    rewind(log_file)
    database = server.new_database()
    bare = copy(server, database, rows)
    total, clues = len(rows[Ad.__tablename__]), len(rows[Clue.__tablename__])
    print(f"{total:,} ads with {clues:,} clues, {sum(map(len, rows.values())):,} rows")
    print(line("bare COPY of the rows", total, bare, bare))
    print(line("record stage", total, stage, bare))
    with server.store() as engine, patch.object(upsert, "MANY", sys.maxsize):
        slow = record(log_file, engine, server)
    rewind(log_file)
    print(line("the same with an INSERT for each", total, slow, bare))
    with server.store() as engine:
        two = record_by(2, log_file, engine, server)
        assert len(written(engine)[Ad.__tablename__]) == total
    rewind(log_file)
    print(line("record stage, two processes", total, two, bare))
    print(line("cluster stage", total, clusters, bare))
    print(sizes(server, database, total), flush=True)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "ads"
    with tempfile.TemporaryDirectory() as scratch, cluster(settings=()) as server:
        log_file = read_ads(folder, Path(scratch))
        for _ in range(ROUNDS):
            compare(log_file, server)


if __name__ == "__main__":
    main()
