"""The console under many eyes: `python -m benchmarks.console [--sqlite] [--clues N] [--folder F]`.

A store is filled with made-up cases (`benchmarks/many_clues.py`): by default 1,000,000 clues in a PostgreSQL
of our own, with its default settings, on a disk; with `--sqlite` 100,000 in a file. Then 20 people of the
ministry, of provinces and of cities, who are logged in, ask `qingdan console` for pages over HTTP: each view
of the work list, each filter, search for words frequent and rare, and after every second list for a case on
it. First each waits for a second on average before he asks again, as somebody does who at least looks at the
page; then nobody waits, so that 20 requests are always under way. The goal holds for each kind of page while
people look at them; which kinds miss it is told, and exits with 1. With `--folder` the store stays there, and
the next run takes it as it is.

The baseline, asked for in the same rounds, is a page of the same server that shows nothing of the database
but who is logged in; and the bare SQL of one page of the list.
"""

import argparse
import http.client
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime
from http import HTTPStatus
from math import inf
from pathlib import Path
from random import Random
from statistics import quantiles
from typing import Final
from urllib.parse import urlencode

from sqlalchemy import Engine, select, text

from benchmarks.many_clues import PEOPLE, fill
from config.settings import CHINA, ROOT
from reports.console.gate import COOKIE
from reports.console.words import VIEWS
from store.account_models import Account
from store.accounts import add_account, admit
from store.bureaus import load_bureaus_into
from store.database import connect, transaction, upgrade
from tests.postgres import Cluster
from tests.processes import processor_seconds

CLUES: Final = {"postgresql": 1_000_000, "sqlite": 100_000}
GOALS: Final = {"postgresql": 0.2, "sqlite": 0.3}
"""Seconds that 95 of 100 pages of a kind may take at most."""
EMPTY: Final = "empty page"
CASE_PAGE: Final = "case page"
GROUPS: Final = {"work list": ("list,", "filter,"), "search": ("search,",), "case page": (CASE_PAGE,)}
"""How the kinds of a group begin."""
BUREAUS: Final = ("000000", "310000", "330000", "440000", "330100", "420100", "510100", "130200")
USERS: Final = 20
PAUSE: Final = 1.0
"""Seconds, on average."""
OPENED: Final = 0.5
"""The share of lists of which a case is opened."""
CASE: Final = re.compile(rb'href="(/cases/QD[^"/]+)"')
BARE: Final = "SELECT * FROM cases ORDER BY opened_at DESC, number DESC LIMIT 51"
Kinds = dict[str, Sequence[str]]
Times = dict[str, list[float]]


def addresses(engine: Engine) -> Kinds:
    """What is asked for, by the name it has in the table of results."""
    with engine.connect() as connection:
        numbers = connection.scalars(text("SELECT number FROM cases ORDER BY id LIMIT 2000")).all()
        employer = connection.scalars(text("SELECT name FROM employers ORDER BY id LIMIT 1")).one()
    found: Kinds = {EMPTY: ["/password"]}
    found |= {f"list, {view}": [listed(view=view)] for view in VIEWS}
    found["list, a further page"] = [listed(view="all", after=number) for number in numbers[:200]]
    searched = {
        "a frequent word": "电工", "a rare word": "插花员", "no word": "麒麟", "a character": "焊",
        "two words": "电工 物业", "an employer": employer, "a number": numbers[0],
    }  # fmt: skip
    found |= {f"search, {name}": [listed(view="all", words=words)] for name, words in searched.items()}
    filters = {
        "employer": employer[:2], "qualification": "评茶", "severity": "grey", "week": "2026-W20",
        "board": "board-30", "bureau": "330100",
    }  # fmt: skip
    found |= {f"filter, {name}": [listed(**{name: value})] for name, value in filters.items()}
    return found


def listed(**asked: str) -> str:
    return f"/cases?{urlencode(asked)}"


