"""What the law of a day and the policy make of one mention, once it has been read."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from events.types import Kind, Severity, Verdict
from nlp.clause import Candidate
from nlp.resolution import UNKNOWN
from nlp.rules import Rules


@dataclass(frozen=True, slots=True)
class Situation:
    """What the verdicts on an ad's mentions depend on beside the words of each."""

    on: date
    """The day whose law applies."""
    poster: str
    """Type of the poster."""
    company: str
    """The employer as written; empty where the ad names none."""
    title: str
    """The ad's title, normalised: it tells the post."""


class Judgement(NamedTuple):
    """What is to be said of one mention; its fields are those of `Mention`."""

    name: str
    qualification: str | None
    kind: Kind
    edition: str
    row: str
    verdict: Verdict
    severity: Severity
    basis: tuple[str, ...]
    measure: str
    suggestion: str


class Judge:
    """Applies one set of rules; it keeps nothing of one mention for the next."""

    def __init__(self, rules: Rules) -> None:
        self._catalogue = rules.catalogue
        self._policy = rules.policy

    def judge(self, candidate: Candidate, situation: Situation) -> Judgement:
        """The judgement on a candidate whose qualification and strength have been read."""
        edition = self._catalogue.edition_on(situation.on)
        kind, name = self._what(candidate, situation.on)
        policy, strength = self._policy, candidate.strength
        verdict: Verdict = policy.verdict(kind, strength) if edition.items else "none"
        return Judgement(
            name=name,
            qualification=candidate.qualification or None,
            kind=kind,
            edition=edition.id,
            row=kind,
            verdict=verdict,
            severity=policy.severity_of(verdict, poster=situation.poster, named=bool(situation.company)),
            basis=policy.grounds_of(kind, verdict, strength) if edition.items else ("no-catalogue-yet",),
            measure="",
            suggestion=policy.suggestion(kind, verdict, name),
        )

    def _what(self, candidate: Candidate, on: date) -> tuple[Kind, str]:
        """Kind and name on the day; an unknown name is kind `other`, for the curation tray."""
        if candidate.qualification == UNKNOWN:
            return "other", candidate.name
        name = self._catalogue.qualifications[candidate.qualification].name
        return self._catalogue.standing(candidate.qualification, on).kind, name
