"""The ledger of targets: what each board lists, which pages are due, and what has gone from the board.

A posting is gone when its page says so, or when it was missing from the lists of several complete runs; one
that is gone comes back by an answer only. What a run listed or asked for is noted before it is acted on, so
that a run that is killed costs nothing but what it had at hand.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Literal, cast

from sqlalchemy import ColumnElement, Row, and_, case, func, or_, select, update
from sqlalchemy.orm import Session

from events.ids import stable_id
from store.crawl_models import Target
from store.evidence import Unchanged, note_unchanged
from store.models import Sighting
from store.upsert import among, insert_new

SUSPECT_AFTER: Final = 3
GONE_AFTER: Final = 6
"""Complete runs in a row without a target, after which it is suspected, and held, to be gone."""

NEW: Final = datetime(1970, 1, 1, tzinfo=UTC)
CHANGED: Final = datetime(1970, 1, 2, tzinfo=UTC)
"""Due at once: what was never read, then what has changed; only then what is to be looked at again.

Boards exist whose sitemaps say every day that all has changed; what is new must not wait for that.
"""

LIVE: Final = "live"
SUSPECT: Final = "suspect"
GONE: Final = "gone"


@dataclass(frozen=True, slots=True)
class RunMark:
    """The run that writes to the ledger, and the moment."""

    source: str
    run_id: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a list names."""

    key: str
    """The posting's id, or the address of its page."""
    url: str = ""
    """Address of the page; empty where the list says it all."""
    said: Mapping[str, str] = field(default_factory=dict)
    """What the list said that the reader of the page needs."""
    list_hash: str = ""
    """Over all that the list said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A page to be asked for."""

    key: str
    url: str
    said: Mapping[str, str] = field(default_factory=dict)
    etag: str = ""
    last_modified: str = ""
    ads: Sequence[str] = ()
    """Ids of the ads that it gave the last time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What an answer came to."""

    key: str
    answer: Literal["read", "unchanged", "empty", "gone"]
    """`empty`: it held no posting and did not say why; nothing is concluded from that."""
    etag: str = ""
    last_modified: str = ""
    ads: Sequence[str] = ()
    """Ids of the ads that the page gives, also when it is unchanged."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What part of a list came to, of the entries that this run had not listed before."""

    fresh: frozenset[str] = frozenset()
    """Their keys."""
    unread: int = 0
    """Never answered, or changed since."""
    resting: int = 0
    """Known, and not due."""
    held: int = 0
    """Known to hold postings."""

    def __add__(self, other: "Noted") -> "Noted":
        counts = (self.unread + other.unread, self.resting + other.resting, self.held + other.held)
        return Noted(self.fresh | other.fresh, *counts)


def target_id(source: str, key: str) -> str:
    return stable_id("target", source, key)


def note_listed(session: Session, run: RunMark, entries: Sequence[Entry]) -> Noted:
    """Note what a list names: what is new or changed becomes due at once, the rest was seen again."""
    offered = {target_id(run.source, entry.key): entry for entry in entries}
    known = _known(session, offered)
    fresh = [name for name in offered if name not in known or known[name].run_id != run.run_id]
    changed = [name for name in fresh if name in known and _to_read_again(known[name], offered[name])]
    insert_new(session, Target, [_new(name, offered[name], run) for name in fresh if name not in known])
    if changed:
        session.execute(update(Target), [_changed(name, offered[name]) for name in changed])
    _seen(session, run, [name for name in fresh if name in known])
    as_before = [known[name] for name in fresh if name in known and name not in changed]
    return Noted(
        fresh=frozenset(offered[name].key for name in fresh),
        unread=len(fresh)
        - sum(row.fetched_at is not None and row.due_at not in (NEW, CHANGED) for row in as_before),
        resting=sum(row.due_at is not None and row.due_at > run.now for row in as_before),
        held=sum(known[name].postings > 0 for name in fresh if name in known),
    )


def _known(session: Session, names: Mapping[str, Entry]) -> dict[str, Row[Any]]:
    columns = (Target.run_id, Target.list_hash, Target.due_at, Target.fetched_at, Target.postings)
    query = select(Target.id, *columns).where(among(session, Target.id.expression, list(names)))
    return {row.id: cast("Row[Any]", row) for row in session.execute(query)}


def _to_read_again(row: Row[Any], entry: Entry) -> bool:
    # A page that had gone, so that nobody asked for it any more, is asked for anew.
    return bool(row.list_hash != entry.list_hash or (entry.url and row.due_at is None))


def _new(name: str, entry: Entry, run: RunMark) -> dict[str, Any]:
    return _changed(name, entry) | {
        "due_at": NEW if entry.url else None,
        "source": run.source,
        "key": entry.key,
        "etag": "",
        "last_modified": "",
        "ads": [],
        "postings": 0,
        "state": LIVE,
        "missing": 0,
        "first_listed": run.now,
        "last_listed": run.now,
        "run_id": run.run_id,
        "tried": "",
        "fetched_at": None,
    }


