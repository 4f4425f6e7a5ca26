"""Kafka keeps the contract, on a real broker."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import pytest

from events.kafka import KafkaLog
from events.kafka_consumer import KafkaConsumer
from events.kafka_producer import KafkaProducer
from tests.events.log_contract import Connect, LogContract

SESSION_MS = 3000


class ClosingLog(KafkaLog):
    """Closes what it has opened, which the contract's tests leave to the end of their process."""

    closing: ExitStack

    def producer(self) -> KafkaProducer:
        producer = super().producer()
        self.closing.callback(producer.close)
        return producer

    def consumer(self, group: str, topics: Sequence[str]) -> KafkaConsumer:
        consumer = super().consumer(group, topics)
        self.closing.callback(consumer.close)
        return consumer


class TestContract(LogContract):
    @pytest.fixture
    def connect(self, kafka_url: str) -> Iterator[Connect]:
        with ExitStack() as closing:

            def connect() -> KafkaLog:
                log = ClosingLog.at(kafka_url, options="{}", replication=1, session_ms=SESSION_MS)
                log.closing = closing
                closing.callback(log.close)
                return log

            yield connect
