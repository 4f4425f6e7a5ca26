"""Loading the data and looking up a name: `python -m benchmarks.catalogue`, on one core.

Measured in the same run, in processor time, each the best of several rounds: loading the catalogue, the words
and the policy against the bare parsing of the same files; the standing of a name on a day against a bare
`dict.get`. Exit status 1 when one is over its budget.
"""

import csv
import os
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

import yaml

from config import policy, reading
from config.catalogue import loader
from config.catalogue.lint import check
from config.catalogue.model import Catalogue
from config.tables import DATA

LOAD_BUDGET: Final = 0.3
"""Seconds."""
LINT_BUDGET: Final = 1.0
"""Seconds."""
LOOKUP_BUDGET: Final = 10e-6
"""Seconds."""
ROUNDS: Final = 7
DAYS: Final = (date(2016, 6, 1), date(2018, 1, 1), date(2020, 11, 1), date(2024, 6, 1))


def best(work: Callable[[], object]) -> float:
    """Seconds of processor time of the quickest of `ROUNDS` runs."""
    seconds = []
    for _ in range(ROUNDS):
        started = time.process_time()
        work()
        seconds.append(time.process_time() - started)
    return min(seconds)


def load_all() -> None:
    loader.load()
    reading.load()
    policy.load()


def parse_all() -> None:
    """The least that any loader does: split the rows, parse the YAML."""
    words = (DATA / f"{name}.yaml" for name in (*reading.FILES, "policy", "scopes"))
    for path in (*words, *loader.FOLDER.glob("*.yaml")):
        # The same C loader that config.tables uses, so that only our own part is compared.
        yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)  # noqa: TID251
    for path in loader.FOLDER.glob("*.tsv"):
        _parse_rows(path)


def _parse_rows(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as lines:
        for _ in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            pass


def look_up(catalogue: Catalogue, names: list[str]) -> None:
    """Every name on every one of `DAYS`."""
    for day in DAYS:
        for name in names:
            found = catalogue.find(name)
            if found is None:
                raise SystemExit(f"{name}: an alias that is not found")
            catalogue.standing(found.id, day)


def get_each(table: dict[str, str], names: list[str]) -> None:
    for _ in DAYS:
        for name in names:
            table.get(name)


def report(name: str, seconds: float, bare: float, *, budget: float, unit: str) -> bool:
    """Prints one line; whether `seconds` is within its budget. `unit` is ms or µs."""
    scale = {"ms": 1e3, "µs": 1e6}[unit]
    print(
        f"{name}: {seconds * scale:.2f} {unit} (budget {budget * scale:.0f} {unit}); "
        f"baseline {bare * scale:.3f} {unit}, ratio {seconds / bare:.1f}"
    )
    return seconds <= budget


def main() -> None:
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    catalogue = loader.load()
    names = list(catalogue.aliases)
    asked = len(names) * len(DAYS)
    held = f"{len(catalogue.qualifications)} qualifications, {len(names)} names"
    print(f"{held}, {len(catalogue.editions)} states of the law")
    table = dict.fromkeys(names, "")
    parsed = best(parse_all)
    good = [
        report("load all data", best(load_all), parsed, budget=LOAD_BUDGET, unit="ms"),
        report("load and lint it", best(check), parsed, budget=LINT_BUDGET, unit="ms"),
        report(
            "find a name, standing on a day",
            best(lambda: look_up(catalogue, names)) / asked,
            best(lambda: get_each(table, names)) / asked,
            budget=LOOKUP_BUDGET,
            unit="µs",
        ),
    ]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
