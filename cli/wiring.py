"""Opens what the settings name: the database, brought to the newest schema, and the log with its topics."""

import click
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, NoSuchModuleError

from config.settings import settings
from events import topics
from events.connect import open_log as connect_log
from events.log import Log, LogError
from store.bureaus import load_bureaus_into
from store.database import connect, upgrade
from store.errors import DatabaseFull


class Unusable(click.ClickException):
    """The home folder, the database or the log cannot be used; the message says which and why."""


def open_database() -> Engine:
    """The database, migrated, with the bureaus of config/bureaus.csv.

    Raises:
        Unusable: it cannot be opened.
    """
    try:
        engine = connect(settings().database)
        upgrade(engine)
        load_bureaus_into(engine)
    except IntegrityError:
        raise  # a fault of ours, not of the file
    except (ArgumentError, NoSuchModuleError) as error:
        raise Unusable(f"QINGDAN_DATABASE_URL: {error}") from error
    except (OSError, DatabaseError, DatabaseFull) as error:
        reason = error.orig if isinstance(error, DatabaseError) else error
        place = make_url(settings().database).render_as_string()  # leaves the password out
        raise Unusable(f"database {place}: {reason}; see: qingdan doctor") from error
    return engine


def open_log() -> Log:
    """The log, with all topics created.

    Raises:
        Unusable: it cannot be opened.
    """
    try:
        log = connect_log(
            settings().events_url,
            file=settings().events_file,
            blobs=settings().blobs_folder,
            kafka_options=settings().kafka_options.get_secret_value(),
            kafka_replication=settings().kafka_replication,
        )
        log.ensure_topics(topics.ALL, partitions=settings().partitions)
    except LogError as error:
        raise Unusable(f"{error}; see: qingdan doctor") from error
    return log
