"""Publishing to Kafka: nothing counts as sent before every acknowledgement has been looked at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import kafka
from kafka import errors

from events.claims import Blobs, check_in
from events.kafka_client import DELIVERY_MS, MAX_MESSAGE_BYTES, PRODUCER, plain_errors
from events.kafka_cluster import Cluster
from events.log import LogError, LogUnavailable, Message, NotDelivered, partition_for

_FLUSH_SECONDS: Final = 2 * DELIVERY_MS / 1000
_CLOSE_SECONDS: Final = 1.0
_OVERHEAD_BYTES: Final = 1024
"""More than the log adds to a message."""


class KafkaProducer:
    """Appends to the log. Not for sharing between threads."""

    def __init__(self, cluster: Cluster, *, blobs: Blobs | None = None) -> None:
        self._cluster = cluster
        self._blobs = blobs
        self._client: Any = None

    def publish(self, messages: Iterable[Message]) -> None:
        """Send all messages in order and wait until the brokers have acknowledged each.

        Raises:
            LogError: a message is larger than the brokers would take, and there is no store to leave it in;
                none is sent.
        """
        batch = [self._portable(message) for message in messages]
        if not batch:
            return
        try:
            partitions = {topic: self._cluster.partitions(topic) for topic in {each.topic for each in batch}}
            with plain_errors():
                unsure = self._send(batch, partitions)
        except LogUnavailable as error:
            unsure = [str(error)] * len(batch)
        if unsure:
            # After a failed send the client's numbering no longer fits the broker's: only a new one is safe.
            self.close()
            raise NotDelivered(f"{len(unsure)} of {len(batch)} messages: {unsure[0]}")

    def _portable(self, message: Message) -> Message:
        """`message`, or one with a claim check instead of what is too large."""
        size = len(message.key) + len(message.value) + _OVERHEAD_BYTES
        if size <= MAX_MESSAGE_BYTES:
            return message
        if self._blobs is None:
            raise LogError(f"a message of {size} bytes for {message.topic}, the limit is {MAX_MESSAGE_BYTES}")
        return replace(message, value=check_in(message.value, self._blobs))

    def _send(self, batch: Sequence[Message], partitions: Mapping[str, int]) -> list[str]:
        """What went wrong, message by message; empty when all are acknowledged."""
        if self._client is None:
            self._client = kafka.KafkaProducer(**PRODUCER, **self._cluster.connection)
        futures: list[Any] = []
        try:
            for each in batch:
                where = partition_for(each.key, partitions[each.topic])
                topic = self._cluster.wire(each.topic)
                futures.append(self._client.send(topic, each.value, key=each.key, partition=where))
        finally:
            self._client.flush(timeout=_FLUSH_SECONDS)
        # Flushing says nothing of how it went: it returns as well when messages have failed.
        return [_trouble(future) for future in futures if not future.succeeded()]

    def close(self) -> None:
        if self._client is None:
            return
        client, self._client = self._client, None
        try:
            client.close(timeout=_CLOSE_SECONDS)
        except errors.KafkaTimeoutError:
            # What it still holds has been reported as not delivered. The client has not ended by this: its
            # thread would keep at it, and it would complain once more when it is thrown away.
            client._sender.force_close()  # noqa: SLF001 - there is no other way to end it
            client._closed = True  # noqa: SLF001


def _trouble(future: Any) -> str:  # noqa: ANN401 - the library has no types
    return repr(future.exception) if future.is_done else "no acknowledgement"
