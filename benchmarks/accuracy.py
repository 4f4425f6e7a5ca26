"""How well ads are read: `python -m benchmarks.accuracy [FOLDER] [--note]`.

FOLDER holds the ads and the gold labels (default: the research material beside the checkout). Rules may be
mended on every set but those of `CLOSED` (tests/nlp/labels/README.md): the first three say what to expect of
ads that nobody has looked at, the others how far the reading reaches into trades that real ads lack. With
`--note` their figures also go to the file that the method note of the open dataset is made from.
"""

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from benchmarks.labels import DAY, MADE_UP, LabelledAd, sets
from benchmarks.scoring import Score, Share, agreement
from config.clock import now_in_china
from config.settings import ROOT
from nlp.reader import Reader
from reports.dataset.metadata.measured import COLUMNS, FIGURES, FILE

CLOSED: Final = (
    *("held_out", "held_out_2", "held_out_3"),
    *("trades_5", "trades_7", "trades_9", "trades_11"),
)


def score_of(reader: Reader, ads: Iterable[LabelledAd]) -> Score:
    """The reader's score on labelled ads."""
    score = Score()
    for ad in ads:
        reading = reader.read(title=ad.title, text=ad.text, on=DAY)
        score.add(ad.mentions, reading.mentions, leasing=ad.leasing, said_leasing=reading.leasing)
    return score


def figures(score: Score) -> dict[str, Share]:
    """The figures of one set, in the order of the table."""
    return {
        "ad in violation, precision": score.violation.precision,
        "ad in violation, recall": score.violation.recall,
        "ad with a finding, precision": score.finding.precision,
        "ad with a finding, recall": score.finding.recall,
        "mention, precision": score.found.precision,
        "mention, recall": score.found.recall,
        "kind, of those found": agreement(score.kinds),
        "strength, of those found": agreement(score.strengths),
        "verdict, of those found": agreement(score.verdicts),
        "leasing, precision": score.leasing.precision,
        "leasing, recall": score.leasing.recall,
    }


def table(scores: dict[str, Score]) -> Iterable[str]:
    """Rows of Markdown: each figure with its count and its 95 % Wilson interval."""
    columns = {f"{name} ({score.ads} ads)": figures(score) for name, score in scores.items()}
    yield f"| figure | {' | '.join(columns)} |"
    yield f"| --- |{' --- |' * len(columns)}"
    for figure in next(iter(columns.values())):
        yield f"| {figure} | {' | '.join(_cell(column[figure]) for column in columns.values())} |"


def _cell(share: Share) -> str:
    if not share.total:
        return "none"
    low, high = share.interval
    return f"{share.value:.3f} ({share.right}/{share.total}; {low:.2f} to {high:.2f})"


def confusions(confusion: Counter[tuple[str, str]]) -> Iterable[str]:
    """A row for each label: how many were found and read as what."""
    yield "| label | found | right | read as |"
    yield "| --- | --- | --- | --- |"
    for label in sorted({label for label, _ in confusion}):
        row = Counter({said: times for (truth, said), times in confusion.items() if truth == label})
        wrong = ", ".join(f"{said} {times}" for said, times in row.most_common() if said != label)
        yield f"| {label} | {row.total()} | {row[label]} | {wrong} |"


def note(scores: dict[str, Score], rules_version: str) -> Iterable[tuple[str, ...]]:
    """Rows under `COLUMNS`: the figures of the closed sets that the method note tells."""
    day = now_in_china().date().isoformat()
    made_up = {path.stem for path in MADE_UP}
    for name in CLOSED:
        shares = figures(scores[name])
        for figure in FIGURES:
            counts = str(scores[name].ads), figure, str(shares[figure].right), str(shares[figure].total)
            yield (name, "made_up" if name in made_up else "real", *counts, day, rules_version)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path, nargs="?", default=ROOT.parent / "shared")
    asked.add_argument("--note", action="store_true", help=f"write {FILE.name} of the open dataset, too")
    given = asked.parse_args()
    if not (given.folder / "gold").is_dir():
        sys.exit(f"no gold labels in {given.folder}")
    reader = Reader.load()
    scores = {name: score_of(reader, ads) for name, ads in sets(given.folder).items()}
    print(*table(scores), sep="\n")
    for name, score in scores.items():
        for what, confusion in (("kinds", score.kinds), ("strengths", score.strengths)):
            print(f"\n{name}: {what}\n", *confusions(confusion), sep="\n")
    if given.note:
        with FILE.open("w", encoding="utf-8", newline="") as file:
            lines = csv.writer(file, dialect="excel-tab", lineterminator="\n")
            lines.writerows([COLUMNS, *note(scores, reader.rules.version)])


if __name__ == "__main__":
    main()
