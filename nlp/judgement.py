"""What the law of a day and the policy make of one mention, once it has been read."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from config.policy import CANCELLED, NO_CATALOGUE, STATUTE, RowId
from events.types import Kind, PosterType, Severity, Strength, Verdict
from nlp.clause import Candidate
from nlp.occupation import OccupationReader
from nlp.resolution import UNKNOWN
from nlp.rules import Rules

_MATTERS: Final = 10_000


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


class _Matter(NamedTuple):
    """All that the judgement on one mention depends on; the same few come again and again."""

    qualification: str
    name: str
    """As written, of a qualification that the catalogue does not know."""
    strength: Strength
    tie: str
    """Id of the statutory tie between the paper and the post; empty where there is none."""
    family: str
    """The family of posts, for a licence whose scope is known; empty where the ad does not tell."""
    on: date
    poster: PosterType
    named: bool
    """Whether the ad names its employer."""


class _Case(NamedTuple):
    """The row that a mention falls under, and the articles that speak of its paper."""

    row: RowId
    statutes: tuple[str, ...]


class Judge:
    """Applies one set of rules; it keeps no mention for the next, only what is to be said of the like."""

    def __init__(self, rules: Rules) -> None:
        self._catalogue = rules.catalogue
        self._policy = rules.policy
        occupations = OccupationReader(rules.data.occupations)
        # The mentions of an ad come one after another.
        self._families = lru_cache(maxsize=1)(occupations.families)
        self._post = lru_cache(maxsize=1)(occupations.clear)
        self._decided = lru_cache(maxsize=_MATTERS)(self._decide)

    def judge(self, candidate: Candidate, situation: Situation) -> Judgement:
        """The judgement on a candidate whose qualification and strength have been read."""
        qualification = candidate.qualification
        return self._decided(
            _Matter(
                qualification=qualification,
                name=candidate.name if qualification == UNKNOWN else "",
                strength=candidate.strength,
                tie=self._tie(candidate, situation),
                family=self._family(qualification, situation),
                on=situation.on,
                poster=situation.poster,
                named=bool(situation.company),
            )
        )

    def _tie(self, candidate: Candidate, situation: Situation) -> str:
        scopes = self._policy.scopes
        if not scopes.has_ties(candidate.qualification):
            return ""
        tie = scopes.tie(
            candidate.qualification,
            candidate.written + candidate.head,
            families=self._families(situation.title),
            told=f"{situation.title} {situation.company}",
        )
        return tie.id if tie is not None else ""

    def _family(self, qualification: str, situation: Situation) -> str:
        if self._policy.scopes.licence(qualification) is None:
            return ""
        return self._post(situation.title, situation.text)

    def _decide(self, matter: _Matter) -> Judgement:
        edition = self._catalogue.edition_on(matter.on)
        kind, name, pending = self._what(matter)
        case = self._case(matter, kind, pending=pending)
        verdict, basis = self._verdict(case, matter) if edition.items else ("none", (NO_CATALOGUE,))
        policy, poster = self._policy, matter.poster
        return Judgement(
            name=name,
            qualification=matter.qualification or None,
            kind=kind,
            edition=edition.id,
            row=case.row,
            verdict=verdict,
            severity=policy.severity_of(case.row, verdict, poster=poster, named=matter.named),
            basis=basis,
            ended_by=self._ended_by(matter.qualification, matter.on) if CANCELLED in basis else "",
            measure=policy.measure(verdict, poster),
            suggestion=policy.suggestion(case.row, verdict, name),
        )

    def _what(self, matter: _Matter) -> tuple[Kind, str, bool]:
        """Kind, name and whether it is pending; an unknown name is kind `other`, for the curation tray."""
        if matter.qualification == UNKNOWN:
            return "other", matter.name, False
        standing = self._catalogue.standing(matter.qualification, matter.on)
        return standing.kind, self._catalogue.qualifications[matter.qualification].name, standing.pending

    def _ended_by(self, qualification: str, on: date) -> str:
        """The document that ended the paper; empty where the catalogue names none."""
        if qualification == UNKNOWN:
            return ""
        record = self._catalogue.standing(qualification, on).record
        return record.citation if record is not None and record.document else ""

    def _case(self, matter: _Matter, kind: Kind, *, pending: bool) -> _Case:
        statutes = self._policy.statutes
        if kind == "licensing":
            row = self._licensed(matter, pending=pending)
            return _Case(row, statutes("licence", matter.qualification, matter.on))
        if matter.tie:
            return _Case("statutory_tie", statutes("tie", matter.tie, matter.on))
        return _Case(kind, (STATUTE,))

    def _licensed(self, matter: _Matter, *, pending: bool) -> RowId:
        if self._policy.scopes.scope(matter.qualification, matter.family) == "outside":
            return "licensing_elsewhere"
        return "pending" if pending else "licensing"

    def _verdict(self, case: _Case, matter: _Matter) -> tuple[Verdict, tuple[str, ...]]:
        verdict = self._policy.verdict(case.row, matter.strength, matter.poster)
        grounds = self._policy.grounds_of(case.row, verdict, matter.strength, matter.poster)
        return verdict, tuple(
            text for ground in grounds for text in (case.statutes if ground == STATUTE else (ground,))
        )
