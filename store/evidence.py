"""What was received, and which ads it shows: rows of `captures` and `ad_captures` (docs/evidence.md)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from events.ids import stable_id
from events.types import CheckedAd, Shown
from store.access_models import Read
from store.evidence_bytes import Content
from store.evidence_models import AdCapture, Capture
from store.models import AdVersion
from store.reads import bureau_of
from store.upsert import among, insert_new


@dataclass(frozen=True, kw_only=True)
class Original:
    """What ads were read from: bytes as they were received, and how they came."""

    content: Content
    fetched_at: datetime
    media_type: str = ""
    charset: str = ""
    """As which the bytes were read; empty where they are no text."""
    name: str = ""
    """Of a file."""
    sender: str = ""
    """Id of the key it was pushed with."""
    url: str = ""
    """The address asked for."""
    answered_url: str = ""
    status: int | None = None
    tls: bool | None = None
    address: str = ""
    request: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def id(self) -> str:
        """Of the capture: these bytes, from this place, at this time."""
        words = (self.url, self.name, self.sender, self.content.sha256)
        return stable_id("capture", *words, self.fetched_at.isoformat())


def note_captures(session: Session, run_id: str, originals: Iterable[Original]) -> None:
    """Note what was received; its bytes are kept in the same transaction."""
    insert_new(session, Capture, [_row(each, run_id) for each in originals])


def _row(original: Original, run_id: str) -> dict[str, Any]:
    return {
        "id": original.id,
        "sha256": original.content.sha256,
        "length": original.content.length,
        "media_type": original.media_type[:200],
        "charset": original.charset[:64],
        "run_id": run_id,
        "name": original.name,
        "sender": original.sender,
        "url": original.url,
        "answered_url": original.answered_url,
        "status": original.status,
        "tls": original.tls,
        "address": original.address[:45],
        "request": dict(original.request),
        "headers": dict(original.headers),
        "fetched_at": original.fetched_at,
        "seen_at": original.fetched_at,
        "removed_at": None,
    }


def note_seen_again(session: Session, originals: Collection[Original], *, now: datetime) -> None:
    """Note that the same bytes came once more from the same place; what differs says nothing of them."""
    wanted = {(each.url, each.name, each.content.sha256) for each in originals}
    hashes = {sha256 for _, _, sha256 in wanted}
    if not hashes:
        return
    columns = select(Capture.id, Capture.url, Capture.name, Capture.sha256)
    rows = session.execute(columns.where(among(session, Capture.sha256.expression, hashes)))
    _seen(session, [row.id for row in rows if (row.url, row.name, row.sha256) in wanted], now)


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A page whose board says that it is still what it was: its address, and the version asked about."""

    url: str
    etag: str
    last_modified: str


def note_unchanged(session: Session, pages: Collection[Unchanged], *, now: datetime) -> None:
    """Note that the board said of these pages that they are still the same (304).

    Only captures of that very version count: of a later one, whose ads were all known, no bytes are kept.
    """
    asked = {page.url: page for page in pages}
    if not asked:
        return
    columns = select(Capture.id, Capture.url, Capture.headers)
    rows = session.execute(columns.where(among(session, Capture.url.expression, asked)))
    _seen(session, [row.id for row in rows if _is_version(row.headers, asked[row.url])], now)


def _is_version(headers: Mapping[str, str], page: Unchanged) -> bool:
    return headers.get("ETag", "") == page.etag and headers.get("Last-Modified", "") == page.last_modified


def _seen(session: Session, ids: Sequence[str], now: datetime) -> None:
    if ids:
        mine = among(session, Capture.id.expression, ids)
        statement = update(Capture).where(mine, Capture.seen_at < now).values(seen_at=now)
        session.execute(statement.execution_options(synchronize_session=False))


def evidence_rows(events: Iterable[CheckedAd]) -> Iterator[dict[str, Any]]:
    """The rows that say which captures show the ads of `events`."""
    return (
        {
            "version_id": event.ad.event_id,
            "number": number,
            "capture_id": shown.capture,
            "locator": shown.locator,
        }
        for event in events
        for number, shown in enumerate(event.ad.evidence)
    )


def evidence_of(session: Session, version_ids: Collection[str]) -> Mapping[str, tuple[Shown, ...]]:
    """What shows these versions, as their events said it; nothing for one without."""
    found: dict[str, tuple[Shown, ...]] = defaultdict(tuple)
    query = select(AdCapture).where(among(session, AdCapture.version_id.expression, version_ids))
    for row in session.scalars(query.order_by(AdCapture.version_id, AdCapture.number, AdCapture.capture_id)):
        found[row.version_id] += (Shown(capture=row.capture_id, locator=row.locator),)
    return found


def note_access(session: Session, capture: Capture, *, actor: str, why: str, now: datetime) -> None:
    """Note that `actor` is handed the bytes of a capture; commit it before handing them over."""
    shown = select(AdVersion.ad_id).join(AdCapture, AdCapture.version_id == AdVersion.id)
    bureau = bureau_of(session, shown.where(AdCapture.capture_id == capture.id))
    given = {"what": "evidence", "subject": capture.id, "sha256": capture.sha256, "bureau": bureau}
    session.add(Read(at=now, actor=actor, why=why, **given))
