"""Choosing the log by its URL: the one place that knows every implementation."""

from pathlib import Path

from config.settings import SettingsError
from events.claims import BlobFolder
from events.embedded import EmbeddedLog
from events.log import Log


def open_log(
    url: str,
    *,
    file: Path,
    blobs: Path | None = None,
    kafka_options: str = "{}",
    kafka_replication: int = 1,
) -> Log:
    """The log at `url`: `embedded:`, kept in `file`, or `kafka://host:port,host:port/prefix`.

    On Kafka, messages above its limit are kept in the folder `blobs` (events/claims.py), or refused.

    Raises:
        SettingsError: no implementation for the URL's scheme, or Kafka may not be opened like that.
    """
    if url == "embedded:":
        return EmbeddedLog(file)
    if url.startswith("kafka:"):
        from events.kafka import KafkaLog  # the client takes a while to import

        kept = BlobFolder(blobs) if blobs else None
        return KafkaLog.at(url, options=kafka_options, replication=kafka_replication, blobs=kept)
    raise SettingsError(
        f"QINGDAN_EVENTS_URL: {url!r} is no event log I know; use embedded: or kafka://host:port"
    )
