"""Which rules were taken into use and which were refused (docs/releases.md).

Every moment written here is later than the one before it, whatever the clock does: readings are put in order
by the moment since when their rules are in use.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.database import one_at_a_time
from store.models import Release
from store.upsert import put_newer

GOOD: Final = "good"
REFUSED: Final = "refused"
PROBLEMS: Final = 100
"""So many problems of refused rules are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What names a release: the version of all rules and, where they could be read, of two of their parts."""

    rules: str
    catalogue: str = ""
    policy: str = ""


def take_into_use(session: Session, versions: Versions, *, stage: str, now: datetime) -> datetime:
    """Note that `stage` goes by these rules, and return since when they are in use.

    Rules that come back after others have been in use are in use anew.
    """
    moment = _next_moment(session, now)
    current = in_use(session)
    since = moment
    if current and current.since and current.rules_version == versions.rules:
        since = current.since
    _put(session, versions, status=GOOD, stage=stage, loaded_at=moment, since=since, problems=[])
    return since


def refuse(
    session: Session, versions: Versions, *, stage: str, now: datetime, problems: Sequence[str]
) -> None:
    """Note that `stage` found these rules, and why it does not go by them."""
    moment = _next_moment(session, now)
    kept = list(problems[:PROBLEMS])
    _put(session, versions, status=REFUSED, stage=stage, loaded_at=moment, since=None, problems=kept)


def in_use(session: Session) -> Release | None:
    """The rules that were taken into use last."""
    good = select(Release).where(Release.status == GOOD)
    return session.scalars(good.order_by(Release.since.desc()).limit(1)).first()


def refused(session: Session) -> Release | None:
    """The rules that were refused last, unless good ones were found since then."""
    latest = session.scalars(select(Release).order_by(Release.loaded_at.desc()).limit(1)).first()
    return latest if latest and latest.status == REFUSED else None


def _next_moment(session: Session, now: datetime) -> datetime:
    one_at_a_time(session.connection(), "noting releases")
    latest = session.scalar(select(func.max(Release.loaded_at)))
    return max(now, latest + timedelta(microseconds=1)) if latest else now


def _put(session: Session, versions: Versions, **columns: object) -> None:
    row = {
        "rules_version": versions.rules,
        "catalogue_version": versions.catalogue,
        "policy_version": versions.policy,
        **columns,
    }
    put_newer(session, Release, [row], newer=("loaded_at",), keep=())
