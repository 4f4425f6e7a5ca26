"""Time and memory of weekly reports: `python -m benchmarks.reports [--clues N …] [--bureaus]`.

A SQLite store is filled with made-up cases of one week (`benchmarks/many_clues.py`). A process of its own
then reads the week of the nation, builds the report and writes it in every format; printed are processor time
and size of each, and the most memory that the process had. With `--bureaus` the reports of all bureaus are
written as pages too, by `qingdan report weekly --all-bureaus`.

Baseline, in the same process: the rows of the week's clues by bare SQL, as JSON. Goals: 10,000 clues in all
formats within 60 s and 1 GB, and ten times the time for ten times the clues; 3,000 editions within 5 minutes.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import text

from benchmarks.many_clues import NOW, fill
from config.settings import ROOT
from config.weeks import Week
from reports.weekly.publish import WRITERS, Order, report_of
from store.bureaus import load_bureaus_into
from store.clusters import join_waiting
from store.database import connect, snapshot, upgrade

CLUES: Final = (10_000, 100_000)
GOAL_SECONDS: Final = 60
GOAL_MEGABYTES: Final = 1024
EDITIONS: Final = 3_000
SPAN: Final = timedelta(days=2)
"""From Monday on, so that all lies in the week of `NOW`."""
BARE: Final = """
SELECT clues.*, cases.number, ads.url, ad_versions.title, employers.name AS employer
FROM clues JOIN cases ON cases.id = clues.case_id JOIN ads ON ads.id = clues.ad_id
JOIN ad_versions ON ad_versions.id = clues.version_id LEFT JOIN employers ON employers.id = clues.employer_id
"""
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
            if arguments.bureaus:
                write_all(Path(home))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clues", type=int, nargs="+", default=CLUES)
    parser.add_argument("--bureaus", action="store_true", help="write those of all bureaus too")
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
        rows = [dict(row) for row in connection.execute(text(BARE)).mappings()]
    return json.dumps(rows, ensure_ascii=False, default=str).encode()


def write_all(home: Path) -> None:
    """Write the pages of all bureaus as the command does, on all processors."""
    command = [sys.executable, "-m", "cli", "report", "weekly", "--all-bureaus", "--week", str(Week.of(NOW))]
    setting = os.environ | {"QINGDAN_HOME": str(home)}
    started, before = time.monotonic(), _used_by_children()
    done = subprocess.run(command, cwd=ROOT, env=setting, check=True, capture_output=True, text=True)
    clock, used = time.monotonic() - started, _used_by_children() - before
    written = len(list((home / "reports").glob("*/*/*.html")))
    assert written, done.stdout
    processors = os.cpu_count() or 1
    print(
        f"{written:,} bureaus as pages: {clock:.0f} s by the clock, {used:.0f} s of processor time; "
        f"{EDITIONS:,} take {used / written * EDITIONS / processors:.0f} s on {processors} processors"
    )


def _used_by_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
