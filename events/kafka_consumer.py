"""One member of a consumer group on Kafka."""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

import kafka
from kafka import errors
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor

from config.settings import CHINA
from events.claims import Blobs, redeem
from events.kafka_client import MAX_POLL_BYTES, READER, REQUEST_MS, Connected, Options, plain_errors
from events.kafka_cluster import Cluster
from events.log import CommitRefused, LogError, LogUnavailable, Record, TopicPartition

_LEAST_WAIT_MS: Final = 10
"""A poll that does not wait at all leaves the client's own thread no time to work."""
_SILENCE_SECONDS: Final = 10.0
"""After so long without a record we ask whether the brokers are there: the client does not tell."""
_CLOSE_MS: Final = 3000

_OUTDATED: Final = (
    errors.CommitFailedError,
    errors.IllegalGenerationError,
    errors.RebalanceInProgressError,
    errors.UnknownMemberIdError,
    errors.FencedInstanceIdError,
)


def record_of(
    found: Any,  # noqa: ANN401 - the library has no types
    place: TopicPartition,
    blobs: Blobs | None,
) -> Record:
    """The client's record as ours, claim checks redeemed; an absent key or value is empty bytes."""
    at = datetime.fromtimestamp(found.timestamp / 1000, CHINA)
    value = found.value or b""
    return Record(*place, found.offset, found.key or b"", redeem(value, blobs) if blobs else value, at)


def _keep_answers(coordinator: Any) -> None:  # noqa: ANN401 - the library has no types
    """Let the client use what the brokers answer to its wish to join while nobody polls.

    It throws such an answer away and asks again. From the leader of the group that is a new rebalancing for
    everybody, so that members with work to do between two polls could be busy joining for many seconds.
    """
    ask = coordinator._do_join_and_sync_async  # noqa: SLF001 - there is no other way in
    kept: list[bytes] = []

    async def ask_unless_answered() -> bytes:
        if not (kept and coordinator.rebalance_in_progress()):
            kept.clear()
            kept.append(await ask())
        return kept[0]

    coordinator._do_join_and_sync_async = ask_unless_answered  # noqa: SLF001


def _forget_what_was_lost(coordinator: Any) -> None:  # noqa: ANN401 - the library has no types
    """Let a member that learns while it joins that it was left out give up all it held, as it does otherwise.

    The client would keep its places where it stood and, when they fall to it again, go on from there: it
    would read once more what others have done since, and set their commits back.
    """
    reset = coordinator.reset_generation

    def reset_and_prepare(*args: str, **named: str) -> None:
        reset(*args, **named)
        # Before it asks to join, the client gives up what a lost member held, once for each attempt.
        coordinator.rejoining = False

    coordinator.reset_generation = reset_and_prepare


class KafkaConsumer:
    """Partitions move one by one (cooperative rebalancing): what a member keeps, it goes on reading."""

    def __init__(
        self,
        cluster: Cluster,
        *,
        group: str,
        topics: Sequence[str],
        membership: Options,
        blobs: Blobs | None = None,
    ) -> None:
        self._cluster = cluster
        self._blobs = blobs
        self._group = group
        self._places = cluster.places(topics)
        self._heard = time.monotonic()
        settings: Options = {
            "group_id": cluster.wire(group),
            "partition_assignment_strategy": [CooperativeStickyAssignor],
            **READER,
            **membership,
            **cluster.connection,
        }
        with plain_errors():
            self._connected = Connected(kafka.KafkaConsumer, settings)
            self._client = self._connected.client
            _keep_answers(self._client._coordinator)  # noqa: SLF001 - mends it
            _forget_what_was_lost(self._client._coordinator)  # noqa: SLF001 - mends it
            self._client.subscribe([cluster.wire(topic) for topic in topics])
            for topic in topics:
                # A leader that does not know the topics yet hands out nothing, and does not notice.
                self._client.partitions_for_topic(cluster.wire(topic))

    def poll(self, *, max_records: int, timeout: float) -> Sequence[Record]:
        deadline = time.monotonic() + timeout
        while True:
            left = max(deadline - time.monotonic(), 0)
            records = self._poll(max_records, max(int(left * 1000), _LEAST_WAIT_MS))
            if records or time.monotonic() >= deadline:
                return records

    def _poll(self, max_records: int, wait_ms: int) -> Sequence[Record]:
        with plain_errors():
            try:
                found = self._client.poll(timeout_ms=wait_ms, max_records=max_records)
            except errors.NoOffsetForPartitionError as error:
                self._begin([self._cluster.place(place) for place in error.args[0]])
                return ()
        self._listen_for_silence(heard=bool(found))
        try:
            return list(self._records(found))
        except LogUnavailable:
            for where, records in found.items():
                self._client.seek(where, records[0].offset)
            raise

    def _records(self, found: Mapping[Any, Sequence[Any]]) -> Iterator[Record]:
        """What the client has found, up to the limit; the rest of it comes with the next poll."""
        taken = 0
        for where, records in found.items():
            place = self._cluster.place(where)
            for each in records:
                if taken > MAX_POLL_BYTES:
                    self._client.seek(where, each.offset)
                    break
                record = record_of(each, place, self._blobs)
                taken += len(record.value)
                yield record

    def _begin(self, places: Collection[TopicPartition]) -> None:
        """Start where the log does, in places for which the group has never committed."""
        for place, offset in self._cluster.starts(places).items():
            self._client.seek(self._cluster.wire_place(place), offset)

    def _listen_for_silence(self, *, heard: bool) -> None:
        if not heard and time.monotonic() - self._heard > _SILENCE_SECONDS:
            self._cluster.brokers()
            heard = True
        if heard:
            self._heard = time.monotonic()

    def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        if not offsets:
            return
        # The brokers take any offset from a member in good standing, also for what is another's by now.
        foreign = sorted(offsets.keys() - self.assignment())
        if foreign:
            raise CommitRefused(
                f"{self._group}: {foreign[0].topic}[{foreign[0].partition}] has another owner"
            )
        wanted = {
            self._cluster.wire_place(place): kafka.OffsetAndMetadata(offset, "", -1)
            for place, offset in offsets.items()
        }
        with plain_errors():
            try:
                self._client.commit(wanted, timeout_ms=REQUEST_MS)
            except _OUTDATED as error:
                raise CommitRefused(f"{self._group}: this member was left out: {error!r}") from error

    def seek(self, place: TopicPartition, offset: int) -> None:
        if place not in self.assignment():
            raise LogError(f"{self._group}: {place.topic}[{place.partition}] is not assigned to this member")
        self._client.seek(self._cluster.wire_place(place), offset)

    def assignment(self) -> frozenset[TopicPartition]:
        return frozenset(map(self._cluster.place, self._client.assignment()))

    def committed(self) -> Mapping[TopicPartition, int]:
        known = self._cluster.committed(self._group)
        return {place: known.get(place, 0) for place in self.assignment()}

    def lag(self) -> int:
        ends = self._cluster.ends(self._places)
        reached = self._cluster.starts(self._places) | self._cluster.committed(self._group)
        return sum(end - reached[place] for place, end in ends.items())

    def close(self) -> None:
        # If the brokers cannot be told, the member counts as gone when its session is over.
        with suppress(LogUnavailable), plain_errors():
            self._connected.close(autocommit=False, timeout_ms=_CLOSE_MS)
