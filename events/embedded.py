"""The embedded log: topics, partitions and consumer groups in one SQLite file, with no server.

Several processes of one machine may publish and consume at the same time. What it promises, and what a
power cut may undo, is in docs/guarantees.md. The file must be on a local disk: SQLite's write-ahead log
needs shared memory that network file systems do not give.
"""

import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

from config.settings import CHINA
from events.embedded_file import OFFSET_BITS, LogFile, Place
from events.embedded_group import Member, Membership
from events.embedded_trim import trim
from events.log import (
    CommitRefused,
    LogError,
    LogUnavailable,
    Message,
    NotDelivered,
    Record,
    RecordsGone,
    TopicPartition,
    UnknownTopic,
    partition_for,
)

SESSION: Final = timedelta(seconds=15)
"""A member that has not polled for this long is taken for dead."""

MAX_POLL_BYTES: Final = 32 * 1024 * 1024
"""A poll stops early once it has this much: huge records cannot fill the memory."""

_NAP_SECONDS: Final = 0.02
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

_FROM_ROW: Final = "SELECT id, key, value, at FROM records WHERE id >= ? AND id < ? ORDER BY id LIMIT ?"
_COMMITTED: Final = 'SELECT place, next FROM commits WHERE "group" = ?'
_COMMIT: Final = """
INSERT INTO commits VALUES (?, ?, ?) ON CONFLICT ("group", place) DO UPDATE SET next = excluded.next
"""

Clock = Callable[[], datetime]
Row = tuple[int, bytes, bytes, int]


def _wall_clock() -> datetime:
    return datetime.now(UTC)


def _record(where: TopicPartition, row: Row) -> Record:
    row_id, key, value, at = row
    offset = row_id & ((1 << OFFSET_BITS) - 1)
    return Record(*where, offset, key, value, _moment(at))


@lru_cache(maxsize=64)
def _moment(at: int) -> datetime:
    # What was published at once, hundreds of records, has one moment.
    return (_EPOCH + at * _MICROSECOND).astimezone(CHINA)


class EmbeddedProducer:
    """Appends to the log. Safe to share between threads."""

    def __init__(self, file: LogFile, *, clock: Clock) -> None:
        self._file = file
        self._clock = clock

    def publish(self, messages: Iterable[Message]) -> None:
        """Append all messages in one transaction, forced to the disk: all of them or none."""
        batch = list(messages)
        if not batch:
            return
        places = self._places({message.topic for message in batch})
        at = (self._clock() - _EPOCH) // _MICROSECOND
        try:
            self._append(batch, places, at)
        except LogUnavailable as error:
            raise NotDelivered(f"{len(batch)} messages: {error}") from error

    def _places(self, topics: Iterable[str]) -> dict[str, list[Place]]:
        try:
            return {topic: self._file.places([topic]) for topic in topics}
        except LogUnavailable as error:
            raise NotDelivered(str(error)) from error

    def _append(self, batch: Sequence[Message], places: Mapping[str, Sequence[Place]], at: int) -> None:
        with self._file.write() as db:
            # Offsets are handed out inside the one writing transaction, so they have no gaps and no record
            # with a smaller offset can become visible later.
            ends: dict[int, int] = {}
            rows: list[Row] = []
            for message in batch:
                choices = places[message.topic]
                place = choices[partition_for(message.key, len(choices))].id
                if place not in ends:
                    (ends[place],) = db.execute('SELECT "end" FROM places WHERE id = ?', (place,)).fetchone()
                rows.append(((place << OFFSET_BITS) + ends[place], message.key, message.value, at))
                ends[place] += 1
            db.executemany("INSERT INTO records VALUES (?, ?, ?, ?)", rows)
            ended = [(end, place) for place, end in ends.items()]
            db.executemany('UPDATE places SET "end" = ? WHERE id = ?', ended)

    def close(self) -> None:
        self._file.close()


