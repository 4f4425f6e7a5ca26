"""复发: the case that takes up what was found after the correction of another was reported."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from events.ids import stable_id
from store.cases import MACHINE, following, open_placed, standing
from store.models import Case, CaseEvent, Clue
from store.recheck_models import Recheck
from store.search import index_cases
from store.upsert import insert_new


def open_following(session: Session, case: Case, at: datetime) -> None:
    """Open the case that follows `case`, which a person has just ended as a relapse.

    It takes over the clues that nobody has decided, and a copy of each whose ad still makes the demand: what
    was confirmed stays evidence of the case that ended.
    """
    still = Recheck.case_id == case.id, Recheck.ad_id == Clue.ad_id, Recheck.outcome == "still"
    again = and_(Clue.human_verdict == "confirmed", exists().where(*still))
    mine = select(Clue).where(Clue.case_id == case.id, standing(), or_(Clue.human_verdict.is_(None), again))
    clues = session.scalars(mine.order_by(Clue.first_seen, Clue.id)).all()
    taken_up = [_taken_up(clue, at) for clue in clues]
    open_placed(session, taken_up, {following(case.id): case.id})
    for clue in clues:
        if clue.human_verdict is None:
            clue.case_id = following(case.id)
    session.flush()
    insert_new(session, Clue, taken_up)  # those that were taken over are there
    insert_new(session, CaseEvent, [_added(row, case.number, at) for row in taken_up])
    index_cases(session, {case.id, following(case.id)})


def _taken_up(clue: Clue, at: datetime) -> dict[str, Any]:
    row = {column.key: getattr(clue, column.key) for column in Clue.__table__.columns}
    copied = clue.human_verdict is not None
    copy = {"id": stable_id("clue", "after", clue.id), "held_by": None} if copied else {}
    return row | {"case_id": following(clue.case_id), "first_seen": at, "human_verdict": None} | copy


def _added(row: dict[str, Any], number: str, at: datetime) -> dict[str, Any]:
    return {
        "id": stable_id("case-event", row["case_id"], "clue_added", row["id"]),
        "case_id": row["case_id"],
        "at": at,
        "actor": MACHINE,
        "action": "clue_added",
        "clue_id": row["id"],
        "reason": f"{row['rule']}（前案 {number} 整改后仍有）",
    }
