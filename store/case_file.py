"""Reading cases: the list an inspector works through, and one case with all that is known of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from store.audit import told_order
from store.case_lines import CaseSummary, has_added, summary, tallies
from store.cases import following, shown_status
from store.casework_models import AuditLink
from store.models import Ad, AdVersion, Case, CaseEvent, Clue, Employer, Sighting
from store.publications import Posting, published_more_than_once
from store.recheck_lines import LookLine, look_lines
from store.withdrawn_ads import gone_ads


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine(CaseSummary):
    """One line of the case list."""

    follows: str
    """Number of the case that had ended before this one began; empty where there is none."""


@dataclass(frozen=True, slots=True)
class CaseClue:
    """One clue with its evidence, as the case page shows it."""

    id: str
    quote: str
    text: str
    """Title or text of the ad: what `start`, `end` and `clause_start` are places in."""
    start: int
    end: int
    """Of the quote."""
    clause: str
    clause_start: int
    kind: str
    strength: str
    cue: str
    rule: str
    policy_row: str
    rules_version: str
    basis: tuple[str, ...]
    ended_by: str
    """What to cite where `basis` says that the paper was cancelled."""
    edition: str
    suggestion: str
    title: str
    posted: date | None
    valid_through: date | None
    """Until when its ad last claimed to hold."""
    source: str
    source_ad_id: str
    """What the source calls the ad: an ad has one clue for each qualification."""
    url: str
    acting_for: str
    """The employer for whom the poster hires, where the ad names one."""
    first_seen: datetime
    last_seen: datetime | None
    """When its ad was last met; None where that was not noted."""
    withdrawn_at: datetime | None
    for_review: bool
    """It counts nowhere until a person has confirmed it, since the rule that found it was suspended."""
    gone: bool
    """Its ad is no longer at its source; what was found in it stays."""

    def expired(self, today: date) -> bool:
        """Is the ad past the day until which it claims to hold? It may be at its source all the same."""
        return self.valid_through is not None and self.valid_through < today


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of a case's history."""

    at: datetime
    actor: str
    action: str
    reason: str
    given: Mapping[str, Any]
    """What the action asked for, by its name in config/casework.yaml."""


@dataclass(frozen=True, slots=True)
class CaseFile:
    line: CaseLine
    qualification: str
    """Catalogue id, or the name as found for one the catalogue does not know."""
    division: str | None
    followed_by: str
    """Number of the case that follows this one; empty where there is none."""
    clues: tuple[CaseClue, ...]
    postings: tuple[Posting, ...]
    """Those that were published more than once."""
    looks: tuple[LookLine, ...]
    """What looking again after its correction has come to."""
    history: tuple[Deed, ...]
    """Oldest first."""


def list_cases(
    session: Session, *, bureau: str | None = None, added: bool = False, limit: int = 50
) -> list[CaseLine]:
    """The newest cases, those of one bureau if given, only those with `added` clues if told so."""
    query = _cases().order_by(Case.opened_at.desc(), Case.number).limit(limit)
    if bureau:
        query = query.where(Case.bureau == bureau)
    if added:
        query = query.where(has_added())
    return _lines(session, query)


def case_line(session: Session, number: str) -> CaseLine | None:
    """The line of the case with this number; None when there is none."""
    return next(iter(_lines(session, _cases().where(Case.number == number))), None)


def open_case_file(session: Session, number: str) -> CaseFile | None:
    """The case with this number; None when there is none."""
    found = session.scalars(select(Case).where(Case.number == number)).one_or_none()
    line = case_line(session, number)
    if found is None or line is None:
        return None
    return CaseFile(
        line=line,
        qualification=found.qualification,
        division=found.division,
        followed_by=session.scalar(select(Case.number).where(Case.id == following(found.id))) or "",
        clues=_clues(session, found),
        postings=published_more_than_once(session, found),
        looks=look_lines(session, found.id),
        history=_history(session, found),
    )


@cache
def _cases() -> Select[*tuple[Any, ...]]:
    before = aliased(Case)
    return (
        select(Case, shown_status(), Employer.name, before.number)
        .outerjoin(Employer, Employer.id == Case.employer_id)
        .outerjoin(before, before.id == Case.follows)
    )


def _lines(session: Session, query: Select[*tuple[Any, ...]]) -> list[CaseLine]:
    rows = session.execute(query).all()
    counted = tallies(session, [found.id for found, *_ in rows])
    return [
        CaseLine(**summary(found, status, employer, counted[found.id]), follows=follows or "")
        for found, status, employer, follows in rows
    ]


def _clues(session: Session, of: Case) -> tuple[CaseClue, ...]:
    until = func.coalesce(Sighting.valid_through, AdVersion.valid_through)
    query = (
        select(Clue, Ad, AdVersion, until, Sighting.last_seen)
        .join(Ad, Ad.id == Clue.ad_id)
        .join(AdVersion, AdVersion.id == Clue.version_id)
        .outerjoin(Sighting, Sighting.ad_id == Clue.ad_id)
        .where(Clue.case_id == of.id)
    )
    rows = session.execute(query.order_by(Clue.first_seen, Clue.id)).all()
    gone = gone_ads(session, {ad.id: (ad.source, ad.source_ad_id, ad.url) for _, ad, *_ in rows})
    return tuple(
        CaseClue(
            id=clue.id,
            quote=clue.quote,
            text=version.title if clue.field == "title" else version.text,
            start=clue.start,
            end=clue.end,
            clause=clue.clause,
            clause_start=clue.clause_start,
            kind=clue.kind,
            strength=clue.strength,
            cue=clue.cue,
            rule=clue.rule,
            policy_row=clue.policy_row,
            rules_version=clue.rules_version,
            basis=tuple(clue.basis),
            ended_by=clue.ended_by,
            edition=clue.edition,
            suggestion=clue.suggestion,
            title=version.title,
            posted=ad.posted,
            valid_through=valid_through,
            source=clue.source,
            source_ad_id=ad.source_ad_id,
            url=ad.url,
            acting_for=version.acting_for,
            first_seen=clue.first_seen,
            last_seen=last_seen,
            withdrawn_at=clue.withdrawn_at,
            for_review=clue.held_by is not None and clue.human_verdict is None,
            gone=clue.ad_id in gone,
        )
        for clue, ad, version, valid_through, last_seen in rows
    )


def _history(session: Session, of: Case) -> tuple[Deed, ...]:
    query = select(CaseEvent).outerjoin(AuditLink, AuditLink.event_id == CaseEvent.id)
    events = session.scalars(query.where(CaseEvent.case_id == of.id).order_by(*told_order()))
    return tuple(Deed(each.at, each.actor, each.action, each.reason, each.given) for each in events)
