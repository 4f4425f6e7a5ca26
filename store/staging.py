"""What a run let in and what it met on pages, kept until the run is judged, then let go batch by batch.

Nothing of it counts before: not for the log, not for `sightings`, not for `targets`. What a run left here
that broke off, the next run over the same source takes over: its pages need not be asked for again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from events.ids import stable_id
from events.types import JobAd
from store.crawl_models import Target
from store.dead_letters import Decision
from store.models import Run, Sighting
from store.staging_models import RunDecision, StagedAd, StagedVisit
from store.targets import CHANGED, RunMark, Visit, target_id
from store.upsert import add_rows, among

BATCH: Final = 200
"""Ads or visits that are let go together."""

HELD: Final = "held"
DISCARDED: Final = "discarded"


class NotHeld(LookupError):  # noqa: N818 - reads as what it is
    """No run of this id waits for a decision."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An ad that waits, and its number."""

    number: int
    ad: JobAd


def stage_ads(session: Session, run_id: str, ads: Sequence[JobAd]) -> None:
    """Keep `ads` in their order until the run is judged."""
    rows = [
        {"run_id": run_id, "ad_id": ad.ad_id, "content_hash": ad.content_hash, "event": ad.encode()}
        for ad in ads
    ]
    add_rows(session, StagedAd, rows)


def staged_content(session: Session, run_id: str, ad_ids: Sequence[str]) -> dict[str, str]:
    """The newest content that a run staged of each ad, as far as it staged any."""
    mine = (StagedAd.run_id == run_id, among(session, StagedAd.ad_id.expression, list(ad_ids)))
    query = select(StagedAd.ad_id, StagedAd.content_hash).where(*mine).order_by(StagedAd.number)
    return dict(session.execute(query).all())


def stage_visits(session: Session, run: RunMark, visits: Sequence[Visit], *, due_at: datetime) -> None:
    """Keep what pages answered until the run is judged."""
    rows = [
        {
            "run_id": run.run_id,
            "target": target_id(run.source, visit.key),
            "key": visit.key,
            "answer": visit.answer,
            "etag": visit.etag,
            "last_modified": visit.last_modified,
            "ads": list(visit.ads),
            "postings": len(visit.ads),
            "noted_at": run.now,
            "due_at": due_at,
        }
        for visit in visits
    ]
    add_rows(session, StagedVisit, rows)


def take_over(session: Session, run: RunMark) -> int:
    """Make what runs over the same source left that broke off a part of `run`; returns how many ads.

    Pages whose answers are taken over count as asked for, unless the board says that they have changed since.
    """
    left = _left_by_others(run)
    pages = select(StagedVisit.target).where(StagedVisit.run_id.in_(left))
    again = select(Target.id).where(Target.id.in_(pages), Target.due_at == CHANGED)
    _execute(session, delete(StagedVisit).where(StagedVisit.run_id.in_(left), StagedVisit.target.in_(again)))
    _execute(session, update(Target).where(Target.id.in_(pages)).values(tried=run.run_id))
    _execute(session, update(StagedVisit).where(StagedVisit.run_id.in_(left)).values(run_id=run.run_id))
    moved = update(StagedAd).where(StagedAd.run_id.in_(left)).values(run_id=run.run_id)
    return _execute(session, moved)


def _left_by_others(run: RunMark) -> Any:  # noqa: ANN401 - SQLAlchemy's own type is as wide
    """The runs over the same source that broke off; those that are held wait for a person."""
    others = (Run.source == run.source, Run.id != run.run_id, Run.kind == "crawl", Run.status != HELD)
    return select(Run.id).where(*others)


def left_over(session: Session, source: str) -> int:
    """How many ads wait that runs over `source` left which broke off."""
    broken_off = select(Run.id).where(Run.source == source, Run.status != HELD)
    query = select(func.count()).select_from(StagedAd).where(StagedAd.run_id.in_(broken_off))
    return session.scalar(query) or 0


def waiting_ads(session: Session, run_id: str, *, most: int = BATCH, after: int = 0) -> list[Waiting]:
    """The first ads of a run that wait, those behind the number `after`."""
    query = select(StagedAd.number, StagedAd.event)
    query = query.where(StagedAd.run_id == run_id, StagedAd.number > after).order_by(StagedAd.number)
    return [Waiting(number, JobAd.decode(event)) for number, event in session.execute(query.limit(most))]


def count_waiting(session: Session, run_id: str) -> int:
    """How many ads of a run wait."""
    query = select(func.count()).select_from(StagedAd).where(StagedAd.run_id == run_id)
    return session.scalar(query) or 0


def outdated(session: Session, ads: Sequence[JobAd]) -> set[str]:
    """Event ids of those `ads` that were seen again since, or let in with this very content by others."""
    seen = select(Sighting.ad_id, Sighting.content_hash, Sighting.last_seen)
    rows = session.execute(seen.where(among(session, Sighting.ad_id.expression, [ad.ad_id for ad in ads])))
    known = {ad_id: (content, last_seen) for ad_id, content, last_seen in rows}
    return {ad.event_id for ad in ads if _is_outdated(ad, known.get(ad.ad_id))}


