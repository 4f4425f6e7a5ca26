"""What each group has at hand, noted before it is done (`store.stage_models.Attempt`)."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from store.stage_models import Attempt
from store.upsert import put_newer


class Tried(NamedTuple):
    """The first record at hand in a partition, and how often it has been taken without an end."""

    offset: int
    tries: int


def read_attempts(session: Session, group: str) -> dict[tuple[str, int], Tried]:
    """What `group` last had at hand, by topic and partition."""
    rows = session.scalars(select(Attempt).where(Attempt.group == group))
    return {(row.topic, row.partition): Tried(row.offset, row.tries) for row in rows}


def write_attempts(session: Session, group: str, attempts: Iterable[tuple[str, int, int, int]]) -> None:
    """Note (topic, partition, offset, tries) for what `group` has at hand now.

    Not forced to the disk: a lost note is one try more.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL synchronous_commit TO off"))
    rows = [
        {"group": group, "topic": topic, "partition": partition, "offset": offset, "tries": tries}
        for topic, partition, offset, tries in attempts
    ]
    # The group is the same in every row: whoever writes last is right.
    put_newer(session, Attempt, rows, newer=("group",), keep=())
