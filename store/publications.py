"""The postings that a case is about, each with all its publications: re-posts and copies on other boards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from sqlalchemy import Row, and_, exists, select
from sqlalchemy.orm import Session

from store.cases import standing
from store.likeness import SHORTEST, area, jaccard, plain, shingles
from store.likeness_models import KnownFingerprint
from store.models import Ad, AdVersion, Case, Clue

Found = Row[str, Ad, AdVersion, bool]

LISTED: Final = 20
"""Publications of one posting that are set out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    title: str
    source: str
    url: str
    first_seen: datetime
    has_clue: bool
    """It has a clue of the case itself. That of another publication says nothing about it."""
    likeness: float | None
    """Jaccard index with the text that was published first; None where a text is too short to compare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What makes these ads one posting is the same for all: employer, title and area."""

    employer: str
    title: str
    area: str
    """Division code of the prefecture, or the place as written."""
    publications: tuple[Publication, ...]
    """The first `LISTED`, oldest first."""
    more: int
    """Publications that are not listed."""


def published_more_than_once(session: Session, case: Case) -> tuple[Posting, ...]:
    """The postings of the case's ads that were published more than once."""
    clue = exists().where(Clue.ad_id == Ad.id, Clue.case_id == case.id, standing())
    marked = (
        select(KnownFingerprint.cluster_id)
        .join(AdVersion, AdVersion.fingerprint_id == KnownFingerprint.id)
        .join(Ad, Ad.version_id == AdVersion.id)
        .join(Clue, Clue.ad_id == Ad.id)
        .where(Clue.case_id == case.id)
    )
    found = (
        select(KnownFingerprint.cluster_id, Ad, AdVersion, clue.label("has_clue"))
        # Ads are found by their id: there is no index over their newest versions.
        .join(AdVersion, and_(AdVersion.ad_id == Ad.id, AdVersion.id == Ad.version_id))
        .join(KnownFingerprint, KnownFingerprint.id == AdVersion.fingerprint_id)
        .where(KnownFingerprint.cluster_id.in_(marked))
        .order_by(KnownFingerprint.cluster_id, Ad.first_seen, Ad.id)
    )
    groups = [list(rows) for _, rows in groupby(session.execute(found), key=lambda row: row[0])]
    return tuple(sorted(map(_posting, (g for g in groups if len(g) > 1)), key=_first_seen))


def _first_seen(posting: Posting) -> datetime:
    return posting.publications[0].first_seen


def _posting(rows: Sequence[Found]) -> Posting:
    first: AdVersion = rows[0][2]
    return Posting(
        employer=first.company,
        title=first.title,
        area=area(first.division, first.city),
        publications=tuple(_publications(first, rows[:LISTED])),
        more=max(0, len(rows) - LISTED),
    )


def _publications(first: AdVersion, rows: Iterable[Found]) -> Iterable[Publication]:
    for _, ad, version, has_clue in rows:
        yield Publication(
            title=version.title,
            source=ad.source,
            url=ad.url,
            first_seen=ad.first_seen,
            has_clue=has_clue,
            likeness=_likeness(first.text, version.text),
        )


def _likeness(one: str, other: str) -> float | None:
    words = plain(one), plain(other)
    return None if min(map(len, words)) < SHORTEST else jaccard(*map(shingles, words))
