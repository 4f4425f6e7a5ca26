"""What left the log unread, as people decided to go on without it."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from events.ids import stable_id
from store.dead_letters import Decision
from store.stage_models import LogGap


def note_gap(session: Session, group: str, gap: tuple[str, int, int, int], decision: Decision) -> None:
    """Put on record that `group` skips a `gap`: topic, partition, first offset missed, where it goes on."""
    topic, partition, first, next_offset = gap
    row = LogGap(
        id=stable_id("log-gap", group, topic, partition, first, decision.at.isoformat()),
        group=group,
        topic=topic,
        partition=partition,
        first_offset=first,
        next_offset=next_offset,
        actor=decision.actor,
        at=decision.at,
        why=decision.why,
    )
    session.add(row)


def noted_gaps(session: Session) -> Sequence[LogGap]:
    """All decisions to go on behind a gap, oldest first."""
    return session.scalars(select(LogGap).order_by(LogGap.at, LogGap.id)).all()
