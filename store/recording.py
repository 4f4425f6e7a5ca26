"""Turning checked ads into rows: ads, versions, readings, clues, and the cases that hold the clues.

Every id derives from the facts, so recording the same events again, in any batches, changes nothing.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from events.ids import stable_id
from events.types import CheckedAd, JobAd, Mention
from store.cases import MACHINE, open_cases
from store.models import Ad, AdVersion, CaseEvent, Clue, Employer, StoredReading, UnknownCredential
from store.upsert import insert_new, put_newer

Rows = list[dict[str, Any]]


def record(session: Session, batch: Sequence[CheckedAd]) -> None:
    """Write everything that `batch` says, in the caller's transaction."""
    insert_new(session, Employer, _distinct(_employer(event.ad) for event in batch if event.ad.company))
    put_newer(session, Ad, _latest(batch), newer="latest_at", keep=("first_seen",))
    insert_new(session, AdVersion, _distinct(_version(event.ad) for event in batch))
    insert_new(session, StoredReading, _distinct(_reading(event) for event in batch))
    insert_new(session, UnknownCredential, _unknown(batch))
    clues = _new_clues(session, batch)
    open_cases(session, clues)
    insert_new(session, Clue, clues)
    insert_new(session, CaseEvent, [_added(clue) for clue in clues])


def _new_clues(session: Session, batch: Sequence[CheckedAd]) -> Rows:
    """The clues in `batch` that are not recorded yet; one that is keeps its first evidence and its case."""
    found = _distinct(
        _clue(event, mention)
        for event in batch
        for mention in event.reading.mentions
        if mention.verdict == "violation"
    )
    known = set(session.scalars(select(Clue.id).where(Clue.id.in_([clue["id"] for clue in found]))))
    return [clue for clue in found if clue["id"] not in known]


@lru_cache(maxsize=8192)
def employer_id(company: str) -> str:
    """Identity of an employer by name, whatever the width of its brackets and the spaces inside."""
    return stable_id("employer", "".join(unicodedata.normalize("NFKC", company).split()))


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


def _latest(batch: Sequence[CheckedAd]) -> Rows:
    """One row for each ad: what its last event in `batch` says, first seen at its first."""
    rows: dict[str, dict[str, Any]] = {}
    for event in batch:
        row = _ad(event)
        earlier = rows.get(row["id"])
        if earlier:
            row["first_seen"] = earlier["first_seen"]
        rows[row["id"]] = row
    return list(rows.values())


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
    }


def _reading(event: CheckedAd) -> dict[str, Any]:
    reading = event.reading
    return {
        "id": event.event_id,
        "version_id": event.ad.event_id,
        "on": reading.on,
        "edition": reading.edition,
        "rules_version": reading.rules_version,
        "verdict": reading.verdict,
        "leasing": reading.leasing,
        "mentions": [mention.model_dump(mode="json") for mention in reading.mentions],
    }


def _unknown(batch: Sequence[CheckedAd]) -> Rows:
    pairs = {
        (mention.name[:200], event.ad.ad_id)
        for event in batch
        for mention in event.reading.mentions
        if mention.qualification is None and mention.kind == "other"
    }
    return [{"name": name, "ad_id": ad_id} for name, ad_id in pairs]


def _clue(event: CheckedAd, mention: Mention) -> dict[str, Any]:
    """A clue: the first accusing mention of one qualification in one ad."""
    ad = event.ad
    qualification = mention.qualification or mention.name
    return {
        "id": stable_id("clue", ad.ad_id, qualification),
        "case_id": case_id(ad, qualification),
        "ad_id": ad.ad_id,
        "version_id": ad.event_id,
        "reading_id": event.event_id,
        "employer_id": employer_id(ad.company) if ad.company else None,
        "division": ad.division,
        "source": ad.source,
        "field": mention.field,
        "start": mention.start,
        "end": mention.end,
        "quote": mention.quote,
        "clause": mention.clause.text,
        "clause_start": mention.clause.start,
        "name": mention.name,
        "qualification": qualification,
        "kind": mention.kind,
        "strength": mention.strength,
        "cue": mention.cue.text if mention.cue else "",
        "rule": mention.rule,
        "basis": list(mention.basis),
        "edition": mention.edition,
        "rules_version": event.reading.rules_version,
        "severity": mention.severity,
        "suggestion": mention.suggestion,
        "first_seen": ad.observed_at,
        "human_verdict": None,
    }


def case_id(ad: JobAd, qualification: str) -> str:
    """Identity of the case: employer × qualification × jurisdiction.

    An ad that names no employer has a case of its own: nothing says that two such ads belong together.
    """
    employer = employer_id(ad.company) if ad.company else f"ad:{ad.ad_id}"
    return stable_id("case", employer, qualification, ad.division)


def _added(clue: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": stable_id("case-event", clue["case_id"], "clue_added", clue["id"]),
        "case_id": clue["case_id"],
        "at": clue["first_seen"],
        "actor": MACHINE,
        "action": "clue_added",
        "clue_id": clue["id"],
        "reason": clue["rule"],
    }
