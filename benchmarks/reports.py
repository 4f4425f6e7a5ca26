"""Time and memory of weekly reports: `python -m benchmarks.reports [--clues N …] [--editions N]`.

A SQLite store is filled with made-up cases of one week (`benchmarks/many_clues.py`). A process of its own
then reads the week of the nation, builds the report and writes it in every format; printed are processor time
and size of each, and the most memory that the process had. With `--editions` so many bureaus' editions, or a
few more, are written as pages too: by `qingdan report weekly --all-bureaus`, as often as it takes, each time
by new processes into a new folder.

Baselines, in the same run: the rows of the week's clues by bare SQL, as JSON; and the same for each bureau's
area, a file each, by one process. Goals: 10,000 clues in all formats within 60 s and 1 GB, and ten times the
time for ten times the clues; 3,000 editions within 5 minutes on two processors.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import Connection, text

from benchmarks.many_clues import NOW, fill
from config.bureaus import load_bureaus
from config.settings import ROOT
from config.weeks import Week
from reports.weekly.publish import WRITERS, Order, report_of
from store.bureaus import load_bureaus_into
from store.clusters import join_waiting
from store.database import connect, snapshot, upgrade

CLUES: Final = (10_000, 100_000)
GOAL_SECONDS: Final = 60
GOAL_MEGABYTES: Final = 1024
GOAL_EDITIONS: Final = 3_000
GOAL_MINUTES: Final = 5
SPAN: Final = timedelta(days=2)
"""From Monday on, so that all lies in the week of `NOW`."""
BARE: Final = """
SELECT clues.*, cases.number, ads.url, ad_versions.title, employers.name AS employer
FROM clues JOIN cases ON cases.id = clues.case_id JOIN ads ON ads.id = clues.ad_id
JOIN ad_versions ON ad_versions.id = clues.version_id LEFT JOIN employers ON employers.id = clues.employer_id
"""
OF_AREA: Final = "WHERE clues.division BETWEEN :first AND :last"
Found = TypeVar("Found")


def main() -> None:
    arguments = _arguments()
    if arguments.measure:
        measure(arguments.measure)
        return
    for clues in arguments.clues:
        with tempfile.TemporaryDirectory() as home:
            _fill(Path(home), clues)
            print(f"\n{clues:,} clues", flush=True)
            subprocess.run(
                [sys.executable, "-m", "benchmarks.reports", "--measure", home], cwd=ROOT, check=True
            )
            if arguments.editions:
                write_editions(Path(home), arguments.editions)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clues", type=int, nargs="+", default=CLUES)
    parser.add_argument("--editions", type=int, default=0, metavar="N", help="of bureaus, written as pages")
    parser.add_argument("--measure", metavar="FOLDER", help=argparse.SUPPRESS)
    return parser.parse_args()


def _url(home: Path) -> str:
    return f"sqlite:///{home}/qingdan.db"


def _fill(home: Path, clues: int) -> None:
    engine = connect(_url(home))
    upgrade(engine)
    load_bureaus_into(engine)
    fill(engine, clues, span=SPAN)
    join_waiting(engine)
    engine.dispose()


def measure(home: str) -> None:
    """Write the nation's report in every format and say what each step took."""
    before = time.process_time()
    _timed("baseline", lambda: _bare(home))
    bare = time.process_time() - before
    order = Order(period=Week.of(NOW), bureau="000000")
    with snapshot(connect(_url(Path(home)))) as session:
        report = _timed("read and build", lambda: report_of(session, order))
    for name, write in WRITERS.items():
        _timed(name, lambda write=write: write(report))  # type: ignore[misc]
    whole = time.process_time() - before - bare
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(report.cases):,} cases; all formats: {whole:.1f} s (goal {GOAL_SECONDS} for 10,000 clues), "
          f"{memory:,.0f} MB (goal {GOAL_MEGABYTES:,})")  # fmt: skip


def _timed(step: str, work: Callable[[], Found]) -> Found:
    started = time.process_time()
    found = work()
    size = f", {len(found) / 1e6:.1f} MB" if isinstance(found, bytes) else ""
    print(f"{step:>15}  {time.process_time() - started:6.1f} s of processor time{size}", flush=True)
    return found


def _bare(home: str) -> bytes:
    with connect(_url(Path(home))).connect() as connection:
        return _as_json(connection, BARE)


def _as_json(connection: Connection, query: str, **given: str) -> bytes:
    rows = [dict(row) for row in connection.execute(text(query), given).mappings()]
    return json.dumps(rows, ensure_ascii=False, default=str).encode()


def write_editions(home: Path, wanted: int) -> None:
    """Write the pages of all bureaus as the command does, on all processors, and say what that took."""
    codes = [bureau.code for bureau in load_bureaus()]
    rounds = -(-wanted // len(codes))
    before = time.process_time()
    bare_editions(home, codes)
    bare = (time.process_time() - before) * rounds
    started, before = time.monotonic(), _used_by_children()
    for number in range(rounds):
        _write_all(home, home / f"editions-{number}")
    clock, used = time.monotonic() - started, _used_by_children() - before
    written = len(list(home.glob("editions-*/*/*/*.html")))
    assert written == rounds * len(codes), f"{written} pages instead of {rounds} × {len(codes)}"
    each = used / (os.cpu_count() or 1)
    print(
        f"{written:,} editions of bureaus: {used:.0f} s of processor time, {each:.0f} s for each processor "
        f"(goal {GOAL_EDITIONS:,} in {60 * GOAL_MINUTES} on 2), {clock:.0f} s by the clock; "
        f"{used / bare:.0f} times the baseline of {bare:.1f} s"
    )


def bare_editions(home: Path, codes: Iterable[str]) -> None:
    """The clues of each bureau's area, a file each."""
    with connect(_url(home)).connect() as connection:
        for code in codes:
            area = code[: (len(code.rstrip("0")) + 1) // 2 * 2]
            found = _as_json(connection, BARE + OF_AREA, first=area.ljust(6, "0"), last=area.ljust(6, "9"))
            (home / f"{code}.json").write_bytes(found)


def _write_all(home: Path, folder: Path) -> None:
    command = [sys.executable, "-m", "cli", "report", "weekly", "--all-bureaus"]
    which = ["--week", str(Week.of(NOW)), "--out", str(folder)]
    setting = os.environ | {"QINGDAN_HOME": str(home)}
    subprocess.run([*command, *which], cwd=ROOT, env=setting, check=True, capture_output=True)


def _used_by_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
