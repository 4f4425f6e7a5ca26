"""What the store knows of crawling a source: how its runs ended, and what its board holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Final

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from store.crawl_models import Target
from store.models import Rejection, Run
from store.targets import GONE, LIVE, SUSPECT

_AT_A_TIME: Final = 50


@dataclass(frozen=True, slots=True)
class Holding:
    """What a board holds by its lists and pages: ads by state, and the pages that are due."""

    live: int = 0
    suspect: int = 0
    gone: int = 0
    due: int = 0


def crawled_sources(session: Session) -> list[str]:
    """The sources that have been crawled."""
    return list(
        session.scalars(select(Run.source).where(Run.kind == "crawl").distinct().order_by(Run.source))
    )


def runs_of(session: Session, source: str) -> Iterator[Run]:
    """The crawls of a source, the newest first."""
    query = select(Run).where(Run.kind == "crawl", Run.source == source).order_by(Run.started_at.desc())
    # In pages of their own: most callers stop at the first few, and would leave a cursor open.
    for start in count(0, _AT_A_TIME):
        runs = session.scalars(query.limit(_AT_A_TIME).offset(start)).all()
        yield from runs
        if len(runs) < _AT_A_TIME:
            return


def last_status(session: Session, source: str) -> str:
    """How the last crawl of a source ended; empty where none has."""
    ended = (run.status for run in runs_of(session, source) if run.finished_at is not None)
    return next(ended, "")


def commonest_rejection(session: Session, run_id: str) -> str:
    """The reason that most rejections of a run give; empty where nothing was rejected."""
    query = select(Rejection.reason).where(Rejection.run_id == run_id).group_by(Rejection.reason)
    return session.scalar(query.order_by(func.count().desc(), Rejection.reason).limit(1)) or ""


def holdings(session: Session, now: datetime) -> dict[str, Holding]:
    """What each source holds."""
    ads = (
        func.sum(case((Target.state == state, Target.postings), else_=0)) for state in (LIVE, SUSPECT, GONE)
    )
    due = func.sum(case((Target.due_at <= now, 1), else_=0))
    query = select(Target.source, *ads, due).group_by(Target.source)
    return {source: Holding(*counts) for source, *counts in session.execute(query)}
