"""What people decide about the open dataset: releases, and what is erased from it.

An erasure names an id that follows from what the ad says (its source and its id there, the employer's name),
so that it holds for whatever comes again, by a crawl, a file or a replay.
"""

from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from store.dataset_models import DatasetDecision
from store.dead_letters import Decision

What = Literal["released", "erased_ad", "erased_employer"]
RELEASED: Final = "released"


def decide(session: Session, what: What, subject: str, decision: Decision) -> bool:
    """Note that a person releases a version, or keeps an ad or an employer out of all versions to come.

    Returns False, and notes nothing, where that was decided before.
    """
    if session.scalar(select(_decided(what, subject))):
        return False
    made = DatasetDecision(at=decision.at, actor=decision.actor, what=what, subject=subject, why=decision.why)
    session.add(made)
    return True


def is_erased(
    ad: InstrumentedAttribute[str], employer: InstrumentedAttribute[str | None]
) -> ColumnElement[bool]:
    """Whether an ad, or its employer, is kept out."""
    return _decided("erased_ad", ad) | _decided("erased_employer", employer)


def _decided(what: What, subject: Any) -> ColumnElement[bool]:  # noqa: ANN401 - an id, or a column of ids
    return exists().where(DatasetDecision.what == what, DatasetDecision.subject == subject)
