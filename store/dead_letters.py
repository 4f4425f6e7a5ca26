"""Dead letters as the stages note them, and what people did about them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NamedTuple

from sqlalchemy import Exists, func, select, tuple_
from sqlalchemy.orm import Session

from events.ids import stable_id
from events.types import DeadLetter
from store.outbox import Waiting, put
from store.stage_models import DeadLetterAction, DeadLetterEntry
from store.upsert import insert_new

Action = Literal["replayed", "dropped"]


PAGE: Final = 50
"""Letters on one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLetters:
    """Which letters. What is empty does not matter."""

    settled: bool = False
    """Those that somebody replayed or dropped, in place of the open ones."""
    stage: str = ""
    source: str = ""
    after: str = ""
    """Id of the letter behind which the page begins."""


class LetterLine(NamedTuple):
    entry: DeadLetterEntry
    action: DeadLetterAction | None
    """The last that was done about it; None while it is open."""


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


def replay(session: Session, letter: DeadLetter, decision: Decision) -> None:
    """Send the record of a letter round again; the decision and what is published stand or fall together.

    The relay stage does the publishing.
    """
    note_action(session, letter.event_id, "replayed", decision)
    put(session, [Waiting(*letter.original)], now=decision.at)


def drop(session: Session, letter_id: str, decision: Decision) -> None:
    """Close a letter for good; its bytes stay in the log."""
    note_action(session, letter_id, "dropped", decision)


def actions(session: Session) -> dict[str, DeadLetterAction]:
    """The last action on each letter that is no longer open."""
    rows = session.scalars(select(DeadLetterAction).order_by(DeadLetterAction.at))
    return {row.letter_id: row for row in rows}


def note_letters(session: Session, letters: Iterable[tuple[DeadLetter, str]]) -> None:
    """Enter letters, each with the source of its ad, before they are written."""
    rows = [
        {
            "id": letter.event_id,
            "group": letter.group,
            "source": source,
            "died_at": letter.died_at,
            "reason": letter.reason,
        }
        for letter, source in letters
    ]
    insert_new(session, DeadLetterEntry, rows)


def open_letters(
    session: Session, group: str, sources: Collection[str], *, since: datetime
) -> dict[str, int]:
    """How many letters `group` has entered since then that nobody has replayed or dropped, by source."""
    query = (
        select(DeadLetterEntry.source, func.count())
        .where(DeadLetterEntry.group == group, DeadLetterEntry.source.in_(sources))
        .where(DeadLetterEntry.died_at >= since, ~_settled())
        .group_by(DeadLetterEntry.source)
    )
    return dict(session.execute(query).all())


def letters(session: Session, asked: AskedLetters, *, limit: int = PAGE) -> list[LetterLine]:
    """One page of the letters that stages have entered, the newest first."""
    order = DeadLetterEntry.died_at, DeadLetterEntry.id
    query = select(DeadLetterEntry).where(_settled() if asked.settled else ~_settled())
    if asked.stage:
        query = query.where(DeadLetterEntry.group == asked.stage)
    if asked.source:
        query = query.where(DeadLetterEntry.source == asked.source)
    if last := session.get(DeadLetterEntry, asked.after):
        query = query.where(tuple_(*order) < (last.died_at, last.id))
    entries = session.scalars(query.order_by(*(each.desc() for each in order)).limit(limit)).all()
    done = _last_actions(session, [entry.id for entry in entries])
    return [LetterLine(entry, done.get(entry.id)) for entry in entries]


def letter_line(session: Session, letter_id: str, *, lock: bool = False) -> LetterLine | None:
    """The letter with this id, as its stage entered it; with `lock` nobody else decides about it now."""
    entry = session.get(DeadLetterEntry, letter_id, with_for_update=lock)
    return LetterLine(entry, _last_actions(session, [letter_id]).get(letter_id)) if entry else None


def _last_actions(session: Session, ids: Collection[str]) -> dict[str, DeadLetterAction]:
    query = select(DeadLetterAction).where(DeadLetterAction.letter_id.in_(ids))
    return {row.letter_id: row for row in session.scalars(query.order_by(DeadLetterAction.at))}


def count_open(session: Session) -> int:
    """How many of the entered letters nobody has replayed or dropped."""
    return session.scalar(select(func.count()).select_from(DeadLetterEntry).where(~_settled())) or 0


def _settled() -> Exists:
    acted = select(DeadLetterAction.letter_id).where(DeadLetterAction.letter_id == DeadLetterEntry.id)
    return acted.exists()
