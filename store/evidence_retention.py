"""How long bytes are kept as evidence, and whether what is to be kept is there (docs/evidence.md).

Rows are marked first, and files removed by what the rows say; so a trimming that is cut short leaves files
that the next one removes, and never a row that promises what is gone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Engine, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from events.topics import RETENTION
from store.database import snapshot, transaction
from store.evidence_folder import EvidenceFolder, State
from store.evidence_models import AdCapture, Capture
from store.models import Ad, AdVersion, Clue, Finding
from store.staging_models import StagedAd
from store.upsert import among

UNDECIDED: Final = timedelta(days=1)
"""A file that was left this lately may belong to a run that has yet to note it."""
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
    files: int
    bytes: int
    """Removed from the folder, as they lay there."""


class Fault(NamedTuple):
    """Bytes that should be kept, and are not there as they came."""

    sha256: str
    state: State
    place: str
    """Address or file they came from."""


def trim(engine: Engine, folder: EvidenceFolder, rule: Retention) -> Trimmed:
    """Give up the bytes that are needed no longer, and remove the files that nobody knows of."""
    given_up = sum(_give_up(engine, rule))
    sizes = list(_sweep(engine, folder, rule.now))
    return Trimmed(given_up, len(sizes), sum(sizes))


def overdue(session: Session, rule: Retention) -> int:
    """How many originals have served their time, and still keep their bytes."""
    return session.scalar(select(func.count()).select_from(Capture).where(_outlived(rule))) or 0


def _give_up(engine: Engine, rule: Retention) -> Iterator[int]:
    after = ""
    while True:
        with transaction(engine) as session:
            query = select(Capture.id).where(Capture.id > after, _outlived(rule))
            ids = session.scalars(query.order_by(Capture.id).limit(_PAGE)).all()
            _mark_removed(session, ids, rule.now)
        yield len(ids)
        if len(ids) < _PAGE:
            return
        after = ids[-1]


def _outlived(rule: Retention) -> ColumnElement[bool]:
    linked = exists().where(AdCapture.capture_id == Capture.id)
    days = timedelta(days=rule.days)
    old = Capture.fetched_at < rule.now - days
    # An ad that no stage has recorded yet may still turn out to hold a clue.
    forgotten = and_(~linked, Capture.fetched_at < rule.now - max(days, ON_THE_WAY), ~_awaited())
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


def _mark_removed(session: Session, ids: Sequence[str], now: datetime) -> None:
    if ids:
        statement = update(Capture).where(among(session, Capture.id.expression, ids)).values(removed_at=now)
        session.execute(statement.execution_options(synchronize_session=False))


def _sweep(engine: Engine, folder: EvidenceFolder, now: datetime) -> Iterator[int]:
    """Remove the files that no capture keeps; how many bytes each had."""
    folder.remove_torn(left_before=now - UNDECIDED)
    left = folder.left_before(now - UNDECIDED)
    while hashes := list(islice(left, _PAGE)):
        with snapshot(engine) as session:
            known = _kept(session, hashes)
        for sha256 in hashes:
            if not known.get(sha256, False):
                age = UNDECIDED if sha256 in known else ON_THE_WAY
                if size := folder.remove(sha256, left_before=now - age):
                    yield size


def _kept(session: Session, hashes: Sequence[str]) -> dict[str, bool]:
    """Of the hashes that captures name: whether any of these keeps its bytes."""
    living = func.count().filter(Capture.removed_at.is_(None))
    query = select(Capture.sha256, living).where(among(session, Capture.sha256.expression, hashes))
    return {sha256: bool(count) for sha256, count in session.execute(query.group_by(Capture.sha256))}


def kept(engine: Engine) -> Iterator[tuple[str, str]]:
    """The hash of everything that is to be kept, in order, and from where it came."""
    after = ""
    place = func.max(func.coalesce(func.nullif(Capture.url, ""), Capture.name))
    while True:
        query = select(Capture.sha256, place).where(Capture.removed_at.is_(None), Capture.sha256 > after)
        with snapshot(engine) as session:
            rows = session.execute(query.group_by(Capture.sha256).order_by(Capture.sha256).limit(_PAGE)).all()
        yield from ((sha256, place_of) for sha256, place_of in rows)
        if len(rows) < _PAGE:
            return
        after = rows[-1][0]


def faults(engine: Engine, folder: EvidenceFolder) -> Iterator[Fault | None]:
    """Read again everything that is to be kept: a fault, or None where it is sound."""
    for sha256, place in kept(engine):
        state = folder.state(sha256)
        yield None if state == "sound" else Fault(sha256, state, place)
