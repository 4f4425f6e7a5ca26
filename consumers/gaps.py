"""Records that left the log before their stage had read them, and the way on behind them.

Nobody goes past such a gap by himself (`RecordsGone`). A person who has looked at it may send the stage on;
what is missing stays on record.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Engine

from events.log import Consumer, Log, RecordsGone, TopicPartition
from store.database import snapshot, transaction
from store.dead_letters import Decision
from store.gaps import note_gap
from store.offsets import read_offsets, write_offsets

JOIN_SECONDS: Final = 60.0
"""Longer than the log takes to find out that a killed process has left its partitions."""
_NAP_SECONDS: Final = 0.2


class StageRuns(Exception):  # noqa: N818 - what is in the way
    """Another process has partitions of the stage: it must end first."""


@dataclass(frozen=True, slots=True)
class Gap:
    """What a stage would read next is not there; `next` is where the log goes on, or ends."""

    place: TopicPartition
    first: int
    next: int


class Gaps:
    """The gaps before the group `stage` on `topic`; nobody else may work for it meanwhile."""

    def __init__(self, log: Log, engine: Engine, *, stage: str, topic: str) -> None:
        self._log = log
        self._engine = engine
        self._stage = stage
        self._topic = topic

    def find(self) -> list[Gap]:
        """What is missing.

        Raises:
            StageRuns: somebody works for it.
        """
        with closing(self._member()) as consumer:
            return list(self._before(consumer))

    def skip(self, decision: Decision) -> list[Gap]:
        """Let the stage go on behind every gap, and note who decided so; the gaps.

        Raises:
            StageRuns: somebody works for it.
        """
        with closing(self._member()) as consumer:
            found = list(self._before(consumer))
            with transaction(self._engine) as session:
                for gap in found:
                    note_gap(session, self._stage, (*gap.place, gap.first, gap.next), decision)
                write_offsets(session, self._stage, [(*gap.place, gap.next) for gap in found])
            consumer.commit({gap.place: gap.next for gap in found})
        return found

    def _member(self) -> Consumer:
        consumer = self._log.consumer(self._stage, [self._topic])
        wanted = self._log.end_offsets(self._topic).keys()
        deadline = time.monotonic() + JOIN_SECONDS
        while consumer.assignment() != wanted:
            if time.monotonic() > deadline:
                consumer.close()
                raise StageRuns(f"some process still runs {self._stage}; stop it first")
            with suppress(RecordsGone):
                consumer.poll(max_records=1, timeout=_NAP_SECONDS)
        return consumer

    def _before(self, consumer: Consumer) -> Iterator[Gap]:
        ends = self._log.end_offsets(self._topic)
        for place, first in sorted(self._next(consumer).items()):
            page = self._log.read(place, start=first, max_records=1)
            next_ = page[0].offset if page else ends[place]
            if next_ != first:
                yield Gap(place, first, next_)

    def _next(self, consumer: Consumer) -> Mapping[TopicPartition, int]:
        """Where the stage would go on: where the log says or, if the database was set back, before that."""
        committed = consumer.committed()
        with snapshot(self._engine) as session:
            stored = read_offsets(session, self._stage)
        return {place: min(offset, stored.get(place, offset)) for place, offset in committed.items()}
