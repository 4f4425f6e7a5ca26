"""Opens what the settings name: the database, brought to the newest schema, and the log with its topics."""

import click
import structlog
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, NoSuchModuleError, OperationalError

from config.settings import settings
from consumers.failures import Retryable
from crawlers.evidence import Keeper
from events import topics
from events.connect import open_log as connect_log
from events.log import Log, LogError, LogUnavailable
from store.bureaus import load_bureaus_into
from store.database import connect, upgrade
from store.errors import DatabaseFull

logger = structlog.get_logger()


class Unusable(click.ClickException):
    """The home folder, the database or the log cannot be used; the message says which and why."""


class NotThere(Unusable, Retryable):
    """A server does not answer at the moment; one that is slow to start will, later."""


def open_database() -> Engine:
    """The database, migrated, with the bureaus of config/bureaus.csv.

    Raises:
        NotThere: its server does not answer.
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
        place = make_url(settings().database)
        away = isinstance(error, OperationalError) and place.get_backend_name() != "sqlite"
        told = f"database {place.render_as_string()}: {reason}; see: qingdan doctor"  # without the password
        raise (NotThere if away else Unusable)(told) from error
    return engine


def open_log(*, redeem: bool = True) -> Log:
    """The log, with all topics created; unless it is to `redeem` claim checks, it shows them as they are.

    Raises:
        NotThere: its brokers do not answer.
        Unusable: it cannot be opened.
    """
    log = _connected_log(redeem=redeem)
    try:
        _create_topics(log)
    except LogUnavailable as error:
        log.close()
        raise NotThere(f"{error}; see: qingdan doctor") from error
    return log


def open_log_to_fill() -> Log:
    """The log for those who only publish, and keep what it does not take at the moment (crawlers/spool.py).

    It may be away; its topics are then created by whoever comes first when it is back.

    Raises:
        Unusable: it cannot be opened.
    """
    log = _connected_log()
    try:
        _create_topics(log)
    except LogUnavailable as error:
        logger.warning("the log is away", error=str(error))
    return log


def keeps_evidence() -> bool:
    """Whether those who take ads in keep what these were read from."""
    return settings().evidence_days > 0


def open_keeper(engine: Engine) -> Keeper | None:
    """Who keeps what ads are read from in this process; None where nothing is to be kept."""
    return Keeper(engine) if keeps_evidence() else None


def _connected_log(*, redeem: bool = True) -> Log:
    try:
        return connect_log(
            settings().events_url,
            file=settings().events_file,
            blobs=settings().blobs_folder if redeem else None,
            kafka_options=settings().kafka_options.get_secret_value(),
            kafka_replication=settings().kafka_replication,
        )
    except LogError as error:
        raise Unusable(f"{error}; see: qingdan doctor") from error


def _create_topics(log: Log) -> None:
    try:
        log.ensure_topics(topics.ALL, partitions=settings().partitions)
    except LogUnavailable:
        raise
    except LogError as error:
        log.close()
        raise Unusable(f"{error}; see: qingdan doctor") from error