def _changed(name: str, entry: Entry) -> dict[str, Any]:
    return {
        "id": name,
        "url": entry.url,
        "said": dict(entry.said),
        "list_hash": entry.list_hash,
        "due_at": CHANGED if entry.url else None,
    }


def _seen(session: Session, run: RunMark, names: Sequence[str]) -> None:
    state = case((Target.state == SUSPECT, LIVE), else_=Target.state)
    listed = among(session, Target.id.expression, names)
    _set(session, listed, run_id=run.run_id, last_listed=run.now, missing=0, state=state)


def _set(session: Session, where: ColumnElement[bool], **values: object) -> None:
    statement = update(Target).where(where).values(values)
    session.execute(statement.execution_options(synchronize_session=False))


def take_due(session: Session, run: RunMark, *, most: int) -> list[Due]:
    """Up to `most` pages that are due and that this run has not asked for, the most urgent first."""
    columns = (Target.key, Target.url, Target.said, Target.etag, Target.last_modified, Target.ads)
    query = select(Target.id, *columns).where(_due(run)).order_by(Target.due_at).limit(most)
    rows = session.execute(query).all()
    _set(session, among(session, Target.id.expression, [row.id for row in rows]), tried=run.run_id)
    return [
        Due(
            key=row.key,
            url=row.url,
            said=row.said,
            etag=row.etag,
            last_modified=row.last_modified,
            ads=tuple(row.ads),
        )
        for row in rows
    ]


def count_due(session: Session, run: RunMark) -> int:
    """How many pages are due that this run has not asked for."""
    return session.scalar(select(func.count()).select_from(Target).where(_due(run))) or 0


def _due(run: RunMark) -> ColumnElement[bool]:
    # What is missing is asked for too, its page tells more than its absence; what has gone, only if listed.
    wanted = or_(Target.state != GONE, Target.run_id == run.run_id)
    return and_(Target.source == run.source, Target.due_at <= run.now, Target.tried != run.run_id, wanted)


def note_visits(session: Session, run: RunMark, visits: Sequence[Visit], *, due_at: datetime) -> Counter[str]:
    """Note what answers came to, and that the pages are due again at `due_at`.

    Returns how many ads have `gone` by them, and how many are `back`.
    """
    if not visits:
        return Counter()
    by_id = {target_id(run.source, visit.key): visit for visit in visits}
    query = select(Target.id, Target.state, Target.missing, Target.ads, Target.url)
    before = session.execute(query.where(among(session, Target.id.expression, list(by_id)))).all()
    after = [
        _answered(row, by_id[row.id]) | {"fetched_at": run.now, "due_at": due_at if row.url else None}
        for row in before
    ]
    if after:
        session.execute(update(Target), after)
    unchanged = {name: visit for name, visit in by_id.items() if visit.answer == "unchanged"}
    _seen_again(session, [ad for visit in unchanged.values() for ad in visit.ads], run.now)
    pages = [
        Unchanged(row.url, unchanged[row.id].etag, unchanged[row.id].last_modified)
        for row in before
        if row.id in unchanged
    ]
    note_unchanged(session, pages, now=run.now)
    counts = Counter[str]()
    for old, new in zip(before, after, strict=True):
        if (old.state == GONE) != (new["state"] == GONE):
            counts["back" if old.state == GONE else "gone"] += new["postings"]
    return counts


def _answered(row: Row[Any], visit: Visit) -> dict[str, Any]:
    """The target after the visit; one that gave no ads keeps the ids of those it gave before."""
    holds = visit.answer in ("read", "unchanged")
    ads = list(visit.ads) if holds else row.ads
    return {
        "id": row.id,
        "state": LIVE if holds else GONE if visit.answer == "gone" else row.state,
        "missing": 0 if holds else row.missing,
        "etag": visit.etag,
        "last_modified": visit.last_modified,
        "ads": ads,
        "postings": len(ads),
    }


def _seen_again(session: Session, ad_ids: Sequence[str], now: datetime) -> None:
    if not ad_ids:
        return
    earlier = and_(among(session, Sighting.ad_id.expression, ad_ids), Sighting.last_seen < now)
    statement = update(Sighting).where(earlier).values(last_seen=now)
    session.execute(statement.execution_options(synchronize_session=False))


def count_misses(session: Session, source: str, *, since: datetime) -> int:
    """Count as missing what a complete run that began at `since` did not list, nor any run after that.

    Returns how many ads have gone by it.
    """
    absent = and_(Target.source == source, Target.last_listed < since)
    there = and_(absent, Target.state != GONE)
    missing = Target.missing + 1
    gone = session.scalar(select(func.sum(Target.postings)).where(there, missing >= GONE_AFTER)) or 0
    state = case((missing >= GONE_AFTER, GONE), (missing >= SUSPECT_AFTER, SUSPECT), else_=Target.state)
    _set(session, there, missing=missing, state=state)
    _set(session, and_(absent, Target.state == GONE, Target.due_at.is_not(None)), due_at=None)
    return gone
