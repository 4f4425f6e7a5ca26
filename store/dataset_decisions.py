"""What people decide about the open dataset: releases, and what is erased from it.

An erasure names an id that follows from what the ad says (its source and its id there, the employer's name),
so that it holds for whatever comes again, by a crawl, a file or a replay.
"""

from datetime import date
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from config.settings import CHINA
from store.dataset_models import DatasetDecision
from store.dead_letters import Decision

Erasure = Literal["erased_ad", "erased_employer"]
What = Literal["released"] | Erasure
RELEASED: Final = "released"


def note_release(session: Session, version: str, decision: Decision) -> None:
    """Note that a person releases a version; one whose release was interrupted is noted again."""
    session.add(_made(RELEASED, version, decision))


def release_day(session: Session, version: str) -> date | None:
    """The day in China of the newest decision to release a version; None where there is none."""
    query = (
        select(DatasetDecision.at)
        .where(DatasetDecision.what == RELEASED, DatasetDecision.subject == version)
        .order_by(DatasetDecision.number.desc())
        .limit(1)
    )
    at = session.scalar(query)
    return at.astimezone(CHINA).date() if at else None


def erase(session: Session, what: Erasure, subject: str, decision: Decision) -> bool:
    """Note that a person keeps an ad or an employer out of all versions to come.

    Returns False, and notes nothing, where that was decided before.
    """
    if session.scalar(select(_decided(what, subject))):
        return False
    session.add(_made(what, subject, decision))
    return True


def is_erased(
    ad: InstrumentedAttribute[str], employer: InstrumentedAttribute[str | None]
) -> ColumnElement[bool]:
    """Whether an ad, or its employer, is kept out."""
    return _decided("erased_ad", ad) | _decided("erased_employer", employer)


def _made(what: What, subject: str, decision: Decision) -> DatasetDecision:
    return DatasetDecision(at=decision.at, actor=decision.actor, what=what, subject=subject, why=decision.why)


def _decided(what: What, subject: Any) -> ColumnElement[bool]:  # noqa: ANN401 - an id, or a column of ids
    return exists().where(DatasetDecision.what == what, DatasetDecision.subject == subject)