class EmbeddedConsumer:
    """One member of a consumer group."""

    def __init__(self, file: LogFile, membership: Membership, *, group: str, clock: Clock) -> None:
        self._file = file
        self._membership = membership
        self._group = group
        self._clock = clock
        self._where = {place.id: place.where for place in membership.places}
        self._ids = {place.where: place.id for place in membership.places}
        self._topics = sorted({place.where.topic for place in membership.places})
        self._positions: dict[int, int] = {}
        self._turn = 0

    def poll(self, *, max_records: int, timeout: float) -> Sequence[Record]:
        """Up to `max_records` records, and no more once they add up to `MAX_POLL_BYTES`."""
        deadline = time.monotonic() + timeout
        while True:
            self._refresh()
            records = self._fetch(max_records)
            left = deadline - time.monotonic()
            if records or left <= 0:
                return records
            time.sleep(min(_NAP_SECONDS, left))

    def _refresh(self) -> None:
        for taken in self._membership.refresh(self._clock()):
            self._positions.pop(taken, None)
        owned = self._membership.owned
        kept = {place: position for place, position in self._positions.items() if place in owned}
        if gained := owned - kept.keys():
            starts = {place.id: place.start for place in self._file.places(self._topics)}
            stored = self._stored()
            kept |= {place: stored.get(place, starts[place]) for place in gained}
        self._positions = kept

    def _fetch(self, max_records: int) -> list[Record]:
        records: list[Record] = []
        reached: dict[int, int] = {}
        room = MAX_POLL_BYTES
        with self._file.read() as db:
            for place in self._behind():
                for row in db.execute(_FROM_ROW, (*self._rows_after(place), max_records - len(records))):
                    record = _record(self._where[place], row)
                    records.append(record)
                    reached[place] = record.offset + 1
                    room -= len(record.value)
                    if room <= 0:
                        break
                if room <= 0 or len(records) >= max_records:
                    break
        self._positions.update(reached)
        return records

    def _rows_after(self, place: int) -> tuple[int, int]:
        return (place << OFFSET_BITS) + self._positions[place], (place + 1) << OFFSET_BITS

    def _behind(self) -> list[int]:
        """Owned places with records past the position; they take turns in coming first, so none starves."""
        places = {place.id: place for place in self._file.places(self._topics)}
        for place, position in self._positions.items():
            if position < places[place].start:
                gone = places[place]
                raise RecordsGone(
                    f"event log {self._file.path}: {gone.where.topic}[{gone.where.partition}] begins at "
                    f"{gone.start}, and {self._group} has read up to {position}"
                )
        behind = sorted(place for place, position in self._positions.items() if position < places[place].end)
        self._turn += 1
        start = self._turn % max(len(behind), 1)
        return behind[start:] + behind[:start]

    def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        with self._file.write() as db:
            for where, offset in offsets.items():
                if not self._membership.holds(db, self._ids[where]):
                    raise CommitRefused(f"{self._group}: {where.topic}[{where.partition}] has another owner")
                db.execute(_COMMIT, (self._group, self._ids[where], offset))

    def seek(self, place: TopicPartition, offset: int) -> None:
        if self._ids.get(place) not in self._positions:
            raise LogError(f"{self._group}: {place.topic}[{place.partition}] is not assigned to this member")
        self._positions[self._ids[place]] = offset

    def assignment(self) -> frozenset[TopicPartition]:
        return frozenset(self._where[place] for place in self._positions)

    def committed(self) -> Mapping[TopicPartition, int]:
        stored = self._stored()
        return {self._where[place]: stored.get(place, 0) for place in self._positions}

    def _stored(self) -> dict[int, int]:
        with self._file.read() as db:
            return dict(db.execute(_COMMITTED, (self._group,)).fetchall())

    def lag(self) -> int:
        with self._file.read():
            places = self._file.places(self._topics)
            stored = self._stored()
        return sum(place.end - stored.get(place.id, place.start) for place in places)

    def close(self) -> None:
        self._positions = {}
        self._membership.leave()
        self._file.close()


class EmbeddedLog:
    """The log in `path`; `session` is how long a silent member of a group keeps its partitions."""

    def __init__(self, path: Path, *, session: timedelta = SESSION, clock: Clock = _wall_clock) -> None:
        self._path = path
        self._session = session
        self._clock = clock
        self._file = LogFile(path, survives_power_loss=True)

    def ensure_topics(self, topics: Iterable[str], *, partitions: int) -> None:
        rows = [(topic, number) for topic in topics for number in range(partitions)]
        with self._file.write() as db:
            existing = {topic for (topic,) in db.execute("SELECT DISTINCT topic FROM places")}
            db.executemany(
                "INSERT INTO places (topic, partition) VALUES (?, ?)",
                [row for row in rows if row[0] not in existing],
            )

    def producer(self) -> EmbeddedProducer:
        return EmbeddedProducer(LogFile(self._path, survives_power_loss=True), clock=self._clock)

    def consumer(self, group: str, topics: Sequence[str]) -> EmbeddedConsumer:
        """A new member of `group`. It owns partitions from its first poll on."""
        # A power cut may undo its last commits, which only repeats work; forcing each to the disk is slow.
        file = LogFile(self._path, survives_power_loss=False)
        member = Member(id=secrets.token_hex(8), group=group, session=self._session)
        membership = Membership(file, member, file.places(sorted(set(topics))))
        return EmbeddedConsumer(file, membership, group=group, clock=self._clock)

    def read(self, place: TopicPartition, *, start: int, max_records: int) -> Sequence[Record]:
        ids = {known.where: known.id for known in self._file.places([place.topic])}
        if place not in ids:
            raise UnknownTopic(
                f"event log {self._path}: topic {place.topic!r} has no partition {place.partition}"
            )
        first = ids[place] << OFFSET_BITS
        with self._file.read() as db:
            rows = db.execute(_FROM_ROW, (first + start, first + (1 << OFFSET_BITS), max_records)).fetchall()
        return [_record(place, row) for row in rows]

    def end_offsets(self, topic: str) -> Mapping[TopicPartition, int]:
        return {place.where: place.end for place in self._file.places([topic])}

    def start_offsets(self, topic: str) -> Mapping[TopicPartition, int]:
        return {place.where: place.start for place in self._file.places([topic])}

    def committed(self, group: str, topic: str) -> Mapping[TopicPartition, int]:
        with self._file.read() as db:
            stored = dict(db.execute(_COMMITTED, (group,)).fetchall())
            return {place.where: stored.get(place.id, 0) for place in self._file.places([topic])}

    def trim(self, topic: str, *, keep: timedelta, needed: Mapping[TopicPartition, int]) -> int:
        """Delete what is older than `keep`; returns how many records.

        Never what a group that has ever committed has yet to read, nor anything of a topic that nobody has
        read, nor from the offset on that `needed` names for a partition. The file's space is used again for
        new records; the file does not shrink.
        """
        before = (self._clock() - keep - _EPOCH) // _MICROSECOND
        places = self._file.places([topic])
        limits = {place.where: needed.get(place.where, place.end) for place in places}
        return sum(trim(self._file, place, before=before, limit=limits[place.where]) for place in places)

    def close(self) -> None:
        self._file.close()
