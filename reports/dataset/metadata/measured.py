"""How well the rules read ads, as measured on labelled ads: the figures that the method note tells.

`python -m benchmarks.accuracy --note` writes them into `accuracy.tsv`; nobody writes them by hand.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from config import wilson

FILE: Final = Path(__file__).with_name("accuracy.tsv")
COLUMNS: Final = ("set", "ads_are", "ads", "figure", "right", "total", "day", "rules_version")
FIGURES: Final = (
    "ad in violation, precision",
    "ad in violation, recall",
    "mention, precision",
    "mention, recall",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One set of labelled ads that nobody mends rules on, with its `FIGURES`."""

    name: str
    made_up: bool
    """Written for the purpose, over trades that real ads lack; otherwise ads of boards."""
    ads: int
    figures: tuple[str, ...]
    """Each as `0.952 (20/21; 0.77–0.99)`: share, counts and 95 % Wilson interval."""
    day: str
    rules_version: str


def measured(file: Path = FILE) -> Iterator[Measured]:
    """The sets of `file`, in its order."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, dialect="excel-tab"))
    for name in dict.fromkeys(row["set"] for row in rows):
        of_set = {row["figure"]: row for row in rows if row["set"] == name}
        first = of_set[FIGURES[0]]
        yield Measured(
            name=name,
            made_up=first["ads_are"] == "made_up",
            ads=int(first["ads"]),
            figures=tuple(_told(int(of_set[each]["right"]), int(of_set[each]["total"])) for each in FIGURES),
            day=first["day"],
            rules_version=first["rules_version"],
        )


def _told(right: int, total: int) -> str:
    if not total:
        return "—"
    low, high = wilson.interval(right, total)
    return f"{right / total:.3f} ({right}/{total}; {low:.2f}–{high:.2f})"
