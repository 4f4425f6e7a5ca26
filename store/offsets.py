"""How far the effects of each stage reach, kept beside the effects themselves."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.models import ConsumerOffset
from store.upsert import put_newer


def write_offsets(session: Session, group: str, offsets: Iterable[tuple[str, int, int]]) -> None:
    """Note (topic, partition, next offset), in the transaction of the effects before that offset.

    An offset never goes back, whoever repeats an old batch: one that is lower than before tells of a restored
    backup.
    """
    rows = [
        {"group": group, "topic": topic, "partition": partition, "next_offset": offset}
        for topic, partition, offset in offsets
    ]
    put_newer(session, ConsumerOffset, rows, newer=("next_offset",), keep=())


def read_offsets(session: Session, group: str) -> dict[tuple[str, int], int]:
    """The next offset of each place that `group` has ever written."""
    rows = session.scalars(select(ConsumerOffset).where(ConsumerOffset.group == group))
    return {(row.topic, row.partition): row.next_offset for row in rows}


def all_offsets(session: Session) -> dict[tuple[str, int], int]:
    """The lowest next offset that any group has written, of each place that one has."""
    lowest = select(ConsumerOffset.topic, ConsumerOffset.partition, func.min(ConsumerOffset.next_offset))
    rows = session.execute(lowest.group_by(ConsumerOffset.topic, ConsumerOffset.partition))
    return {(topic, partition): offset for topic, partition, offset in rows}
