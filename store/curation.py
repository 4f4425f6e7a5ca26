"""The curation tray: credentials that ads name and the catalogue does not know, and what people made of them.

A decision changes no data: the catalogue's files take it over when a release is prepared (docs/releases.md).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.curation_models import CurationDecision
from store.database import one_at_a_time
from store.models import Ad, AdVersion, StoredReading, UnknownCredential

Choice = Literal["alias", "row", "ignore"]
"""The name is another one of a row that is there; it wants a row of its own; or it is left alone."""

EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that no row of the catalogue claims."""

    name: str
    ads: int
    """How many ads name it."""
    first_seen: datetime
    """The first of them."""
    last_seen: datetime
    """When the newest wording of one was observed."""
    examples: tuple[str, ...]
    """Ids of the first few of them."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A sentence of an ad that names a credential."""

    ad_id: str
    source: str
    title: str
    clause: str
    start: int
    """Place of the quote in `clause`."""
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person makes of a name."""

    name: str
    choice: Choice
    qualification: str = ""
    """Id of the row that an alias names."""
    by: str
    at: datetime
    why: str


def unknown_credentials(session: Session, *, limit: int) -> list[Unknown]:
    """The `limit` names that most ads use and nobody has decided about, the commonest first."""
    name, ads = UnknownCredential.name, func.count()
    query = (
        select(name, ads, func.min(Ad.first_seen), func.max(Ad.latest_at))
        .join(Ad, Ad.id == UnknownCredential.ad_id)
        .where(name.not_in(select(CurationDecision.name)))
        .group_by(name)
        .order_by(ads.desc(), name)
        .limit(limit)
    )
    return [Unknown(*row, _examples(session, row[0])) for row in session.execute(query).all()]


def quotes(session: Session, name: str, *, limit: int = EXAMPLES) -> list[Quoted]:
    """Sentences that name a credential of the tray, one an ad; fewer where readings have changed since."""
    query = (
        select(Ad.id, Ad.source, AdVersion.title, StoredReading.mentions)
        .join(UnknownCredential, UnknownCredential.ad_id == Ad.id)
        .join(AdVersion, AdVersion.id == Ad.version_id)
        .join(StoredReading, StoredReading.id == Ad.reading_id)
        .where(UnknownCredential.name == name)
        .order_by(Ad.latest_at.desc(), Ad.id)
        .limit(limit)
    )
    found = []
    for ad_id, source, title, mentions in session.execute(query):
        # The tray keeps as much of a name as its column holds.
        named = next((each for each in mentions if each["name"].startswith(name)), None)
        if named is not None:
            clause = named["clause"]
            places = named["start"] - clause["start"], named["end"] - clause["start"]
            found.append(Quoted(ad_id, source, title, clause["text"], *places))
    return found


def decide(session: Session, decision: Decision) -> None:
    """Keep a decision; one that says what the newest about its name says already is kept once."""
    one_at_a_time(session.connection(), "deciding about names in the curation tray")
    newest = next(iter(decisions(session, {decision.name})), None)
    said = (decision.choice, decision.qualification, decision.by, decision.why)
    if newest and (newest.choice, newest.qualification, newest.actor, newest.why) == said:
        return
    last = session.scalar(select(func.max(CurationDecision.number))) or 0
    session.add(
        CurationDecision(
            number=last + 1,
            name=decision.name,
            choice=decision.choice,
            qualification=decision.qualification,
            at=decision.at,
            actor=decision.by,
            why=decision.why,
        )
    )
    session.flush()


def decisions(session: Session, names: Collection[str] | None = None) -> list[CurationDecision]:
    """The decision that holds about each name, of `names` if given; the newest first."""
    newest = select(func.max(CurationDecision.number)).group_by(CurationDecision.name)
    query = select(CurationDecision).where(CurationDecision.number.in_(newest))
    if names is not None:
        query = query.where(CurationDecision.name.in_(names))
    return list(session.scalars(query.order_by(CurationDecision.number.desc())))


def is_in_tray(session: Session, name: str) -> bool:
    """Does an ad name it that no row claims?"""
    return (
        session.scalar(select(UnknownCredential.ad_id).where(UnknownCredential.name == name).limit(1))
        is not None
    )


def _examples(session: Session, name: str) -> tuple[str, ...]:
    ad_id = UnknownCredential.ad_id
    chosen = select(ad_id).where(UnknownCredential.name == name).order_by(ad_id).limit(EXAMPLES)
    return tuple(session.scalars(chosen))
