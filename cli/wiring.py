"""Opens what the settings name: the database, brought to the newest schema, and the log with its topics."""

from sqlalchemy import Engine

from config.settings import settings
from events import topics
from events.connect import open_log as connect_log
from events.log import Log
from store.bureaus import load_bureaus_into
from store.database import connect, upgrade


def open_database() -> Engine:
    """The database, migrated, with the bureaus of config/bureaus.csv."""
    engine = connect(settings().database)
    upgrade(engine)
    load_bureaus_into(engine)
    return engine


def open_log() -> Log:
    """The log, with all topics created."""
    log = connect_log(settings().events_url, file=settings().events_file)
    log.ensure_topics(topics.ALL, partitions=settings().partitions)
    return log
