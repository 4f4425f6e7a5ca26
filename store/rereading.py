"""Stored ads as the events they came from, to be read again.

A version keeps all its event said. Only the observation of an ad's newest version is taken from the ad: the
same wording may have come back later than it was first seen.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from config.packs import LEASING
from config.settings import CHINA
from events.types import CheckedAd, JobAd, PackFinding, Reading, Shown
from store.cases import decided
from store.clues import SUBSTANCE
from store.evidence import evidence_of
from store.findings import findings_of
from store.models import Ad, AdVersion, Case, Clue, StoredReading
from store.upsert import among

BATCH: Final = 200
"""Ads held in memory at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which ads: those whose newest version was observed on these days of China, both included."""

    since: date | None = None
    until: date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredClue:
    """A clue as it stands before a re-reading."""

    id: str
    qualification: str
    case_number: str
    version_id: str
    said: Mapping[str, Any]
    """The columns of `store.clues.SUBSTANCE`."""
    withdrawn: bool
    decided: bool
    """A person has decided about it; no re-reading changes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAd:
    """One ad: the newest reading of each of its versions, oldest version first, and its clues."""

    versions: tuple[CheckedAd, ...]
    newest: CheckedAd
    """That of the newest version."""
    clues: tuple[StoredClue, ...]


def stored_ads(session: Session, window: Window) -> Iterator[StoredAd]:
    """The ads of `window` in the order of their ids; memory does not grow with their number."""
    after = ""
    while batch := list(session.execute(_page(window, after))):
        newest = dict(batch)
        clues = _clues(session, newest)
        events = newest_readings(session, newest).values()
        for ad_id, versions in groupby(events, key=lambda event: event.ad.ad_id):
            found = tuple(versions)
            (current,) = (event for event in found if event.ad.event_id == newest[ad_id])
            yield StoredAd(versions=found, newest=current, clues=clues.get(ad_id, ()))
        after = batch[-1][0]
        session.expunge_all()


def _page(window: Window, after: str) -> Select[str, str]:
    page = select(Ad.id, Ad.version_id).where(Ad.id > after).order_by(Ad.id).limit(BATCH)
    if window.source:
        page = page.where(Ad.source == window.source)
    if window.since:
        page = page.where(Ad.latest_at >= _midnight(window.since))
    if window.until:
        page = page.where(Ad.latest_at < _midnight(window.until + timedelta(days=1)))
    return page


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)


def newest_readings(session: Session, ad_ids: Collection[str]) -> dict[str, CheckedAd]:
    """The newest reading of every version of these ads by version id; by ad, the oldest version first.

    The newest is the one whose rules came into use last; rule versions themselves have no order.
    """
    found = session.execute(
        select(Ad, AdVersion, StoredReading)
        .join(AdVersion, AdVersion.ad_id == Ad.id)
        .join(StoredReading, StoredReading.version_id == AdVersion.id)
        .where(Ad.id.in_(ad_ids))
        .order_by(
            Ad.id, AdVersion.observed_at, AdVersion.id,
            StoredReading.rules_since, StoredReading.on, StoredReading.id,
        )
        # The rows may have been written past this session's objects.
        .execution_options(populate_existing=True)
    )  # fmt: skip
    newest = {version.id: (ad, version, reading) for ad, version, reading in found}
    findings = findings_of(session, [reading.id for _, _, reading in newest.values()])
    shown = evidence_of(session, newest)
    return {
        version.id: _checked(job_ad(ad, version, shown[version.id]), reading, findings[reading.id])
        for ad, version, reading in newest.values()
    }


def reread(session: Session, ad_ids: Collection[str]) -> dict[str, CheckedAd]:
    """The same, for those of the ads that have a version with more than one reading."""
    if not ad_ids:
        return {}
    several = (
        select(AdVersion.ad_id)
        .join(StoredReading, StoredReading.version_id == AdVersion.id)
        .where(among(session, AdVersion.ad_id.expression, ad_ids))
        .group_by(AdVersion.ad_id, AdVersion.id)
        .having(func.count() > 1)
    )
    found = set(session.scalars(several))
    return newest_readings(session, found) if found else {}


def _checked(ad: JobAd, reading: StoredReading, findings: tuple[PackFinding, ...]) -> CheckedAd:
    columns = {name: getattr(reading, name) for name in _READING_COLUMNS}
    leasing = next((found.evidence for found in findings if found.pack == LEASING), None)
    told = {"findings": findings, "leasing": leasing is not None, "leasing_evidence": leasing}
    return CheckedAd(event_id=reading.id, ad=ad, reading=Reading.model_validate(columns | told))


_READING_COLUMNS: Final = (
    "on", "edition", "rules_version", "catalogue_version", "policy_version", "rules_since", "verdict",
    "occupation", "mentions",
)  # fmt: skip
_VERSION_COLUMNS: Final = (
    "run_id", "title", "text", "raw_sha256", "masked", "content_hash", "source_kind", "url", "company",
    "city", "division", "posted", "valid_through", "salary", "poster", "divisions",
    "acting_for", "terms",
)  # fmt: skip


def job_ad(ad: Ad, version: AdVersion, evidence: tuple[Shown, ...] = ()) -> JobAd:
    """The event that brought `version`, which `evidence` shows."""
    observed_at = ad.latest_at if version.id == ad.version_id else version.observed_at
    columns = {name: getattr(version, name) for name in _VERSION_COLUMNS}
    identity = {"event_id": version.id, "source": ad.source, "source_ad_id": ad.source_ad_id}
    return JobAd.model_validate({**identity, **columns, "observed_at": observed_at, "evidence": evidence})


def _clues(session: Session, ad_ids: Collection[str]) -> dict[str, tuple[StoredClue, ...]]:
    found = session.execute(
        select(Clue, Case.number, decided())
        .join(Case, Case.id == Clue.case_id)
        .where(Clue.ad_id.in_(ad_ids))
        .order_by(Clue.ad_id, Clue.id)
    )
    return {
        ad_id: tuple(_stored_clue(row) for row in rows)
        for ad_id, rows in groupby(found, key=lambda row: row[0].ad_id)
    }


def _stored_clue(row: Row[Clue, str, bool]) -> StoredClue:
    clue, number, is_decided = row
    return StoredClue(
        id=clue.id,
        qualification=clue.qualification,
        case_number=number,
        version_id=clue.version_id,
        said={name: getattr(clue, name) for name in SUBSTANCE},
        withdrawn=clue.withdrawn_at is not None,
        decided=bool(is_decided),
    )