def admitted(engine: Engine) -> list[str]:
    """The tokens of people who are logged in."""
    tokens, now = [secrets.token_urlsafe(32) for _ in range(USERS)], datetime.now(CHINA)
    with transaction(engine) as session:
        for number, token in enumerate(tokens):
            name, bureau = PEOPLE[number], BUREAUS[number % len(BUREAUS)]
            if not session.scalar(select(Account.name).where(Account.name == name)):
                account = Account(
                    name=name, role="reviewer", bureau=bureau, password="-", created_at=now, attempts=0
                )
                add_account(session, account, by="benchmark")
                session.flush()
            admit(session, name, token, now, address="")
    return tokens


@contextmanager
def served(url: str, home: Path) -> Iterator[tuple[int, int]]:
    """Process id and port of a console over this database."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    given = {"HOME": str(home), "DATABASE_URL": url, "LOG_LEVEL": "ERROR"}
    server = subprocess.Popen(
        [ROOT / "qingdan", "console", "--port", str(port)],
        env=os.environ | {f"QINGDAN_{name}": value for name, value in given.items()},
    )
    try:
        await_port(port)
        yield server.pid, port
    finally:
        server.terminate()
        server.wait()


def await_port(port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


class User:
    """One person, who asks for one page after another until the time is over."""

    def __init__(self, port: int, token: str, kinds: Kinds, pause: float) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._cookie = {"Cookie": f"{COOKIE}={token}"}
        self._kinds, self._pause = kinds, pause
        self._chance = Random(token)
        self.times: Times = defaultdict(list)

    def look(self, until: float) -> None:
        while time.monotonic() < until:
            kind = self._chance.choice(list(self._kinds))
            cases = CASE.findall(self._ask(kind, self._chance.choice(self._kinds[kind])))
            if cases and self._chance.random() < OPENED:
                self._ask(CASE_PAGE, self._chance.choice(cases).decode())
        self._connection.close()

    def _ask(self, kind: str, address: str) -> bytes:
        time.sleep(self._chance.uniform(0, 2 * self._pause))  # never as long as the server keeps a connection
        start = time.perf_counter()
        self._connection.request("GET", address, headers=self._cookie)
        answer = self._connection.getresponse()
        page = answer.read()
        if answer.status == HTTPStatus.OK:
            self.times[kind].append(time.perf_counter() - start)
        elif answer.status != HTTPStatus.NOT_FOUND:  # a bureau may be beyond the user's area
            raise RuntimeError(f"{address}: {answer.status}")
        return page


def ask(port: int, tokens: Sequence[str], kinds: Kinds, *, seconds: float, pause: float) -> Times:
    until = time.monotonic() + seconds
    users = [User(port, token, kinds, pause) for token in tokens]
    with ThreadPoolExecutor(len(users)) as pool:
        for done in [pool.submit(user.look, until) for user in users]:
            done.result()
    times: Times = defaultdict(list)
    for user in users:
        for kind, some in user.times.items():
            times[kind] += some
    return times


def report(times: Times, goal: float) -> list[str]:
    """Print what each kind and each group took; which kinds miss the goal, of seconds."""
    print(f"{'milliseconds':24}{'p50':>8}{'p95':>8}{'p99':>8}{'pages':>8}")
    missed = [kind for kind, some in sorted(times.items()) if _tell(kind, some, goal) and kind != EMPTY]
    print()
    for name, begins in GROUPS.items():
        _tell(name, [each for kind, some in times.items() if kind.startswith(begins) for each in some], goal)
    _tell("all but the empty page", [each for kind in times.keys() - {EMPTY} for each in times[kind]], goal)
    return missed


def _tell(name: str, times: Sequence[float], goal: float) -> bool:
    """Print one line; whether 95 of 100 pages took longer than `goal`."""
    if len(times) < 2:
        return False
    parts = quantiles(times, n=100, method="inclusive")
    p50, p95, p99 = (parts[place - 1] for place in (50, 95, 99))
    numbers = f"{p50 * 1e3:8.0f}{p95 * 1e3:8.0f}{p99 * 1e3:8.0f}{len(times):8,}"
    print(f"{name:24}{numbers}{'  misses the goal' if p95 > goal else ''}", flush=True)
    return p95 > goal


def bare(engine: Engine) -> float:
    """Milliseconds of one page's bare SQL, the median of 200."""
    times = []
    with engine.connect() as connection:
        for _ in range(200):
            start = time.perf_counter()
            connection.exec_driver_sql(BARE).all()
            times.append(time.perf_counter() - start)
    return sorted(times)[100] * 1e3


