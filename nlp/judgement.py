"""What the law of a day and the policy make of one mention, once it has been read."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from config.policy import CANCELLED, NO_CATALOGUE, STATUTE, RowId
from config.scopes import Tie
from events.types import Kind, PosterType, Severity, Verdict
from nlp.clause import Candidate
from nlp.occupation import OccupationReader
from nlp.resolution import UNKNOWN
from nlp.rules import Rules


@dataclass(frozen=True, slots=True)
class Situation:
    """What the verdicts on an ad's mentions depend on beside the words of each."""

    on: date
    """The day whose law applies."""
    poster: PosterType
    company: str
    """The employer as written; empty where the ad names none."""
    title: str
    """The ad's title, normalised: it tells the post."""
    text: str
    """Its text, normalised."""


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
    ended_by: str
    measure: str
    suggestion: str


class _Case(NamedTuple):
    """The row that a mention falls under, and the articles that speak of its paper."""

    row: RowId
    statutes: tuple[str, ...]


class Judge:
    """Applies one set of rules; it keeps nothing of one mention for the next."""

    def __init__(self, rules: Rules) -> None:
        self._catalogue = rules.catalogue
        self._policy = rules.policy
        self._occupations = OccupationReader(rules.data.occupations)

    def judge(self, candidate: Candidate, situation: Situation) -> Judgement:
        """The judgement on a candidate whose qualification and strength have been read."""
        edition = self._catalogue.edition_on(situation.on)
        kind, name, pending = self._what(candidate, situation.on)
        case = self._case(candidate, kind, situation, pending=pending)
        verdict, basis = (
            self._verdict(case, candidate, situation) if edition.items else ("none", (NO_CATALOGUE,))
        )
        policy, poster = self._policy, situation.poster
        return Judgement(
            name=name,
            qualification=candidate.qualification or None,
            kind=kind,
            edition=edition.id,
            row=case.row,
            verdict=verdict,
            severity=policy.severity_of(case.row, verdict, poster=poster, named=bool(situation.company)),
            basis=basis,
            ended_by=self._ended_by(candidate.qualification, situation.on) if CANCELLED in basis else "",
            measure=policy.measure(verdict, poster),
            suggestion=policy.suggestion(case.row, verdict, name),
        )

    def _what(self, candidate: Candidate, on: date) -> tuple[Kind, str, bool]:
        """Kind, name and whether it is pending; an unknown name is kind `other`, for the curation tray."""
        if candidate.qualification == UNKNOWN:
            return "other", candidate.name, False
        standing = self._catalogue.standing(candidate.qualification, on)
        return standing.kind, self._catalogue.qualifications[candidate.qualification].name, standing.pending

    def _ended_by(self, qualification: str, on: date) -> str:
        """The document that ended the paper; empty where the catalogue names none."""
        if qualification == UNKNOWN:
            return ""
        record = self._catalogue.standing(qualification, on).record
        return record.citation if record is not None and record.document else ""

    def _case(self, candidate: Candidate, kind: Kind, situation: Situation, *, pending: bool) -> _Case:
        statutes = self._policy.statutes
        if kind == "licensing":
            row = self._licensed(candidate.qualification, situation, pending=pending)
            return _Case(row, statutes("licence", candidate.qualification, situation.on))
        tie = self._tie(candidate, situation)
        if tie is not None:
            return _Case("statutory_tie", statutes("tie", tie.id, situation.on))
        return _Case(kind, (STATUTE,))

    def _licensed(self, qualification: str, situation: Situation, *, pending: bool) -> RowId:
        family = self._occupations.clear(situation.title, situation.text)
        if self._policy.scopes.scope(qualification, family) == "outside":
            return "licensing_elsewhere"
        return "pending" if pending else "licensing"

    def _tie(self, candidate: Candidate, situation: Situation) -> Tie | None:
        scopes = self._policy.scopes
        if not scopes.has_ties(candidate.qualification):
            return None
        return scopes.tie(
            candidate.qualification,
            candidate.written + candidate.head,
            families=self._occupations.families(situation.title),
            told=f"{situation.title} {situation.company}",
        )

    def _verdict(
        self, case: _Case, candidate: Candidate, situation: Situation
    ) -> tuple[Verdict, tuple[str, ...]]:
        strength, poster = candidate.strength, situation.poster
        verdict = self._policy.verdict(case.row, strength, poster)
        grounds = self._policy.grounds_of(case.row, verdict, strength, poster)
        return verdict, tuple(
            text for ground in grounds for text in (case.statutes if ground == STATUTE else (ground,))
        )
