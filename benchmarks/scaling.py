"""What an ad costs, and what a day of many ads needs: `python -m benchmarks.scaling [--kafka] [FOLDER]`.

FOLDER holds the ads as `*.jsonl.gz` (default: the research material beside the checkout). They go from a
file to recorded clues through the real commands, over the embedded log, or one Kafka broker on this machine,
into a PostgreSQL of our own on a disk; once with one process for each stage, once with two. What counts is
processor time, which other work on the machine changes less than the time that passes; that of starting a
process is taken off. docs/scaling.md shows and explains it.

Two processes, the broker and the server need more cores than a small machine has. With `--share 0.25` each
of our processes may run for a quarter of the time only, so that two cores stand for eight slower ones.
"""

import argparse
import itertools
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Final

import psycopg

from benchmarks.pipeline import ads
from config.settings import ROOT
from tests.kafka.broker import Brokers, own_brokers
from tests.kafka.fixtures import fresh
from tests.postgres import Cluster, cluster

COUNT: Final = 20_000
A_DAY: Final = 50_000_000
SECONDS_A_DAY: Final = 86_400
PEAK: Final = 3.0
"""The busiest hour against the mean one."""
BUSY: Final = 0.7
"""The share of a core that may be planned for."""
_TURN: Final = 0.1
"""Seconds within which a process that is held back has its share once."""


_SIZE: Final = """
SELECT sum(pg_total_relation_size(oid)) FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds that passed, and processor seconds of our processes, of PostgreSQL and of the brokers."""

    passed: float
    ours: float
    server: float
    brokers: float

    def less(self, other: "Cost") -> "Cost":
        return Cost(*(mine - theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))

    def line(self, name: str) -> str:
        parts = {"ours": self.ours, "PostgreSQL": self.server, "Kafka": self.brokers}
        each = ", ".join(f"{part} {seconds / COUNT * 1e6:4.0f}" for part, seconds in parts.items())
        return f"{name:12} {self.passed:6.1f} s, {COUNT / self.passed:6,.0f} ads/s; µs an ad: {each}"


@dataclass(frozen=True, slots=True)
class Services:
    """What our processes work with, without brokers over the embedded log; and their share of a core."""

    server: Cluster
    brokers: Brokers | None
    share: float = 1.0

    def busy(self) -> tuple[float, float]:
        return self.server.busy(), self.brokers.busy() if self.brokers else 0.0


