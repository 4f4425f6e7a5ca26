"""A broker for the tests of a session, and logs that are new to each test."""

import gc
import logging
import os
import uuid
import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.services import missing

if TYPE_CHECKING:
    from tests.kafka.broker import Brokers

CLIENT_LEFTOVERS = [
    pytest.mark.usefixtures("collected_sockets"),
    pytest.mark.filterwarnings("ignore:unclosed <(ssl|socket):ResourceWarning"),
]
"""For modules whose tests break connections: the client leaves the sockets to the garbage collector."""


@pytest.fixture(scope="module")
def collected_sockets() -> Iterator[None]:
    """Sockets that the client left open warn here, and not in somebody else's test."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture(scope="session")
def brokers() -> "Iterator[Brokers]":
    """One broker, the same for all tests; one that kills it starts it again."""
    from tests.kafka.broker import NoBroker, own_brokers  # the client takes a while to import

    with ExitStack() as running:
        try:
            brokers = running.enter_context(own_brokers())
        except NoBroker as error:
            missing(f"no Kafka: {error}")
        # What the client logs would be kept by pytest to the end, and with it the sockets that it names.
        logging.getLogger("kafka").setLevel(logging.CRITICAL)
        yield brokers


@pytest.fixture(scope="session")
def kafka_servers(request: pytest.FixtureRequest) -> str:
    """`host:port,…` of brokers: those of `KAFKA_BOOTSTRAP_SERVERS`, or our own."""
    given = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    return given or request.getfixturevalue("brokers").servers


@pytest.fixture
def kafka_url(kafka_servers: str) -> str:
    """A log of the test's own: nobody else uses its topics and groups."""
    return fresh(f"kafka://{kafka_servers}")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes half a minute takes a second."""
    from events import kafka_client, kafka_cluster, kafka_consumer, kafka_producer

    monkeypatch.setitem(kafka_client.CONNECTION, "bootstrap_timeout_ms", 1000)
    monkeypatch.setitem(kafka_client.CONNECTION, "request_timeout_ms", 1500)
    monkeypatch.setitem(kafka_client.PRODUCER, "delivery_timeout_ms", 2000)
    monkeypatch.setitem(kafka_client.PRODUCER, "max_block_ms", 1500)
    monkeypatch.setattr(kafka_consumer, "_SILENCE_SECONDS", 0.5)
    monkeypatch.setattr(kafka_cluster, "_SETTLE_SECONDS", 0.5)
    monkeypatch.setattr(kafka_producer, "_FLUSH_SECONDS", 4.0)


def fresh(url: str) -> str:
    """`url` with a prefix that nobody has used."""
    return f"{url}/{uuid.uuid4().hex[:12]}"
