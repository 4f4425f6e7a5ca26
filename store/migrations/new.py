"""Drafts the migration that brings the newest schema to the models: `make migration m="what changes"`."""

import sys

from alembic import command
from alembic.config import Config

from store.database import MIGRATIONS, connect, upgrade


def draft(message: str) -> None:
    """Write a new file under versions/; read it before committing it."""
    engine = connect("sqlite://")
    upgrade(engine)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.revision(config, message=message, autogenerate=True, rev_id=_next_number())


def _next_number() -> str:
    return f"{len(list((MIGRATIONS / 'versions').glob('*.py'))) + 1:04d}"


if __name__ == "__main__":
    draft(sys.argv[1])
