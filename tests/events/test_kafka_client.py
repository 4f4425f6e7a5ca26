"""The client leaves no socket behind when it finds nobody."""

import gc
import socket
import warnings
from collections.abc import Iterator
from contextlib import ExitStack

import kafka
import pytest
from kafka import errors

from events.kafka_client import CONNECTION, Connected


@pytest.fixture
def refusing() -> Iterator[int]:
    """A port that nobody listens at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture
def silent() -> Iterator[int]:
    """A port whose queue of connections is full, so that one more waits for an answer."""
    with ExitStack() as opened:
        server = opened.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        port: int = server.getsockname()[1]
        for _ in range(3):
            client = opened.enter_context(socket.socket())
            client.settimeout(0)
            client.connect_ex(("127.0.0.1", port))
        yield port


@pytest.mark.parametrize("kind", [kafka.KafkaConsumer, kafka.KafkaProducer, kafka.KafkaAdminClient])
@pytest.mark.parametrize("where", ["refusing", "silent"])
def test_a_connection_that_does_not_come_about_leaves_no_socket_behind(
    kind: type, where: str, request: pytest.FixtureRequest
) -> None:
    settings = {
        **CONNECTION,
        "bootstrap_servers": f"127.0.0.1:{request.getfixturevalue(where)}",
        "bootstrap_timeout_ms": 500,
    }
    gc.collect()
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always", ResourceWarning)
        with pytest.raises(errors.KafkaTimeoutError):
            Connected(kind, settings)
        gc.collect()
    assert [str(warning.message) for warning in seen] == []
