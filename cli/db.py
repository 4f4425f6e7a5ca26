"""`qingdan db`: the database's schema, and what is worked out about rows that were stored before."""

import click
from sqlalchemy import Engine

from cli.wiring import open_database
from config.settings import settings
from store.clusters import fingerprint_stored
from store.database import revision, transaction

_BATCH = 500
"""Versions to a transaction."""


@click.group()
def command() -> None:
    """Create or upgrade the database."""


@command.command()
def upgrade() -> None:
    """Bring the database to the newest schema; safe to repeat."""
    engine = open_database()
    with engine.connect() as connection:
        click.echo(f"{engine.url.render_as_string()} is at revision {revision(connection)}")
    engine.dispose()
    click.echo(f"state lives in {settings().home}")


@command.command()
def fingerprint() -> None:
    """Put ads that were stored before there were clusters into theirs; safe to repeat and to break off."""
    engine = open_database()
    total = 0
    while done := _one_batch(engine):
        total += done
    engine.dispose()
    click.echo(f"{total:,} versions of ads put into clusters")


def _one_batch(engine: Engine) -> int:
    with transaction(engine) as session:
        return fingerprint_stored(session, limit=_BATCH)
