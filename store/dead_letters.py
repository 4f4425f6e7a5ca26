"""What people did about dead letters."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from events.ids import stable_id
from store.models import DeadLetterAction

Action = Literal["replayed", "dropped"]


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided, why and when."""

    actor: str
    why: str
    at: datetime


def note_action(session: Session, letter_id: str, action: Action, decision: Decision) -> None:
    row = DeadLetterAction(
        id=stable_id("dead-letter-action", letter_id, action, decision.at.isoformat()),
        letter_id=letter_id,
        action=action,
        actor=decision.actor,
        at=decision.at,
        why=decision.why,
    )
    session.add(row)


def actions(session: Session) -> dict[str, DeadLetterAction]:
    """The last action on each letter that is no longer open."""
    rows = session.scalars(select(DeadLetterAction).order_by(DeadLetterAction.at))
    return {row.letter_id: row for row in rows}
