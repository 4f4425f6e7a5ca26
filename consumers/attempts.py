"""Records that end the process: counted before they are taken, since no `except` will see what they do.

The count stands in the database, so that it outlives the process and follows the partition to whichever
member owns it next. Where it says that an earlier process ended without a word, the records that it had at
hand are taken one by one, and the one that goes on doing it becomes a dead letter.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from events.log import Record, TopicPartition
from store.attempts import Tried, read_attempts, write_attempts
from store.database import snapshot, transaction
from store.errors import DatabaseFull

logger = structlog.get_logger()

LIMIT: Final = 3
"""A record that was at hand at the end of so many processes is not taken again."""


def firsts(records: Iterable[Record]) -> dict[TopicPartition, int]:
    """The offset of the first of `records` in each partition."""
    first: dict[tuple[str, int], int] = {}
    for record in records:
        first.setdefault((record.topic, record.partition), record.offset)
    return {TopicPartition(*place): offset for place, offset in first.items()}


def _rows(attempts: Mapping[TopicPartition, Tried]) -> list[tuple[str, int, int, int]]:
    return [(*place, *tried) for place, tried in attempts.items()]


class Attempts:
    """The tries of one group, as this member knows them."""

    def __init__(self, group: str, engine: Engine) -> None:
        self._group = group
        self._engine = engine
        self._tried: dict[TopicPartition, Tried] = {}
        self._at_hand: dict[TopicPartition, Tried] = {}

    def meet(self, places: Iterable[TopicPartition]) -> None:
        """Learn what others had at hand in `places`, which are newly ours."""
        with snapshot(self._engine) as session:
            found = read_attempts(session, self._group)
        self._tried.update({place: found[place] for place in places if place in found})

    def unfinished(self, batch: Sequence[Record]) -> bool:
        """Whether somebody had the beginning of `batch` at hand before and did not come to its end."""
        return any(self._before(place, offset) for place, offset in firsts(batch).items())

    def _before(self, place: TopicPartition, offset: int) -> int:
        tried = self._tried.get(place)
        return tried.tries if tried is not None and tried.offset == offset else 0

    def begin(self, batch: Sequence[Record]) -> None:
        """Count `batch` as tried once more, durably."""
        at_hand = {
            place: Tried(offset, self._before(place, offset) + 1) for place, offset in firsts(batch).items()
        }
        with transaction(self._engine) as session:
            write_attempts(session, self._group, _rows(at_hand))
        self._tried.update(at_hand)
        self._at_hand = at_hand

    def fatal(self, record: Record) -> int:
        """How many processes ended while `record` was at hand, if they are too many; else 0."""
        earlier = self._before(record.place, record.offset) - 1
        return earlier if earlier >= LIMIT else 0

    def forgive(self) -> None:
        """Take back the last `begin`: the batch is given up for a reason that is not in its records."""
        taken_back = {place: Tried(offset, tries - 1) for place, (offset, tries) in self._at_hand.items()}
        self._tried.update(taken_back)
        self._at_hand = {}
        try:
            with transaction(self._engine) as session:
                write_attempts(session, self._group, _rows(taken_back))
        except (OperationalError, DatabaseFull) as error:
            # One try too many is counted: that alone makes nothing a dead letter.
            logger.warning("attempt not taken back", stage=self._group, error=str(error))