def _is_outdated(ad: JobAd, known: tuple[str, datetime] | None) -> bool:
    return known is not None and (known[0] == ad.content_hash or known[1] > ad.observed_at)


def forget_ads(session: Session, ads: Sequence[Waiting]) -> None:
    """They wait no longer."""
    _execute(session, delete(StagedAd).where(StagedAd.number.in_([each.number for each in ads])))


@dataclass(frozen=True, slots=True)
class WaitingVisit:
    """A visit that waits: when it was, and when its page is to be asked for again."""

    visit: Visit
    noted_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class VisitBatch:
    """Visits that wait no longer."""

    taken: int
    together: Sequence[Sequence[WaitingVisit]]
    """Those that still tell something new, of the same moment together."""


def take_visits(session: Session, run_id: str) -> VisitBatch:
    """A batch of the visits that wait; one that is older than what its page answered since is dropped."""
    query = select(StagedVisit, Target.fetched_at).outerjoin(Target, Target.id == StagedVisit.target)
    query = query.where(StagedVisit.run_id == run_id).order_by(StagedVisit.number).limit(BATCH)
    rows = session.execute(query).all()
    fresh = [_waiting_visit(row) for row, fetched in rows if fetched is None or fetched <= row.noted_at]
    _execute(session, delete(StagedVisit).where(StagedVisit.number.in_([row.number for row, _ in rows])))
    moments = groupby(fresh, key=lambda each: (each.noted_at, each.due_at))
    return VisitBatch(len(rows), [list(together) for _, together in moments])


def _waiting_visit(row: StagedVisit) -> WaitingVisit:
    return WaitingVisit(_visit(row), row.noted_at, row.due_at)


def _visit(row: StagedVisit) -> Visit:
    return Visit(
        key=row.key,
        answer=row.answer,  # type: ignore[arg-type]  # written from a Visit
        etag=row.etag,
        last_modified=row.last_modified,
        ads=tuple(row.ads),
    )


def ads_on_board(session: Session, source: str, run_id: str) -> int:
    """The ads on the pages that a run listed, as it found them or, where it did not ask, as last known."""
    answered = select(StagedVisit.target).where(StagedVisit.run_id == run_id)
    resting = (Target.source == source, Target.run_id == run_id, Target.id.not_in(answered))
    known = session.scalar(select(func.sum(Target.postings)).where(*resting)) or 0
    found = session.scalar(select(func.sum(StagedVisit.postings)).where(StagedVisit.run_id == run_id)) or 0
    return known + found


def drop(session: Session, run_id: str) -> int:
    """Give up what a run has waiting, and the pages that nobody but this run named; returns how many ads."""
    new = (Target.run_id == run_id, Target.fetched_at.is_(None), Target.first_listed == Target.last_listed)
    _execute(session, delete(Target).where(*new))
    _execute(session, delete(StagedVisit).where(StagedVisit.run_id == run_id))
    return _execute(session, delete(StagedAd).where(StagedAd.run_id == run_id))


def _execute(session: Session, statement: Any) -> int:  # noqa: ANN401 - update or delete
    """Run a statement over many rows; returns how many."""
    done = session.execute(statement.execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]


def held_runs(session: Session, source: str = "") -> Sequence[Run]:
    """The runs that wait for a decision, the oldest first; of one source if it is given."""
    wanted: list[ColumnElement[bool]] = [Run.status == HELD]
    if source:
        wanted.append(Run.source == source)
    return session.scalars(select(Run).where(*wanted).order_by(Run.started_at)).all()


def held_run(session: Session, name: str) -> Run:
    """The held run whose id begins with `name`.

    Raises:
        NotHeld: there is none, or more than one.
    """
    matching = or_(Run.id == name, Run.id.startswith(name, autoescape=True))
    found = session.scalars(select(Run).where(Run.status == HELD, matching).limit(2)).all()
    if len(found) != 1:
        raise NotHeld(f"{'more than one' if found else 'no'} held run has an id that begins with {name!r}")
    return found[0]


def note_decision(session: Session, run_id: str, action: str, decision: Decision) -> None:
    """Put on record what became of a run that was held."""
    session.add(
        RunDecision(
            id=stable_id("run-decision", run_id, action, decision.at.isoformat()),
            run_id=run_id,
            action=action,
            actor=decision.actor,
            why=decision.why,
            at=decision.at,
        )
    )


def decisions_on(session: Session, run_id: str) -> Sequence[RunDecision]:
    """What was decided about a run, the oldest first."""
    mine = RunDecision.run_id == run_id
    return session.scalars(select(RunDecision).where(mine).order_by(RunDecision.at, RunDecision.id)).all()


def discard(session: Session, run: Run, action: str, decision: Decision) -> int:
    """Throw away what a held run brought; returns how many ads. Its pages stay due."""
    dropped = drop(session, run.id)
    run.status, run.note = DISCARDED, f"{action} by {decision.actor}: {decision.why}; {run.note}"
    note_decision(session, run.id, action, decision)
    return dropped
