"""`qingdan db`: the database's schema."""

import click

from cli.wiring import open_database
from config.settings import settings
from store.database import revision


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
