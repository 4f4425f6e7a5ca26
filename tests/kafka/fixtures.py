"""A broker for the tests of a session, and logs that are new to each test."""

import os
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from typing import NoReturn

import pytest


def without_broker(reason: str) -> NoReturn:
    """Skip the test, or fail it where `QINGDAN_REQUIRE_SERVICES` says that the services must be there."""
    reason = f"no Kafka: {reason}, and KAFKA_BOOTSTRAP_SERVERS is not set"
    if os.environ.get("QINGDAN_REQUIRE_SERVICES"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def kafka_servers() -> Iterator[str]:
    """`host:port,…` of brokers for all tests of a session; none of them may stop these."""
    given = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    if given:
        yield given
        return
    from tests.kafka.broker import NoBroker, own_brokers  # the client takes a while to import

    with ExitStack() as running:
        try:
            brokers = running.enter_context(own_brokers())
        except NoBroker as error:
            without_broker(str(error))
        yield brokers.servers


@pytest.fixture
def kafka_url(kafka_servers: str) -> str:
    """A log of the test's own: nobody else uses its topics and groups."""
    return f"kafka://{kafka_servers}/{uuid.uuid4().hex[:12]}"
