"""How well readings agree with labels: the definitions of the score script that came with the gold labels.

A label and a mention are the same credential when they overlap in the same field; each is paired once, the
longest overlap first. Benign kinds (papers that no policy minds) need not be found and are no false alarm.
Verdicts are those of the guide's default policy, so figures do not move with the policy in use.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from benchmarks.labels import Marked
from config import wilson
from events.types import Kind, Strength, Verdict

BENIGN: Final[frozenset[Kind]] = frozenset({"statutory", "title", "education"})
_UNLICENSED: Final[frozenset[Kind]] = frozenset(
    {"proficiency", "skill_level", "delisted", "post_permit", "other"}
)
_WITHOUT_EFFECT: Final[frozenset[Strength]] = frozenset({"mentioned", "negated"})


@dataclass(frozen=True, slots=True)
class Share:
    """`right` of `total`."""

    right: int
    total: int

    @property
    def value(self) -> float:
        return self.right / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % Wilson interval; (0, 1) when nothing was counted."""
        return wilson.interval(self.right, self.total)


@dataclass(slots=True)
class Tally:
    """Hits, false alarms and misses of one question."""

    hits: int = 0
    false: int = 0
    missed: int = 0

    @property
    def precision(self) -> Share:
        return Share(self.hits, self.hits + self.false)

    @property
    def recall(self) -> Share:
        return Share(self.hits, self.hits + self.missed)

    def add(self, *, truth: bool, said: bool) -> None:
        self.hits += truth and said
        self.false += said and not truth
        self.missed += truth and not said


@dataclass(slots=True)
class Score:
    """Counts over the ads added so far."""

    ads: int = 0
    found: Tally = field(default_factory=Tally)
    violation: Tally = field(default_factory=Tally)
    finding: Tally = field(default_factory=Tally)
    """Ads with a violation or an advisory."""
    leasing: Tally = field(default_factory=Tally)
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(label, reader) of each mention found."""
    strengths: Counter[tuple[str, str]] = field(default_factory=Counter)
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(
        self, labels: Sequence[Marked], said: Sequence[Marked], *, leasing: bool, said_leasing: bool
    ) -> None:
        """Counts one ad."""
        self.ads += 1
        self._count_mentions(labels, said)
        truth, answer = _verdicts(labels), _verdicts(said)
        self.violation.add(truth="violation" in truth, said="violation" in answer)
        self.finding.add(truth=_finding(truth), said=_finding(answer))
        self.leasing.add(truth=leasing, said=said_leasing)

    def _count_mentions(self, labels: Sequence[Marked], said: Sequence[Marked]) -> None:
        pairs = pair(labels, said)
        for i, j in pairs.items():
            label, mention = labels[i], said[j]
            if _counts(label) and _counts(mention):
                self.kinds[label.kind, mention.kind] += 1
                self.strengths[label.strength, mention.strength] += 1
                self.verdicts[verdict(label), verdict(mention)] += 1
            self.found.add(truth=_counts(label), said=_counts(mention))
        self.found.missed += sum(_counts(labels[i]) for i in set(range(len(labels))) - pairs.keys())
        self.found.false += sum(_counts(said[j]) for j in set(range(len(said))) - set(pairs.values()))


def agreement(confusion: Counter[tuple[str, str]]) -> Share:
    """How many of the pairs counted agree."""
    return Share(sum(times for (truth, said), times in confusion.items() if truth == said), confusion.total())


def pair(labels: Sequence[Marked], said: Sequence[Marked]) -> dict[int, int]:
    """Index of each label that a mention overlaps, with that mention's index."""
    overlaps = sorted(
        (
            (overlap, i, j)
            for i, label in enumerate(labels)
            for j, mention in enumerate(said)
            if (overlap := _overlap(label, mention)) > 0
        ),
        reverse=True,
    )
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in overlaps:
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return pairs


def _overlap(one: Marked, other: Marked) -> int:
    return min(one.end, other.end) - max(one.start, other.start) if one.field == other.field else 0


def _counts(mark: Marked) -> bool:
    return mark.kind not in BENIGN


def verdict(mark: Marked) -> Verdict:
    """The guide's default policy on one mention."""
    if mark.strength in _WITHOUT_EFFECT or mark.kind in BENIGN:
        return "none"
    if mark.kind == "licensing":
        return "lawful"
    if mark.kind in _UNLICENSED:
        return "violation" if mark.strength == "required" else "advisory"
    return "advisory" if mark.strength == "required" else "none"


def _verdicts(marks: Sequence[Marked]) -> set[Verdict]:
    return {verdict(mark) for mark in marks}


def _finding(verdicts: set[Verdict]) -> bool:
    return not verdicts.isdisjoint({"violation", "advisory"})
