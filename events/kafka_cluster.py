"""Topics and offsets as the brokers tell them, under the names of the port."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeVar

import kafka
from kafka import errors

from events.kafka_client import CONNECTION, MAX_MESSAGE_BYTES, Connected, Options, plain_errors
from events.log import TopicPartition, UnknownTopic
from events.topics import RETENTION

Result = TypeVar("Result")

_NAP_SECONDS: Final = 0.1
_NOT_YET: Final = (
    errors.CoordinatorNotAvailableError,
    errors.CoordinatorLoadInProgressError,
    errors.NotCoordinatorError,
    errors.NodeNotReadyError,
)
_SETTLE_SECONDS: Final = 5.0
"""How long we wait for a cluster that is still choosing who answers, before we call it an outage."""
_MILLISECOND: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where the brokers are, and which part of what they hold is ours."""

    servers: tuple[str, ...]
    prefix: str = ""
    """Before the name of every topic and group, so that several installations may share the brokers."""
    options: Options
    """How to identify and encrypt, under the client's names."""


class Cluster:
    """What the brokers know. Connects when first asked; not for sharing between threads."""

    def __init__(self, address: Address) -> None:
        self.connection = {"bootstrap_servers": list(address.servers), **CONNECTION, **address.options}
        """The client's settings for any connection to it."""
        self._prefix = address.prefix
        self._partitions: dict[str, int] = {}
        self._admin: Connected | None = None

    def wire(self, name: str) -> str:
        """The brokers' name of a topic or group."""
        return self._prefix + name

    def wire_place(self, place: TopicPartition) -> kafka.TopicPartition:
        return kafka.TopicPartition(self.wire(place.topic), place.partition)

    def place(self, wire: kafka.TopicPartition) -> TopicPartition:
        return TopicPartition(wire.topic.removeprefix(self._prefix), wire.partition)

    def brokers(self) -> int:
        """How many there are at present."""
        return self._asked(lambda admin: len(admin.describe_cluster()["brokers"]))

    def create(self, topics: Iterable[str], *, partitions: int, replication: int) -> None:
        """Create what does not exist; wait until every partition has a leader."""
        known = set(self._asked(lambda admin: admin.list_topics()))
        size = {"num_partitions": partitions, "replication_factor": replication}
        wanted = {
            self.wire(topic): {**size, "configs": _settings(topic, replication)}
            for topic in topics
            if self.wire(topic) not in known
        }
        if wanted:
            self._asked(lambda admin: _create(admin, wanted))

    def partitions(self, topic: str) -> int:
        """How many partitions `topic` has.

        Raises:
            UnknownTopic: it does not exist.
        """
        if topic not in self._partitions:
            (found,) = self._asked(lambda admin: admin.describe_topics([self.wire(topic)]))
            if found["error_code"] == errors.UnknownTopicOrPartitionError.errno:
                raise UnknownTopic(f"Kafka: no topic {self.wire(topic)!r}")
            with plain_errors():
                if found["error_code"]:
                    raise errors.for_code(found["error_code"])
            self._partitions[topic] = len(found["partitions"])
        return self._partitions[topic]

    def places(self, topics: Iterable[str]) -> list[TopicPartition]:
        return [TopicPartition(topic, number) for topic in topics for number in range(self.partitions(topic))]

    def committed(self, group: str) -> dict[TopicPartition, int]:
        """The committed offsets of `group`, where it has any."""
        name = self.wire(group)
        found = self._asked(lambda admin: admin.list_group_offsets(name)[name])
        return {self.place(place): kept.offset for place, kept in found.items() if kept.offset >= 0}

    def starts(self, places: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        """The first offset that each place still holds."""
        return self._offsets(places, kafka.OffsetSpec.EARLIEST)

    def ends(self, places: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        """The offset that the next record of each place will get."""
        return self._offsets(places, kafka.OffsetSpec.LATEST)

    def _offsets(
        self, places: Collection[TopicPartition], which: kafka.OffsetSpec
    ) -> dict[TopicPartition, int]:
        wanted = {self.wire_place(place): which for place in places}
        found = self._asked(lambda admin: admin.list_partition_offsets(wanted))
        return {self.place(place): answer.offset for place, answer in found.items()}

    def _asked(self, question: Callable[[Any], Result]) -> Result:
        """What the client answers; asked again for a while if nobody is in a position to answer."""
        deadline = time.monotonic() + _SETTLE_SECONDS
        with plain_errors():
            while True:
                try:
                    self._admin = self._admin or Connected(kafka.KafkaAdminClient, self.connection)
                    return question(self._admin.client)
                except _NOT_YET:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(_NAP_SECONDS)

    def close(self) -> None:
        if self._admin is not None:
            self._admin.close()
            self._admin = None


def _create(admin: Any, wanted: Mapping[str, Any]) -> None:  # noqa: ANN401 - the library has no types
    try:
        admin.create_topics(wanted, wait_for_metadata=True)
    except errors.TopicAlreadyExistsError:
        # Another process was faster; its partitions stand.
        admin.wait_for_topics(list(wanted))


def _settings(topic: str, replication: int) -> dict[str, str]:
    """The brokers' settings for a topic that we create."""
    keep = RETENTION.get(topic)
    settings = {
        "cleanup.policy": "delete",
        "max.message.bytes": MAX_MESSAGE_BYTES,
        # The brokers' clock, one for all: that of a producer may be wrong, by a day and more.
        "message.timestamp.type": "LogAppendTime",
        "min.insync.replicas": max(1, replication - 1),
        "retention.bytes": -1,
        "retention.ms": keep // _MILLISECOND if keep else -1,
        "unclean.leader.election.enable": "false",
    }
    return {name: str(value) for name, value in settings.items()}
