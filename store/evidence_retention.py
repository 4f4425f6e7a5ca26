"""How long bytes are kept as evidence, and whether what is to be kept is there (docs/evidence.md).

Bytes are removed in the transaction that marks the last row which keeps them.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Engine, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from events.topics import RETENTION
from store.database import snapshot, transaction
from store.evidence_bytes import Removed, State, alone_with_bytes, remove_bytes, state_of
from store.evidence_models import AdCapture, Capture
from store.models import Ad, AdVersion, Clue, Finding
from store.recheck_models import Recheck
from store.staging_models import StagedAd
from store.upsert import among

ON_THE_WAY: Final = max(RETENTION.values())
"""As long as the log may still bring the ad, or a restored database may be filled again from it."""
_PAGE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Which bytes are given up."""

    now: datetime
    days: int
    """After so many days, those that show no clue and no hint."""
    case_days: int
    """So many days after the last clue of their ad was withdrawn, those that showed one."""


class Trimmed(NamedTuple):
    captures: int
    """Whose bytes were given up."""
    contents: int
    bytes: int
    """Removed, because no other capture keeps them; compressed as they were."""


class Fault(NamedTuple):
    """Bytes that should be kept, and are not there as they came."""

    sha256: str
    state: State
    place: str
    """Address or file they came from."""


def trim(engine: Engine, rule: Retention) -> Trimmed:
    """Give up the bytes that are needed no longer."""
    pages = list(_give_up(engine, rule))
    return Trimmed(
        sum(captures for captures, _ in pages),
        sum(removed.contents for _, removed in pages),
        sum(removed.bytes for _, removed in pages),
    )


def overdue(session: Session, rule: Retention) -> int:
    """How many originals have served their time, and still keep their bytes."""
    return session.scalar(select(func.count()).select_from(Capture).where(_outlived(rule))) or 0


def _give_up(engine: Engine, rule: Retention) -> Iterator[tuple[int, Removed]]:
    after = ""
    while True:
        with transaction(engine) as session:
            alone_with_bytes(session)
            query = select(Capture.id, Capture.sha256).where(Capture.id > after, _outlived(rule))
            hashes = dict(session.execute(query.order_by(Capture.id).limit(_PAGE)).all())
            _mark_removed(session, list(hashes), rule.now)
            needless = set(hashes.values()) - _kept(session, set(hashes.values()))
            removed = remove_bytes(session, needless)
        yield len(hashes), removed
        if len(hashes) < _PAGE:
            return
        after = max(hashes)


def _outlived(rule: Retention) -> ColumnElement[bool]:
    linked = exists().where(AdCapture.capture_id == Capture.id)
    days = timedelta(days=rule.days)
    old = Capture.fetched_at < rule.now - days
    # An ad that no stage has recorded yet may still turn out to hold a clue.
    unread = Capture.fetched_at < rule.now - max(days, ON_THE_WAY)
    forgotten = and_(~linked, unread, ~_awaited(), ~_looked_again(rule))
    return and_(Capture.removed_at.is_(None), old, or_(forgotten, and_(linked, ~_needed(rule))))


def _awaited() -> ColumnElement[bool]:
    """Whether the run that brought the capture still has ads that wait for a person's decision."""
    return exists().where(StagedAd.run_id == Capture.run_id)


def _needed(rule: Retention) -> ColumnElement[bool]:
    """Whether any ad that the capture shows has a clue or a hint; all versions of such an ad are kept."""
    shown = select(AdCapture.capture_id).join(AdVersion, AdVersion.id == AdCapture.version_id)
    ads = shown.where(AdCapture.capture_id == Capture.id)
    lately = Clue.withdrawn_at > rule.now - timedelta(days=rule.case_days)
    held = or_(Clue.withdrawn_at.is_(None), lately)
    clue = ads.join(Clue, Clue.ad_id == AdVersion.ad_id).where(held).exists()
    newest = ads.join(Ad, Ad.id == AdVersion.ad_id)
    hint = newest.join(Finding, Finding.reading_id == Ad.reading_id).exists()
    return or_(clue, hint)


def _looked_again(rule: Retention) -> ColumnElement[bool]:
    """Whether the capture is of a page that is looked at again for a case that still has a clue."""
    lately = Clue.withdrawn_at > rule.now - timedelta(days=rule.case_days)
    held = exists().where(Clue.case_id == Recheck.case_id, or_(Clue.withdrawn_at.is_(None), lately))
    return exists().where(Recheck.url == Capture.url, Recheck.url != "", held)


def _mark_removed(session: Session, ids: Sequence[str], now: datetime) -> None:
    if ids:
        statement = update(Capture).where(among(session, Capture.id.expression, ids)).values(removed_at=now)
        session.execute(statement.execution_options(synchronize_session=False))


def _kept(session: Session, hashes: Collection[str]) -> set[str]:
    """Those whose bytes some capture still keeps."""
    mine = among(session, Capture.sha256.expression, hashes)
    return set(session.scalars(select(Capture.sha256).where(mine, Capture.removed_at.is_(None))))


def faults(engine: Engine) -> Iterator[Fault | None]:
    """Read again everything that is to be kept: a fault, or None where it is sound."""
    after = ""
    place = func.max(func.coalesce(func.nullif(Capture.url, ""), Capture.name))
    while True:
        query = select(Capture.sha256, place).where(Capture.removed_at.is_(None), Capture.sha256 > after)
        with snapshot(engine) as session:
            rows = session.execute(query.group_by(Capture.sha256).order_by(Capture.sha256).limit(_PAGE)).all()
            for sha256, place_of in rows:
                state = state_of(session, sha256)
                yield None if state == "sound" else Fault(sha256, state, place_of)
        if len(rows) < _PAGE:
            return
        after = rows[-1][0]
