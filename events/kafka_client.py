"""What every connection to Kafka shares: safe settings, and plain words for the client's errors.

Only the modules `events.kafka*` import the client library. Its defaults lose messages (offsets committed
unasked, a first start at the end of the log), so that what matters is fixed here and cannot be set.
"""

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from kafka import errors
from kafka.net import KafkaNetSocket
from kafka.net.compat import KafkaNetClient

from config.settings import SettingsError
from events.log import LogError, LogUnavailable, RecordsGone

Options = Mapping[str, Any]

CONNECT_MS: Final = 10_000
REQUEST_MS: Final = 15_000
DELIVERY_MS: Final = 30_000
"""After this long without an acknowledgement a message counts as not delivered."""
SESSION_MS: Final = 30_000
"""How long a silent member of a group keeps its partitions."""
MAX_MESSAGE_BYTES: Final = 1024 * 1024
"""Limit of every topic, which brokers accept as they come; what is larger travels as a claim check."""
MAX_POLL_BYTES: Final = 64 * 1024 * 1024
"""A poll ends with the record that goes beyond this: claims that are redeemed may be many and large."""
POLL_MS: Final = 300_000
"""How long a member may take between two polls: longer than a stage is patient in an outage."""

_HEARTBEATS_PER_SESSION: Final = 15
"""A member learns from the answer to a heartbeat that its group has changed: often, so that it is soon."""

CONNECTION: Final[Options] = {
    "bootstrap_timeout_ms": CONNECT_MS,
    "request_timeout_ms": REQUEST_MS,
    # Back soon after an outage; the client would wait up to 30 s.
    "reconnect_backoff_max_ms": 1000,
    # No proxy: the client's name for `_ClosedSocket`.
    "proxy_url": "closed://",
}
PRODUCER: Final[Options] = {
    "acks": "all",
    # Given by name, so that an option that conflicts is refused; by default it is switched off silently.
    "enable_idempotence": True,
    "allow_auto_create_topics": False,
    "delivery_timeout_ms": DELIVERY_MS,
    "max_block_ms": REQUEST_MS,
    "max_request_size": MAX_MESSAGE_BYTES,
    "batch_size": 256 * 1024,
    "linger_ms": 5,
}
READER: Final[Options] = {
    "enable_auto_commit": False,
    # A group without an offset is started by us, by name; an offset that is gone is never skipped silently.
    "auto_offset_reset": "none",
    "allow_auto_create_topics": False,
    "max_partition_fetch_bytes": 1024 * 1024,
    # The client has one fetch at a time under way to a broker: one that waits for an idle partition holds up
    # those with records.
    "fetch_max_wait_ms": 100,
}
_PASSED_THROUGH: Final = ("security_", "sasl_", "ssl_", "client_id")
_OUTAGES: Final = (errors.RetriableError, errors.BrokerNotAvailableError, OSError)


def membership(session_ms: int) -> Options:
    """The settings of a member that may be silent for `session_ms`."""
    return {
        "session_timeout_ms": session_ms,
        "max_poll_interval_ms": POLL_MS,
        "heartbeat_interval_ms": session_ms // _HEARTBEATS_PER_SESSION,
    }


def checked_options(text: str) -> dict[str, Any]:
    """The options in the JSON object `text`, if all of them are about identity and encryption.

    Raises:
        SettingsError: it is no object, or it has an option that could cost messages, which is named.
    """
    try:
        options = json.loads(text)
    except ValueError as error:
        raise SettingsError(f"QINGDAN_KAFKA_OPTIONS: no JSON: {error}") from error
    if not isinstance(options, dict):
        raise SettingsError("QINGDAN_KAFKA_OPTIONS: no JSON object")
    for name in options:
        if not name.startswith(_PASSED_THROUGH):
            raise SettingsError(
                f"QINGDAN_KAFKA_OPTIONS: {name!r} may not be set, only security_, sasl_, ssl_ and client_id"
            )
    return options


class _ClosedSocket(KafkaNetSocket):  # type: ignore[misc]  # the library has no types
    """Closes a socket when its connection is refused or given up; the client only drops it."""

    SCHEMES = ("closed",)

    async def sock_connect(
        self,
        net: Any,  # noqa: ANN401 - the library has no types
        sock: socket.socket,
        sockaddr: object,
        timeout_at: float | None = None,
    ) -> socket.socket:
        try:
            connected: socket.socket = await super().sock_connect(net, sock, sockaddr, timeout_at=timeout_at)
        except BaseException:
            sock.close()
            raise
        return connected


class Connected:
    """One of the library's clients with its network thread, which it forgets when it fails."""

    def __init__(self, kind: Callable[..., Any], settings: Options) -> None:
        self._networks: list[KafkaNetClient] = []
        try:
            self.client = kind(kafka_client=self._network, **settings)
        except errors.KafkaTimeoutError as error:
            self._end()
            # The client does not say which it was: nobody there, or somebody who does not let us in.
            raise errors.KafkaTimeoutError(
                f"{error.args[0]}; or they refuse QINGDAN_KAFKA_OPTIONS"
            ) from error
        except BaseException:
            self._end()
            raise

    def _network(self, **settings: object) -> KafkaNetClient:
        self._networks.append(KafkaNetClient(**settings))
        return self._networks[-1]

    def close(self, **how: object) -> None:
        try:
            self.client.close(**how)
        finally:
            self._end()

    def _end(self) -> None:
        for network in self._networks:
            network.close()


@contextmanager
def plain_errors() -> Iterator[None]:
    """The client's errors as ours.

    Raises:
        LogUnavailable: the brokers cannot be reached or ask for patience.
        RecordsGone: what is asked for is not in the log any more.
        LogError: any other refusal, named.
    """
    try:
        yield
    except _OUTAGES as error:
        raise LogUnavailable(f"Kafka: {error}") from error
    except (errors.OffsetOutOfRangeError, errors.LogTruncationError) as error:
        raise RecordsGone(f"Kafka does not hold the records to read next: {error}") from error
    except errors.KafkaError as error:
        raise LogError(f"Kafka: {error}") from error
