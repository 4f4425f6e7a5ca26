"""The loop, once for every stage: poll, handle, one database transaction, publish, offsets last.

A crash at any point repeats work and loses none: every effect and every message is keyed by the id of its
event, so that repeating it changes nothing (docs/guarantees.md).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final, Generic, Literal, NamedTuple, TypeVar

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from consumers.attempts import Attempts, firsts
from consumers.failures import OUTAGE, PERIOD, POISON, DeadLetterBudget, Patience, Poison, TooManyDeadLetters
from consumers.letters import letter_for, source_of
from consumers.runner import Progress
from events.log import CommitRefused, Log, LogError, Message, Record, TopicPartition
from events.topics import DEAD
from events.types import DeadLetter, Event
from store.database import snapshot, transaction
from store.dead_letters import note_letters, open_letters
from store.errors import DatabaseFull
from store.offsets import read_offsets, write_offsets

logger = structlog.get_logger()
E = TypeVar("E", bound=Event)

BLAMELESS: Final = (*OUTAGE, DatabaseFull, LogError, TooManyDeadLetters)
"""What may end a process without any of the records at hand being its cause."""

MAX_RECORD_BYTES: Final = 4 * 1024 * 1024
"""A larger record is no job ad, whatever it is, and would cost memory out of all proportion."""

Point = Literal[
    "before_database_commit", "after_database_commit", "after_outputs", "after_dead_letters",
    "after_offset_commit",
]  # fmt: skip
"""The places in a step where a crash makes a difference."""


def _as_before() -> None:
    pass


def _go_on(_point: Point) -> None:
    pass


@dataclass(frozen=True, kw_only=True)
class Stage(Generic[E]):
    """What one stage does; how it is done safely is the loop's business.

    Both functions may raise `Poison` or `Retryable`; see `consumers.failures` for what else counts as such.
    """

    name: str
    """Also its consumer group."""
    topic: str
    event: type[E]
    outputs: Callable[[E], Sequence[Message]] | None = None
    """The messages that an event gives rise to: no database, no clock, the same each time; None for a stage
    that publishes nothing."""
    effects: Callable[[Session, Sequence[E]], None] | None = None
    """Writes what events mean into the database, idempotently; None for a stage that needs no database."""
    prepare: Callable[[], None] = _as_before
    """Called before each batch is taken: only here may the stage change what it makes of an event."""


@dataclass(frozen=True, kw_only=True)
class Conduct:
    """How a loop goes about its stage."""

    clock: Callable[[], datetime]
    patience: Patience
    budget: DeadLetterBudget = field(default_factory=DeadLetterBudget)
    batch: int = 500
    """Records to a transaction."""
    reached: Callable[[Point], None] = _go_on
    """Told of every point passed; fault tests die here."""
    limited: Callable[[], AbstractContextManager[None]] = nullcontext
    """Around the handling of each record: ends the process if that takes too long."""


class _Item(NamedTuple, Generic[E]):
    """A record on its way through a step: either an event with its outputs, or a fault."""

    record: Record
    event: E | None = None
    outputs: Sequence[Message] = ()
    fault: Exception | None = None


class _SetBack(Exception):  # noqa: N818 - what happened
    """The database has lost what this process wrote into it: a backup was restored."""


class Loop(Generic[E]):
    """One member of a stage's consumer group; not for sharing between threads."""

    def __init__(self, stage: Stage[E], *, log: Log, engine: Engine, conduct: Conduct) -> None:
        self.name = stage.name
        self.counts: Counter[str] = Counter()
        """`done` and `dead` records since the start."""
        self.progress = Progress()
        self._stage = stage
        self._log = log
        self._engine = engine
        self._conduct = conduct
        self._patiently = conduct.patience
        self._budget = conduct.budget
        self._consumer = log.consumer(stage.name, [stage.topic])
        self._producer = log.producer()
        self._assigned: frozenset[TopicPartition] = frozenset()
        self._written: dict[TopicPartition, int] = {}
        """How far the effects reach in the database, as last seen."""
        self._batch: Sequence[Record] = ()
        self._attempts = Attempts(stage.name, engine)
        self._one_by_one = 0
        """So many records are still taken one by one, since a process ended with them at hand."""

    def step(self) -> int:
        """Take the next batch through to its committed offsets; the number of records, 0 when none wait.

        Raises:
            TooManyDeadLetters: the budget is spent; this batch's letters are not written.
            Exception: an outage outlasted patience, or something unforeseen happened. In every case the
                batch is not committed: the next step, of this process or another, takes it again.
        """
        try:
            return self._step()
        except BLAMELESS:
            self._attempts.forgive()
            raise

    def _step(self) -> int:
        if not self._batch:
            self._stage.prepare()
            self._batch = self._patiently(self._poll)
        self._patiently(self._meet_new_partitions)
        self._go_carefully()
        if not self._batch:
            self.progress.behind_since = None
            return 0
        self._patiently(partial(self._attempts.begin, self._batch))
        handled = [self._handle(record) for record in self._batch]
        try:
            items = self._patiently(partial(self._store, handled))
        except _SetBack:
            self._assigned = frozenset()  # the next step meets all partitions anew, and goes back
            return 0
        budget = self._budget.after(item.fault is not None for item in items)
        letters = self._letters(items)
        self._publish(items, letters)
        self._patiently(partial(self._commit, _next_offsets(self._batch)))
        self._conduct.reached("after_offset_commit")
        self._budget = budget
        self._one_by_one = max(self._one_by_one - len(self._batch), 0)
        since = min(record.timestamp for record in self._batch)
        self.progress = Progress(last_commit=self._conduct.clock(), behind_since=since)
        self._batch = ()
        dead = sum(item.fault is not None for item in items)
        self.counts.update(done=len(items) - dead, dead=dead)
        return len(items)

    def lag(self) -> int:
        """Records that the whole group has yet to handle."""
        return self._patiently(lambda: self._consumer.lag() + self._set_back())

    def _set_back(self) -> int:
        """Records that the log has as handled, and the database, which was set back, has not.

        Whoever owns their partitions reads them again, also when nothing else is to be done: the next step
        meets all partitions anew. A member that owns none yet must not take the stage for idle.
        """
        if self._stage.effects is None:
            return 0
        with snapshot(self._engine) as session:
            stored = read_offsets(session, self.name)
        handled = self._log.committed(self.name, self._stage.topic)
        lost = sum(max(offset - stored.get(place, 0), 0) for place, offset in handled.items())
        if lost:
            self._assigned = frozenset()
        return lost

    def close(self) -> None:
        self._consumer.close()
        self._producer.close()

    def _poll(self) -> Sequence[Record]:
        size = 1 if self._one_by_one else self._conduct.batch
        return self._consumer.poll(max_records=size, timeout=0)

    def _go_carefully(self) -> None:
        """Go back to the beginning of what was at hand when a process ended, and on in single records."""
        if len(self._batch) > 1 and self._attempts.unfinished(self._batch):
            logger.warning("a process ended with these at hand", stage=self.name, records=len(self._batch))
            for place, offset in firsts(self._batch).items():
                self._consumer.seek(place, offset)
            self._one_by_one = len(self._batch)
            self._batch = self._patiently(self._poll)

    def _meet_new_partitions(self) -> None:
        """Read again what the log has as handled and the database does not know: it was set back."""
        assigned = self._consumer.assignment()
        gained = assigned - self._assigned
        if gained:
            self._attempts.meet(gained)
        if gained and self._stage.effects:
            with snapshot(self._engine) as session:
                stored = read_offsets(session, self.name)
            committed = self._consumer.committed()
            known = {place: stored.get(place, 0) for place in gained}
            self._written.update(known)
            behind = {place: offset for place, offset in known.items() if offset < committed[place]}
            if behind:
                self._rewind(behind)
        self._assigned = assigned

    def _rewind(self, places: Mapping[TopicPartition, int]) -> None:
        self._commit(places)
        for place, offset in places.items():
            logger.warning("database older than log", stage=self.name, place=place, reading_from=offset)
            self._consumer.seek(place, offset)
        self._batch = [record for record in self._batch if record.place not in places]

    def _handle(self, record: Record) -> _Item[E]:
        try:
            if len(record.value) > MAX_RECORD_BYTES:
                raise Poison(f"{len(record.value)} bytes, the limit is {MAX_RECORD_BYTES}")
            if deaths := self._attempts.fatal(record):
                raise Poison(f"{deaths} processes ended without a word with this record at hand")
            event = self._stage.event.decode(record.value)
            outputs = self._stage.outputs
            if outputs is None:
                return _Item(record, event)
            return _Item(record, event, self._patiently(partial(self._limited, outputs, event)))
        except POISON as fault:
            return _Item(record, fault=fault)

    def _limited(self, outputs: Callable[[E], Sequence[Message]], event: E) -> Sequence[Message]:
        with self._conduct.limited():
            return outputs(event)

    def _store(self, items: Sequence[_Item[E]]) -> Sequence[_Item[E]]:
        """Write the effects in one transaction; the items, with the faults that came up."""
        if self._stage.effects is None:
            return items
        try:
            with self._transaction() as session:
                self._stage.effects(session, [item.event for item in items if item.event])
        except POISON:
            with self._transaction() as session:
                items = [self._store_one(session, item) for item in items]
        self._conduct.reached("after_database_commit")
        return items

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        reach = _next_offsets(self._batch)
        with transaction(self._engine) as session:
            stored = read_offsets(session, self.name)
            if any(stored.get(place, 0) < self._written.get(place, 0) for place in reach):
                raise _SetBack
            yield session
            write_offsets(session, self.name, [(*place, offset) for place, offset in reach.items()])
            self._conduct.reached("before_database_commit")
        self._written.update({place: max(offset, stored.get(place, 0)) for place, offset in reach.items()})

    def _store_one(self, session: Session, item: _Item[E]) -> _Item[E]:
        """One bad row must not sink its batch: a savepoint around each."""
        if item.event is None or self._stage.effects is None:
            return item
        try:
            with session.begin_nested():
                self._stage.effects(session, [item.event])
        except POISON as fault:
            return item._replace(event=None, outputs=(), fault=fault)
        return item

    def _letters(self, items: Sequence[_Item[E]]) -> list[DeadLetter]:
        """Letters for the dead, which the database knows of before the log does."""
        letters = [self._letter(item.record, item.fault) for item in items if item.fault]
        if letters:
            self._patiently(partial(self._enter, letters))
        return [letter for letter, _ in letters]

    def _publish(self, items: Sequence[_Item[E]], letters: Sequence[DeadLetter]) -> None:
        outputs = [message for item in items for message in item.outputs]
        self._patiently(partial(self._producer.publish, outputs))
        self._conduct.reached("after_outputs")
        messages = [Message(DEAD, letter.key, letter.encode()) for letter in letters]
        self._patiently(partial(self._producer.publish, messages))
        self._conduct.reached("after_dead_letters")

    def _letter(self, record: Record, fault: Exception) -> tuple[DeadLetter, str]:
        """The letter and the source of its ad."""
        letter = letter_for(record, self.name, fault, now=self._conduct.clock())
        source = source_of(record.value) if len(record.value) <= MAX_RECORD_BYTES else ""
        logger.error(
            "dead letter",
            id=letter.event_id, stage=self.name, topic=record.topic, partition=record.partition,
            offset=record.offset, source=source, reason=letter.reason,
        )  # fmt: skip
        return letter, source

    def _enter(self, letters: Sequence[tuple[DeadLetter, str]]) -> None:
        """Note letters before they are written, unless one of the sources has too many."""
        sources = {source for _, source in letters}
        since = self._conduct.clock() - PERIOD
        with transaction(self._engine) as session:
            note_letters(session, letters)
            self._conduct.budget.check(open_letters(session, self.name, sources, since=since))

    def _commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        try:
            self._consumer.commit(offsets)
        except CommitRefused:
            # Some partition went to another member, who repeats it without harm; the others are still ours.
            for place, offset in offsets.items():
                self._commit_alone(place, offset)

    def _commit_alone(self, place: TopicPartition, offset: int) -> None:
        try:
            self._consumer.commit({place: offset})
        except CommitRefused as refusal:
            logger.warning("another member repeats this batch", stage=self.name, reason=str(refusal))


def _next_offsets(records: Sequence[Record]) -> dict[TopicPartition, int]:
    following = {(record.topic, record.partition): record.offset + 1 for record in records}
    return {TopicPartition(*place): offset for place, offset in following.items()}
