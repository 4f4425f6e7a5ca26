"""Records that left the log before their stage had read them, and the way on behind them.

Nobody goes past such a gap by himself (`RecordsGone`). A person who has looked at it may send the stage on;
what is missing stays on record.
"""

import time
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


def find(log: Log, engine: Engine, stage: str, topic: str) -> list[Gap]:
    """The gaps before the group `stage` on `topic`."""
    starts, ends = log.start_offsets(topic), log.end_offsets(topic)
    with snapshot(engine) as session:
        stored = read_offsets(session, stage)
    gaps = []
    for place, committed in sorted(log.committed(stage, topic).items()):
        # A database that was set back makes the stage go back as well.
        first = min(committed, stored.get(place, committed))
        gaps.append(Gap(place, first, min(max(first, starts[place]), ends[place])))
    return [gap for gap in gaps if gap.next != gap.first]


def skip(log: Log, engine: Engine, stage: str, topic: str, decision: Decision) -> list[Gap]:
    """Let the stage go on behind every gap, and note who decided so; the gaps.

    Raises:
        StageRuns: somebody works for it.
    """
    with closing(_only_member(log, stage, topic)) as consumer:
        gaps = find(log, engine, stage, topic)
        with transaction(engine) as session:
            for gap in gaps:
                note_gap(session, stage, (*gap.place, gap.first, gap.next), decision)
            write_offsets(session, stage, [(*gap.place, gap.next) for gap in gaps])
        consumer.commit({gap.place: gap.next for gap in gaps})
    return gaps


def _only_member(log: Log, stage: str, topic: str) -> Consumer:
    consumer = log.consumer(stage, [topic])
    places = log.end_offsets(topic).keys()
    deadline = time.monotonic() + JOIN_SECONDS
    while consumer.assignment() != places:
        if time.monotonic() > deadline:
            consumer.close()
            raise StageRuns(f"some process still runs {stage}; stop it first")
        with suppress(RecordsGone):
            consumer.poll(max_records=1, timeout=_NAP_SECONDS)
    return consumer