def cost(commands: Sequence[Sequence[str]], environment: Mapping[str, str], services: Services) -> Cost:
    """What it costs to run `commands` side by side."""
    before, start = services.busy(), time.perf_counter()
    children = [
        subprocess.Popen(
            [ROOT / "qingdan", *command],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for command in commands
    ]
    with held_back(children, services.share):
        ours = sum(map(ended, children))
    passed = time.perf_counter() - start
    server, brokers = (after - earlier for after, earlier in zip(services.busy(), before, strict=True))
    return Cost(passed, ours, server, brokers)


def ended(child: subprocess.Popen[bytes]) -> float:
    """The processor seconds of `child`, once it has come to its end."""
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{child.args!r} ended with {child.returncode}")
    return usage.ru_utime + usage.ru_stime


@contextmanager
def held_back(children: Sequence[subprocess.Popen[bytes]], share: float) -> Iterator[None]:
    """Lets each of `children` run for `share` of the time, one after the other.

    So that one never waits for a core that another holds.
    """
    over = threading.Event()

    def turns() -> None:
        for child in children:
            tell(child, signal.SIGSTOP)
        while not over.is_set():
            for child in children:
                tell(child, signal.SIGCONT)
                over.wait(share * _TURN)
                tell(child, signal.SIGSTOP)
            over.wait((1 - share * len(children)) * _TURN)
        for child in children:
            tell(child, signal.SIGCONT)

    thread = threading.Thread(target=turns)
    if share < 1:
        thread.start()
    try:
        yield
    finally:
        over.set()
        if share < 1:
            thread.join()


def tell(child: subprocess.Popen[bytes], order: signal.Signals) -> None:
    # Not by the child's own method, which might take the exit status from whoever waits for it.
    with suppress(ProcessLookupError):
        os.kill(child.pid, order)


@contextmanager
def house(services: Services) -> Iterator[tuple[Path, dict[str, str], str]]:
    """An empty state folder, the environment of commands that work on it, and the name of its database."""
    server, brokers = services.server, services.brokers
    database = server.new_database()
    with tempfile.TemporaryDirectory() as scratch:
        given = {"HOME": scratch, "LOG_LEVEL": "ERROR", "DATABASE_URL": server.url(database)}
        if brokers:
            given["EVENTS_URL"] = fresh(brokers.url)
        yield (
            Path(scratch),
            os.environ | {f"QINGDAN_{name}": value for name, value in given.items()},
            database,
        )
    server.run(f"DROP DATABASE {database} WITH (FORCE)")


def split(folder: Path, parts: int, home: Path) -> list[str]:
    """The first ads of `folder` in as many files."""
    lines = list(itertools.islice(ads(sorted(folder.glob("*.jsonl.gz"))), COUNT))
    names = [home / f"ads-{part}.jsonl" for part in range(parts)]
    for part, name in enumerate(names):
        name.write_text("".join(lines[part::parts]), encoding="utf-8")
    return [str(name) for name in names]


def through(folder: Path, processes: int, services: Services) -> dict[str, Cost]:
    """The cost of each stage with so many processes."""
    server = services.server
    with house(services) as (home, environment, database):
        files = split(folder, processes, home)

        def run(*commands: Sequence[str]) -> Cost:
            return cost(commands, environment, services)

        def start(*commands: Sequence[str]) -> Cost:
            return min(run(*commands), run(*commands), key=lambda each: each.passed)

        begun = written(server)
        found = {"door": run(*(["ingest", file] for file in files))}
        known = home / "known.jsonl"
        known.write_text(Path(files[0]).read_text(encoding="utf-8").partition("\n")[0], encoding="utf-8")
        found["door"] = found["door"].less(start(*[["ingest", str(known)]] * processes))
        for stage in ("check", "record"):
            command = ["run", stage, "--until-idle"]
            found[stage] = run(*[command] * processes)
            found[stage] = found[stage].less(start(*[command] * processes))
        print(
            sizes(home, server, database),
            f"; {(written(server) - begun) / COUNT:,.0f} of write-ahead log",
            sep="",
        )
    return found


def written(server: Cluster) -> int:
    """Bytes of the write-ahead log so far."""
    return int(_number(server, "postgres", "SELECT pg_current_wal_lsn() - '0/0'::pg_lsn"))


def sizes(home: Path, server: Cluster, database: str) -> str:
    log = sum(file.stat().st_size for file in home.glob("events.db*"))
    tables = _number(server, database, _SIZE)
    return f"bytes an ad: {log / COUNT:,.0f} in the log, {tables / COUNT:,.0f} in the database"


def _number(server: Cluster, database: str, query: str) -> float:
    with psycopg.connect(server.dsn(database)) as connection:
        found = connection.execute(query.encode()).fetchone()
    assert found
    return float(found[0])


def need(name: str, seconds_an_ad: float) -> str:
    """Cores for the busiest hour of a day with `A_DAY` ads."""
    a_second = A_DAY / SECONDS_A_DAY * PEAK
    return f"{name:12} {a_second * seconds_an_ad / BUSY:5.2f} cores at {a_second:,.0f} ads/s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT.parent / "shared" / "ads")
    parser.add_argument("--kafka", action="store_true")
    parser.add_argument("--share", type=float, default=1.0, help="of a core for each of our processes")
    arguments = parser.parse_args()
    if not (0 < arguments.share <= 1 / 2 or arguments.share == 1):
        parser.error("--share: two processes cannot each have more than half of the time")
    with ExitStack() as closing:
        server = closing.enter_context(cluster(settings=()))
        brokers = closing.enter_context(own_brokers()) if arguments.kafka else None
        print(f"load at the start: {os.getloadavg()[0]:.1f}")
        services = Services(server, brokers, arguments.share)
        one, two = (through(arguments.folder, processes, services) for processes in (1, 2))
    for name, found in one.items():
        print(found.line(name), flush=True)
        print(
            two[name].line(f"{name}, two"), f", {found.passed / two[name].passed:.2f} times as fast", sep=""
        )
    for name, found in one.items():
        print(need(name, found.ours / COUNT))
    print(need("PostgreSQL", sum(found.server for found in one.values()) / COUNT))
    if arguments.kafka:
        print(need("Kafka", sum(found.brokers for found in one.values()) / COUNT))
    print(f"load at the end: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
