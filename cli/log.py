"""`qingdan log`: the embedded event log on this machine."""

from datetime import timedelta

import click

from cli.wiring import open_database, open_log
from events.embedded import EmbeddedLog
from events.log import TopicPartition
from events.topics import RETENTION
from store.database import snapshot
from store.offsets import all_offsets

OLDEST_BACKUP = 7
"""Fewer days of records are not kept: a database restored from a backup is filled again from them."""


@click.group()
def command() -> None:
    """The event log of this machine. Kafka keeps house by itself."""


@command.command()
@click.option(
    "--days", type=click.IntRange(min=OLDEST_BACKUP), help="Keep so many days.  [default: 90, as on Kafka]"
)
def trim(days: int | None) -> None:
    """Delete old records that every stage has read and recorded; dead letters are kept for ever.

    Keep more days than your oldest backup of the database is old: what it lacks is filled in from the log.
    """
    log = open_log()
    if not isinstance(log, EmbeddedLog):
        raise click.UsageError("QINGDAN_EVENTS_URL is no embedded log; Kafka trims its topics by itself")
    with snapshot(open_database()) as session:
        recorded = {TopicPartition(*place): offset for place, offset in all_offsets(session).items()}
    for topic, keep in RETENTION.items():
        count = log.trim(topic, keep=timedelta(days=days) if days else keep, needed=recorded)
        click.echo(f"{topic}: {count:,} records deleted")
    log.close()
