"""The log's port: topics with partitions, keys, consumer groups and committed offsets.

One contract suite (tests/events/log_contract.py) holds for every implementation. Values and keys are
bytes in and bytes out; decoding is the business of `events.types`.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol


class TopicPartition(NamedTuple):
    topic: str
    partition: int


@dataclass(frozen=True, slots=True)
class Message:
    """What a producer hands in."""

    topic: str
    key: bytes
    value: bytes


class Record(NamedTuple):
    """What a consumer gets: a message at its place in the log."""

    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes
    timestamp: datetime

    @property
    def place(self) -> TopicPartition:
        return TopicPartition(self.topic, self.partition)


class LogError(Exception):
    """Base of all errors of a log."""


class NotDelivered(LogError):  # noqa: N818 - reads as what happened
    """The messages are not durably in the log; the caller still owns them."""


class CommitRefused(LogError):  # noqa: N818 - the same
    """Another member owns the partition by now; the work may be repeated there."""


class LogUnavailable(LogError):  # noqa: N818 - the same
    """The log cannot be reached at the moment; trying again later may help."""


class UnknownTopic(LogError):  # noqa: N818 - the same
    """A topic that nobody has created; `Log.ensure_topics` does."""


class RecordsGone(LogError):  # noqa: N818 - the same
    """The next records to read have left the log: kept too short, deleted, or lost by a broker.

    Nobody goes on behind the gap by himself; a person decides what becomes of it.
    """


def partition_for(key: bytes, partitions: int) -> int:
    """The partition that `key` belongs to, the same in every implementation and process."""
    return zlib.crc32(key) % partitions


class Producer(Protocol):
    def publish(self, messages: Iterable[Message]) -> None:
        """Append all `messages` in order; return only when every one of them is durable.

        Raises:
            NotDelivered: at least one message is not durable. Publishing again may double some of
                them, never lose any.
            UnknownTopic: a message's topic does not exist; none of the messages is in the log.
        """

    def close(self) -> None: ...


class Consumer(Protocol):
    """One member of a consumer group. Positions start at the committed offset, or at the beginning."""

    def poll(self, *, max_records: int, timeout: float) -> Sequence[Record]:
        """Up to `max_records` records of the partitions this member owns, in order within each.

        Waits at most `timeout` seconds for the first one. Must be called more often than the session
        time-out to keep the membership. A new member may need several calls until it owns partitions.

        Raises:
            RecordsGone: the log does not hold what comes next; it is raised again at each call.
        """

    def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Store, durably, the next offset to read for each partition.

        Raises:
            CommitRefused: this member no longer owns one of the partitions; nothing is stored.
        """

    def seek(self, place: TopicPartition, offset: int) -> None:
        """Read `place` from `offset` on at the next poll."""

    def assignment(self) -> frozenset[TopicPartition]:
        """The partitions this member owned at its last poll."""

    def committed(self) -> Mapping[TopicPartition, int]:
        """The group's committed offset of each partition in `assignment`; 0 where it never committed."""

    def lag(self) -> int:
        """Records behind the end of the log, over all partitions of the group's topics, owned or not."""

    def close(self) -> None:
        """Leave the group; its partitions are free at once. Commits nothing."""


class Log(Protocol):
    """Where events are kept. Every call raises `LogUnavailable` in an outage, `UnknownTopic` by name."""

    def ensure_topics(self, topics: Iterable[str], *, partitions: int) -> None:
        """Create the topics that do not exist yet; existing ones keep their partitions."""

    def producer(self) -> Producer: ...

    def consumer(self, group: str, topics: Sequence[str]) -> Consumer: ...

    def read(self, place: TopicPartition, *, start: int, max_records: int) -> Sequence[Record]:
        """Up to `max_records` records from offset `start` on, for looking only: no group, no position.

        Starts with the first record that is still there, where `start` has left the log.
        """

    def end_offsets(self, topic: str) -> Mapping[TopicPartition, int]:
        """The offset the next record of each partition will get."""

    def start_offsets(self, topic: str) -> Mapping[TopicPartition, int]:
        """The offset of the first record that each partition still holds, or will get."""

    def committed(self, group: str, topic: str) -> Mapping[TopicPartition, int]:
        """How far `group` has come in each partition of `topic`; 0 where it never committed.

        For looking only: asking makes nobody a member.
        """

    def close(self) -> None: ...
