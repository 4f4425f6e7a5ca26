"""`qingdan log`: what is kept of the events, and for how long."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import click

from cli.wiring import open_database, open_log
from config.clock import now_in_china
from config.settings import settings
from events import claims_trim
from events.claims import BlobFolder
from events.embedded import EmbeddedLog
from events.log import Log, TopicPartition
from events.topics import RETENTION
from store.database import snapshot
from store.offsets import all_offsets

OLDEST_BACKUP = 7
"""Fewer days of records are not kept: a database restored from a backup is filled again from them."""


@click.group()
def command() -> None:
    """The event log. Kafka trims its topics by itself, and not what claim checks stand for."""


@command.command()
@click.option(
    "--days", type=click.IntRange(min=OLDEST_BACKUP), help="Keep so many days.  [default: 90, as on Kafka]"
)
def trim(days: int | None) -> None:
    """Delete what is old and needed by nobody any more; dead letters are kept for ever.

    Of the embedded log, records that every stage has read and recorded; on Kafka, the bytes of claim checks
    that no record claims. Keep more days than your oldest backup of the database is old: what it lacks is
    filled in from the log.
    """
    keep = timedelta(days=days) if days else None
    with closing(open_log(redeem=False)) as log:
        for line in _records(log, keep) if isinstance(log, EmbeddedLog) else _claims(log, keep):
            click.echo(line)


def _records(log: EmbeddedLog, keep: timedelta | None) -> Iterator[str]:
    with snapshot(open_database()) as session:
        recorded = {TopicPartition(*place): offset for place, offset in all_offsets(session).items()}
    for topic, usual in RETENTION.items():
        count = log.trim(topic, keep=keep or usual, needed=recorded)
        yield f"{topic}: {count:,} records deleted"


def _claims(log: Log, keep: timedelta | None) -> Iterator[str]:
    before = now_in_china() - (keep or max(RETENTION.values()))
    done = claims_trim.trim(log, BlobFolder(settings().blobs_folder), before=before)
    yield f"claim checks: {done.removed:,} deleted, {done.bytes >> 20:,} MiB; {done.kept:,} kept"
