"""All that is known of the evidence of one ad: its versions, and what was received of each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from store.evidence_models import AdCapture, Capture
from store.models import Ad, AdVersion, Clue, Run

SHORTEST: Final = 8
"""Characters of an id by which it may be named."""


class SeveralMeant(LookupError):  # noqa: N818 - reads as what it is
    """More than one ad is meant by the beginning of an id."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One capture that shows a version, and where in it the ad stands."""

    version_id: str
    observed_at: datetime
    """When the version was first let in."""
    locator: str
    capture: Capture
    source: str
    """Of the run that brought it."""


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    ad_id: str
    source: str
    title: str
    """Of the newest version."""
    url: str
    clues: int
    """All that were ever found in it, withdrawn ones included."""
    exhibits: tuple[Exhibit, ...]
    """Oldest version first; in each, what says most comes first."""
    unshown: int
    """Versions of which nothing was kept."""


def open_evidence(session: Session, name: str) -> EvidenceFile | None:
    """The evidence of the ad that has, or whose clue has, an id that begins with `name`.

    Raises:
        SeveralMeant: there is more than one such ad.
    """
    ad_id = _ad_meant(session, name) if len(name) >= SHORTEST else None
    if ad_id is None:
        return None
    ad = session.get_one(Ad, ad_id)
    versions = session.scalars(select(AdVersion).where(AdVersion.ad_id == ad_id)).all()
    exhibits = exhibits_of(session, AdVersion.ad_id == ad_id)
    shown = {exhibit.version_id for exhibit in exhibits}
    return EvidenceFile(
        ad_id,
        ad.source,
        next(version.title for version in versions if version.id == ad.version_id),
        ad.url,
        len(session.scalars(select(Clue.id).where(Clue.ad_id == ad_id)).all()),
        exhibits,
        sum(version.id not in shown for version in versions),
    )


def _ad_meant(session: Session, name: str) -> str | None:
    # As a range, which every index can find; ids are hexadecimal, and "g" comes after all that begin so.
    of_ads = select(Ad.id).where(Ad.id >= name, Ad.id < f"{name}g").limit(2)
    of_clues = select(Clue.ad_id).where(Clue.id >= name, Clue.id < f"{name}g").distinct().limit(2)
    found = {*session.scalars(of_ads), *session.scalars(of_clues)}
    if len(found) > 1:
        raise SeveralMeant(f"{name} is the beginning of more than one id; give more of it")
    return next(iter(found), None)


def exhibits_of(session: Session, which: ColumnElement[bool]) -> tuple[Exhibit, ...]:
    """What `which` versions were received as, the oldest version first; in each, what says most first."""
    query = (
        select(AdVersion.id, AdVersion.observed_at, AdCapture.locator, Capture, Run.source)
        .join(AdCapture, AdCapture.version_id == AdVersion.id)
        .join(Capture, Capture.id == AdCapture.capture_id)
        .outerjoin(Run, Run.id == Capture.run_id)
        .where(which)
        .order_by(AdVersion.observed_at, AdVersion.id, AdCapture.number, Capture.fetched_at, Capture.id)
    )
    return tuple(
        Exhibit(version_id, observed_at, locator, capture, source or "")
        for version_id, observed_at, locator, capture, source in session.execute(query)
    )
