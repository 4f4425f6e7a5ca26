"""What runs leave behind, and how long: rejections, ads nobody decided on, pages that have long gone."""

from collections import Counter
from datetime import datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from store.crawl_models import HostRequests, Target
from store.dead_letters import Decision
from store.models import Rejection, Run
from store.staging import HELD, discard, held_runs
from store.staging_models import StagedAd, StagedVisit
from store.targets import GONE


def trim(session: Session, before: datetime, decision: Decision) -> Counter[str]:
    """Delete what is older than `before`: how many rows of what.

    The rows of runs themselves stay, and so do decisions: they say what was collected, when and by whom. A
    run that is still held is discarded. A page that has gone and comes back is read like a new one.
    """
    counts = Counter[str]()
    for run in held_runs(session):
        if run.started_at < before:
            counts["held ads"] += discard(session, run, "discarded", decision)
    old = select(Run.id).where(Run.started_at < before, Run.status != HELD)
    counts["rejections"] = _deleted(session, Rejection, old)
    counts["ads of broken off runs"] = _deleted(session, StagedAd, old)
    _deleted(session, StagedVisit, old)
    gone = delete(Target).where(Target.state == GONE, Target.last_listed < before, Target.due_at.is_(None))
    session.execute(delete(HostRequests).where(HostRequests.hour < before))
    counts["gone pages"] = int(session.execute(gone).rowcount)  # type: ignore[attr-defined]
    return counts


def _deleted(session: Session, model: type[Rejection | StagedAd | StagedVisit], runs: Select[str]) -> int:
    statement = delete(model).where(model.run_id.in_(runs)).execution_options(synchronize_session=False)
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]


def old_runs(session: Session, before: datetime) -> list[str]:
    """Ids of the runs that began before `before`."""
    return list(session.scalars(select(Run.id).where(Run.started_at < before)))
