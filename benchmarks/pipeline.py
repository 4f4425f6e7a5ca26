"""From a file to a recorded clue, on one core: `python -m benchmarks.pipeline [FOLDER]`.

FOLDER holds the ads as `*.jsonl.gz` (default: the research material beside the checkout). Each part runs as a
process of its own, bound to one core, on an empty state folder; its time is wall time and its memory the peak
the kernel accounts for. The baseline is the least that any such program does: parse the lines and
insert them into one SQLite table in batches.
"""

import gzip
import itertools
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from config.settings import ROOT

SMALL: Final = 10_000
"""Ads of the small run; memory must not grow from here to all of them."""
BATCH: Final = 500
RSS_UNIT: Final = 1024
"""Linux gives the peak memory in KiB."""


@dataclass(frozen=True, slots=True)
class Measured:
    seconds: float
    peak_mib: float


def measure(command: list[str], home: Path) -> Measured:
    """Run `command` on one core with its state in `home`.

    Raises:
        SystemExit: the command found trouble it does not name as rejected rows.
    """
    start = time.perf_counter()
    child = subprocess.Popen(
        command,
        env=os.environ | {"QINGDAN_HOME": str(home), "QINGDAN_LOG_LEVEL": "WARNING"},
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} ended with {child.returncode}")
    return Measured(time.perf_counter() - start, usage.ru_maxrss / RSS_UNIT)


def ads(files: list[Path]) -> Iterator[str]:
    for path in files:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield from lines


def first(files: list[Path], count: int, folder: Path) -> Path:
    """A file with the first `count` ads."""
    path = folder / "small.jsonl"
    with path.open("w", encoding="utf-8") as out:
        out.writelines(itertools.islice(ads(files), count))
    return path


def baseline(files: list[Path], folder: Path) -> int:
    """Parse and insert, nothing else; returns the number of ads."""
    database = sqlite3.connect(folder / "baseline.db")
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE ads (id TEXT PRIMARY KEY, title TEXT, company TEXT, city TEXT, text TEXT)")
    rows = (json.loads(line) for line in ads(files))
    total = 0
    while batch := list(itertools.islice(rows, BATCH)):
        with database:
            database.executemany("INSERT INTO ads VALUES (:id, :title, :company, :city, :text)", batch)
        total += len(batch)
    database.close()
    return total


def run_parts(files: list[Path], home: Path) -> dict[str, Measured]:
    qingdan = str(ROOT / "qingdan")
    return {
        "ingest": measure([qingdan, "ingest", *map(str, files)], home),
        "check and record": measure([qingdan, "run", "check", "record", "--until-idle"], home),
    }


def line(name: str, seconds: float, total: int, bare: float) -> str:
    return f"{name:17} {seconds:6.1f} s {total / seconds:7,.0f} ads/s, {bare / seconds:.3f} of baseline"


def memory(large: Measured, small: Measured) -> str:
    growth = large.peak_mib - small.peak_mib
    return f"peak {large.peak_mib:.0f} MiB, {growth:+.0f} MiB from {SMALL:,} ads"


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "ads"
    files = sorted(folder.glob("*.jsonl.gz"))
    if not files:
        raise SystemExit(f"no *.jsonl.gz in {folder}; give a folder of ads")
    # The processes started below inherit this one core.
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as scratch:
        base = Path(scratch)
        start = time.perf_counter()
        total = baseline(files, base)
        bare = time.perf_counter() - start
        small = run_parts([first(files, SMALL, base)], base / "small")
        large = run_parts(files, base / "large")
    print(f"{total:,} ads; baseline (parse and insert): {bare:.1f} s, {total / bare:,.0f} ads/s")
    for name, part in large.items():
        print(line(name, part.seconds, total, bare), memory(part, small[name]))
    print(line("ingest to clue", sum(part.seconds for part in large.values()), total, bare))


if __name__ == "__main__":
    main()