def filled(url: str, home: Path, clues: int) -> Engine:
    """The store at `url`, filled unless a note in `home` says that it is.

    Raises:
        SystemExit: it holds another number of clues, or is half filled.
    """
    engine, note = connect(url), home / "filled"
    upgrade(engine)
    if note.exists() and int(note.read_text()) == clues:
        print(f"{clues:,} clues, kept from an earlier run", flush=True)
        return engine
    with engine.connect() as connection:
        if connection.scalar(text("SELECT count(*) FROM employers")):
            sys.exit(f"{home} holds other clues than are asked for, or is half filled; take another folder")
    load_bureaus_into(engine)
    start = time.perf_counter()
    cases = fill(engine, clues)
    note.write_text(str(clues))
    print(f"{clues:,} clues in {cases:,} cases, written in {time.perf_counter() - start:.0f} s", flush=True)
    return engine


def look(engine: Engine, url: str, home: Path, seconds: float) -> list[str]:
    """Print what pages take; the kinds that miss the goal while people look at them."""
    kinds, tokens, goal = addresses(engine), admitted(engine), GOALS[engine.dialect.name]
    missed: list[str] = []
    print(f"bare SQL of a page: {bare(engine):.1f} ms")
    engine.dispose()
    with served(url, home) as (process, port):
        ask(port, tokens, kinds, seconds=min(seconds, 10), pause=PAUSE)
        for pause in (PAUSE, 0.0):
            load, busy, began = os.getloadavg()[0], processor_seconds(process), time.monotonic()
            times = ask(port, tokens, kinds, seconds=seconds, pause=pause)
            passed, pages = time.monotonic() - began, sum(map(len, times.values()))
            busy = processor_seconds(process) - busy
            print(f"\n{USERS} users, {pause:g} s between pages; load before {load:.1f}")
            print(
                f"{pages / passed:.0f} pages/s, {busy / pages * 1e3:.1f} ms of the console's processor each"
            )
            # The goal is for people who look at what they get.
            missed += report(times, goal if pause else inf)
    return missed


@contextmanager
def database(home: Path, *, sqlite: bool) -> Iterator[str]:
    """The address of a database that keeps its data in `home`, whether or not there is one yet."""
    if sqlite:
        yield f"sqlite:///{home / 'qingdan.db'}"
        return
    fresh = not (home / "data").exists()
    server = Cluster(home, settings=())
    try:
        if fresh:
            server.run("CREATE DATABASE benchmark")
        yield server.url("benchmark")
    finally:
        server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sqlite", action="store_true")
    parser.add_argument("--clues", type=int)
    parser.add_argument("--seconds", type=float, default=60.0, help="of each of the two rounds")
    parser.add_argument("--folder", type=Path, help="where the store is kept for the next run")
    arguments = parser.parse_args()
    clues = arguments.clues or CLUES["sqlite" if arguments.sqlite else "postgresql"]
    with ExitStack() as closing:
        home = arguments.folder or Path(closing.enter_context(tempfile.TemporaryDirectory()))
        home.mkdir(parents=True, exist_ok=True)
        url = closing.enter_context(database(home.resolve(), sqlite=arguments.sqlite))
        missed = look(filled(url, home, clues), url, home, arguments.seconds)
    if missed:
        sys.exit(f"These kinds of pages miss the goal: {'; '.join(missed)}.")
    print("Each kind of page meets the goal.")


if __name__ == "__main__":
    main()
