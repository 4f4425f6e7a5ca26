"""What the door remembers: runs, what was refused, and which content of which ad was let in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from events.ids import stable_id
from events.types import JobAd
from store.models import Rejection, Run, Sighting
from store.upsert import insert_new, put_newer

EXCERPT: Final = 200
"""Characters kept of what was refused."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something handed in that is no ad: where it stands, why, and a masked excerpt of it."""

    place: str
    """`file:line`, `file:sheet!row` or a URL."""
    reason: str
    field: str = ""
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended; only a `complete` one may conclude that an ad is gone."""

    status: Literal["complete", "incomplete", "held"]
    counts: Mapping[str, int]
    note: str = ""
    whole: bool = True
    """Every list was walked to its end; otherwise nothing follows from what was not listed."""


def start_run(session: Session, *, kind: str, source: str, now: datetime) -> str:
    """Open a run (`kind`: crawl or file) and return its id."""
    run_id = stable_id("run", kind, source, now.isoformat())
    session.add(
        Run(id=run_id, kind=kind, source=source, started_at=now, status="running", counts={}, note="")
    )
    return run_id


def finish_run(session: Session, run_id: str, outcome: Outcome, *, now: datetime) -> None:
    """Close a run with its `outcome`."""
    run = session.get_one(Run, run_id)
    run.finished_at = now
    run.status, run.counts, run.note = outcome.status, dict(outcome.counts), outcome.note


def reject(session: Session, run_id: str, refusals: Sequence[Refusal]) -> None:
    """Keep what is no ad for inspection; the same refusal twice in a run is kept once."""
    rows = [
        {
            "id": stable_id("rejection", run_id, refusal.place, refusal.field, refusal.reason),
            "run_id": run_id,
            "place": refusal.place,
            "field": refusal.field,
            "reason": refusal.reason,
            "excerpt": refusal.excerpt[:EXCERPT],
        }
        for refusal in refusals
    ]
    insert_new(session, Rejection, rows)


def new_or_changed(
    session: Session, ads: Sequence[JobAd], *, staged: Mapping[str, str] | None = None
) -> tuple[list[JobAd], set[str]]:
    """The ads whose content was not let in before, and the ids of those known with other content.

    An ad that stands in `ads` twice with the same content counts once; `staged` is content by ad that waits
    and is newer than what was let in.
    """
    known = _known_content(session, {ad.ad_id for ad in ads}) | dict(staged or {})
    changed = {ad.ad_id for ad in ads if known.get(ad.ad_id, ad.content_hash) != ad.content_hash}
    fresh: list[JobAd] = []
    for ad in ads:
        if known.get(ad.ad_id) != ad.content_hash:
            known[ad.ad_id] = ad.content_hash
            fresh.append(ad)
    return fresh, changed


def _known_content(session: Session, ad_ids: Iterable[str]) -> dict[str, str]:
    wanted = sorted(ad_ids)
    known: dict[str, str] = {}
    for start in range(0, len(wanted), 500):
        chunk = wanted[start : start + 500]
        query = select(Sighting.ad_id, Sighting.content_hash).where(Sighting.ad_id.in_(chunk))
        known.update(session.execute(query).all())
    return known


def remember(session: Session, ads: Sequence[JobAd]) -> None:
    """Note that `ads` were seen, also those whose content is unchanged; call it after publishing."""
    latest = {
        ad.ad_id: {
            "ad_id": ad.ad_id,
            "content_hash": ad.content_hash,
            "first_seen": ad.observed_at,
            "last_seen": ad.observed_at,
            "valid_through": ad.valid_through,
        }
        for ad in ads
    }
    put_newer(session, Sighting, list(latest.values()), newer=("last_seen",), keep=("first_seen",))
