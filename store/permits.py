"""Boards that a person has stopped, hosts that a run speaks to at the moment, requests they were sent."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from store.crawl_models import BoardStop, HostLease, HostRequests
from store.upsert import add_up, insert_new, put_newer


@dataclass(frozen=True, slots=True)
class Stop:
    """A person's word that a board is not to be crawled for the time being."""

    board: str
    actor: str
    why: str
    since: datetime


def stop_board(session: Session, stop: Stop) -> None:
    """Stop a board; a newer stop takes the place of an older one."""
    row = {"board": stop.board, "actor": stop.actor, "why": stop.why, "since": stop.since}
    put_newer(session, BoardStop, [row], newer=("since",), keep=())


def allow_board(session: Session, board: str) -> bool:
    """Take a stop back; False if there was none."""
    return bool(session.execute(delete(BoardStop).where(BoardStop.board == board)).rowcount)  # type: ignore[attr-defined]


def stops(session: Session) -> dict[str, Stop]:
    """All stops, by board."""
    found = session.scalars(select(BoardStop).order_by(BoardStop.board))
    return {row.board: Stop(row.board, row.actor, row.why, row.since) for row in found}


def stop_of(session: Session, board: str) -> Stop | None:
    """The stop of a board, if there is one."""
    row = session.get(BoardStop, board)
    return None if row is None else Stop(row.board, row.actor, row.why, row.since)


def lease_hosts(
    session: Session, hosts: Collection[str], *, run_id: str, now: datetime, until: datetime
) -> str:
    """Take `hosts` for a run, all of them or none; a host that another run has taken, or empty.

    Whoever writes the row first has the host; a lease that has run out is anybody's.
    """
    mine = HostLease.run_id == run_id
    session.execute(delete(HostLease).where(HostLease.host.in_(hosts), mine | (HostLease.until <= now)))
    insert_new(session, HostLease, [{"host": host, "run_id": run_id, "until": until} for host in set(hosts)])
    others = select(HostLease.host).where(HostLease.host.in_(hosts), HostLease.run_id != run_id)
    taken = session.scalar(others.order_by(HostLease.host).limit(1))
    if taken is not None:
        release_hosts(session, run_id)
    return taken or ""


def release_hosts(session: Session, run_id: str) -> None:
    """Let go of the hosts of a run."""
    session.execute(delete(HostLease).where(HostLease.run_id == run_id))


def requests_sent(session: Session, host: str, *, since: datetime) -> int:
    """How many requests `host` was sent since `since`, which is the beginning of an hour."""
    sent = HostRequests.host == host, HostRequests.hour >= since
    return session.scalar(select(func.sum(HostRequests.requests)).where(*sent)) or 0


def count_request(session: Session, host: str, *, now: datetime) -> None:
    """Count a request that `host` is about to be sent."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    add_up(session, HostRequests, [{"host": host, "hour": hour, "requests": 1}], column="requests")
