"""Turning checked ads into rows: ads, versions, readings, findings, clues, and the cases of the clues.

Every id derives from the facts, so recording the same events again, in any batches, changes nothing.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from events.types import CheckedAd, JobAd
from store.clues import add_clues, employer_id, follow_rereadings
from store.database import ahead_of
from store.evidence import evidence_rows
from store.evidence_models import AdCapture
from store.findings import finding_rows
from store.models import (
    BEFORE_RELEASES,
    Ad,
    AdVersion,
    Employer,
    Finding,
    StoredReading,
    UnknownCredential,
)
from store.rereading import reread
from store.upsert import among, by_copy, copy_unseen, insert_new, put_newer

Rows = list[dict[str, Any]]


def record(session: Session, batch: Sequence[CheckedAd]) -> None:
    """Write everything that `batch` says, in the caller's transaction."""
    for part in _rounds(batch):
        _record(session, part)


def _rounds(batch: Sequence[CheckedAd]) -> list[dict[str, CheckedAd]]:
    """`batch` by ad, in parts that hold one once each: its history must not depend on where batches end."""
    rounds: list[dict[str, CheckedAd]] = []
    for event in batch:
        ad_id = event.ad.ad_id
        part = next((part for part in rounds if ad_id not in part), None)
        if part is None:
            rounds.append({ad_id: event})
        else:
            part[ad_id] = event
    return rounds


def _record(session: Session, ads: Mapping[str, CheckedAd]) -> None:
    batch = list(ads.values())
    known = set(session.scalars(select(Ad.id).where(among(session, Ad.id.expression, ads))))
    _meet_employers(session, batch)
    new = [ads[ad_id] for ad_id in sorted(ads.keys() - known)]
    if by_copy(session, new):
        _add(session, new)
        _put(session, [event for ad_id, event in ads.items() if ad_id in known])
    else:
        _put(session, batch)
    add_clues(session, batch)
    # An ad that came just now has been read once.
    read_again = reread(session, known)
    if read_again:
        follow_rereadings(session, read_again)
        _tidy_tray(session, read_again.values())


def _meet_employers(session: Session, batch: Sequence[CheckedAd]) -> None:
    rows = _distinct(_employer(event.ad) for event in batch if event.ad.company)
    if rows:
        # Most batches share an employer with one that another recorder is about to write.
        with ahead_of(session) as early:
            insert_new(early, Employer, rows)


def _add(session: Session, new: Sequence[CheckedAd]) -> None:
    """Write ads that nobody has recorded before.

    Only the owner of an ad's partition does so. Two members that take each other for dead may meet here: one
    of them is refused, and repeats its batch ad by ad, in the way that waits.
    """
    copy_unseen(session, Ad, map(_ad, new))
    copy_unseen(session, AdVersion, (_version(event.ad) for event in new))
    copy_unseen(session, StoredReading, map(_reading, new))
    copy_unseen(session, Finding, finding_rows(new))
    copy_unseen(session, UnknownCredential, _unknown(new))
    copy_unseen(session, AdCapture, evidence_rows(new))


def _put(session: Session, batch: Sequence[CheckedAd]) -> None:
    """Write ads, some of which may be recorded already."""
    if not batch:
        return
    put_newer(
        session, Ad, [_ad(event) for event in batch],
        newer=("latest_at", "rules_since", "reading_id"), keep=("first_seen",),
    )  # fmt: skip
    insert_new(session, AdVersion, [_version(event.ad) for event in batch])
    readings = [_reading(event) for event in batch]
    said = readings[0].keys() - {"rules_since"}
    put_newer(session, StoredReading, readings, newer=("rules_since",), keep=said)
    insert_new(session, Finding, list(finding_rows(batch)))
    insert_new(session, UnknownCredential, _unknown(batch))
    insert_new(session, AdCapture, list(evidence_rows(batch)))


def _tidy_tray(session: Session, newest: Collection[CheckedAd]) -> None:
    """Take out of the curation tray what the newest readings of these ads know by now."""
    unknown = {(row["name"], row["ad_id"]) for row in _unknown(newest)}
    tray = select(UnknownCredential).where(UnknownCredential.ad_id.in_({e.ad.ad_id for e in newest}))
    for found in session.scalars(tray):
        if (found.name, found.ad_id) not in unknown:
            session.delete(found)
    session.flush()


def _distinct(rows: Iterable[dict[str, Any]], key: str = "id") -> Rows:
    """The first row of each key, in order."""
    first: dict[Any, dict[str, Any]] = {}
    for row in rows:
        first.setdefault(row[key], row)
    return list(first.values())


def _employer(ad: JobAd) -> dict[str, Any]:
    return {
        "id": employer_id(ad.company),
        "name": ad.company,
        "poster": ad.poster,
        "first_seen": ad.observed_at,
    }


def _ad(event: CheckedAd) -> dict[str, Any]:
    ad = event.ad
    return {
        "id": ad.ad_id,
        "source": ad.source,
        "source_ad_id": ad.source_ad_id,
        "url": ad.url,
        "employer_id": employer_id(ad.company) if ad.company else None,
        "division": ad.division,
        "city": ad.city,
        "posted": ad.posted,
        "first_seen": ad.observed_at,
        "latest_at": ad.observed_at,
        "version_id": ad.event_id,
        "reading_id": event.event_id,
        "rules_since": event.reading.rules_since or BEFORE_RELEASES,
        "verdict": event.reading.verdict,
    }


def _version(ad: JobAd) -> dict[str, Any]:
    return {
        "id": ad.event_id,
        "ad_id": ad.ad_id,
        "run_id": ad.run_id,
        "title": ad.title,
        "text": ad.text,
        "observed_at": ad.observed_at,
        "raw_sha256": ad.raw_sha256,
        "masked": ad.masked,
        "content_hash": ad.content_hash,
        "source_kind": ad.source_kind,
        "url": ad.url,
        "company": ad.company,
        "city": ad.city,
        "division": ad.division,
        "posted": ad.posted,
        "valid_through": ad.valid_through,
        "salary": ad.salary,
        "poster": ad.poster,
        "divisions": list(ad.divisions),
        "acting_for": ad.acting_for,
        "terms": ad.terms.model_dump(mode="json", exclude_defaults=True),
    }


def _reading(event: CheckedAd) -> dict[str, Any]:
    reading = event.reading
    return {
        "id": event.event_id,
        "version_id": event.ad.event_id,
        "on": reading.on,
        "edition": reading.edition,
        "rules_version": reading.rules_version,
        "catalogue_version": reading.catalogue_version,
        "policy_version": reading.policy_version,
        "rules_since": reading.rules_since or BEFORE_RELEASES,
        "verdict": reading.verdict,
        "occupation": reading.occupation,
        "mentions": [mention.model_dump(mode="json") for mention in reading.mentions],
    }


def _unknown(batch: Iterable[CheckedAd]) -> Rows:
    pairs = {
        (mention.name[:200], event.ad.ad_id)
        for event in batch
        for mention in event.reading.mentions
        if mention.qualification is None and mention.kind == "other"
    }
    return [{"name": name, "ad_id": ad_id} for name, ad_id in sorted(pairs)]
