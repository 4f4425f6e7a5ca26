"""The log on Apache Kafka: the same port, with brokers behind it. Versions tested: docs/guarantees.md."""

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Self

import kafka

from config.settings import SettingsError
from events.claims import Blobs
from events.kafka_client import (
    READER,
    REQUEST_MS,
    SESSION_MS,
    Connected,
    checked_options,
    membership,
    plain_errors,
)
from events.kafka_cluster import Address, Cluster
from events.kafka_consumer import KafkaConsumer, record_of
from events.kafka_producer import KafkaProducer
from events.log import LogUnavailable, Record, TopicPartition, UnknownTopic

SCHEME: Final = "kafka://"
_URL: Final = re.compile(
    r"kafka://(?P<servers>[^/,\s]+:\d+(?:,[^/,\s]+:\d+)*)(?:/(?P<prefix>[a-zA-Z0-9._-]*))?"
)


class KafkaLog:
    """Connects when first used. Not for sharing between threads; one per process is enough."""

    def __init__(
        self, address: Address, *, replication: int, session_ms: int = SESSION_MS, blobs: Blobs | None = None
    ) -> None:
        self._blobs = blobs
        self._cluster = Cluster(address)
        self._replication = replication
        self._membership = membership(session_ms)
        self._reader: Connected | None = None

    @classmethod
    def at(
        cls,
        url: str,
        *,
        options: str,
        replication: int,
        session_ms: int = SESSION_MS,
        blobs: Blobs | None = None,
    ) -> Self:
        """The log at `url`, which is `kafka://host:port,host:port` or the same with `/prefix`.

        The prefix is put before the name of every topic and group; `options` are those of
        `QINGDAN_KAFKA_OPTIONS`, `replication` is the number of copies of each partition we create. Without
        `blobs`, messages above the limit are refused.

        Raises:
            SettingsError: the URL names no broker, or an option may not be set.
        """
        found = _URL.fullmatch(url)
        if not found:
            raise SettingsError(f"QINGDAN_EVENTS_URL: {url!r} is not kafka://host:port[,host:port][/prefix]")
        address = Address(
            servers=tuple(found["servers"].split(",")),
            prefix=f"{found['prefix']}." if found["prefix"] else "",
            options=checked_options(options),
        )
        return cls(address, replication=replication, session_ms=session_ms, blobs=blobs)

    def ensure_topics(self, topics: Iterable[str], *, partitions: int) -> None:
        self._cluster.create(topics, partitions=partitions, replication=self._replication)

    def producer(self) -> KafkaProducer:
        return KafkaProducer(self._cluster, blobs=self._blobs)

    def consumer(self, group: str, topics: Sequence[str]) -> KafkaConsumer:
        return KafkaConsumer(
            self._cluster, group=group, topics=topics, membership=self._membership, blobs=self._blobs
        )

    def read(self, place: TopicPartition, *, start: int, max_records: int) -> Sequence[Record]:
        if place.partition >= self._cluster.partitions(place.topic):
            raise UnknownTopic(f"Kafka: topic {place.topic!r} has no partition {place.partition}")
        start = max(start, self._cluster.starts([place])[place])
        count = min(self._cluster.ends([place])[place] - start, max_records)
        if count <= 0:
            return ()
        return self._read(place, start, count)

    def _read(self, place: TopicPartition, start: int, count: int) -> Sequence[Record]:
        reader = self._reader_at(place, start)
        found: list[Record] = []
        deadline = time.monotonic() + REQUEST_MS / 1000
        while len(found) < count:
            with plain_errors():
                batch = reader.poll(timeout_ms=200, max_records=count - len(found))
            found += [record_of(each, place, self._blobs) for records in batch.values() for each in records]
            if not batch and time.monotonic() > deadline:
                raise LogUnavailable(f"{place.topic}[{place.partition}]: no answer from offset {start} on")
        return found

    def _reader_at(self, place: TopicPartition, start: int) -> Any:  # noqa: ANN401 - the library has no types
        with plain_errors():
            if self._reader is None:
                settings = {"group_id": None, **READER, **self._cluster.connection}
                self._reader = Connected(kafka.KafkaConsumer, settings)
            where = self._cluster.wire_place(place)
            reader = self._reader.client
            reader.assign([where])
            reader.seek(where, start)
        return reader

    def end_offsets(self, topic: str) -> Mapping[TopicPartition, int]:
        return self._cluster.ends(self._cluster.places([topic]))

    def start_offsets(self, topic: str) -> Mapping[TopicPartition, int]:
        return self._cluster.starts(self._cluster.places([topic]))

    def committed(self, group: str, topic: str) -> Mapping[TopicPartition, int]:
        known = self._cluster.committed(group)
        return {place: known.get(place, 0) for place in self._cluster.places([topic])}

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close(autocommit=False)
            self._reader = None
        self._cluster.close()
