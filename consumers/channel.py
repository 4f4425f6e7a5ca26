"""How messages leave the house: what a channel is, the simplest one, and an attempt with its outcome."""

import os
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

import structlog
from sqlalchemy import Engine

from store.database import transaction
from store.deliveries import DEAD, Unsendable, mark_failed, mark_sent, mark_unsendable

logger = structlog.get_logger()


class ChannelUnavailable(Exception):  # noqa: N818 - reads as what is the matter
    """The channel cannot take messages at the moment; trying again later may help."""


class Channel(Protocol):
    def send(self, key: str, message: EmailMessage) -> str:
        """Hand over `message` and return the place it went to; the same `key` goes to the same place.

        Raises:
            ChannelUnavailable: it was not taken, or nobody knows whether it was.
            Unsendable: it will never be taken as it stands.
        """


class OutboxFolder:
    """Writes each message as `<key>.eml`, which every mail program opens."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, key: str, message: EmailMessage) -> str:
        target = self._folder / f"{key}.eml"
        # Two processes may send the same key at once: each writes its own file, and the last rename wins.
        draft = self._folder / f".{key}.{os.getpid()}.tmp"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as file:
                file.write(message.as_bytes())
                file.flush()
                os.fsync(file.fileno())
            draft.replace(target)
        except OSError as error:
            raise ChannelUnavailable(f"outbox {target}: {error.strerror or error}") from error
        return str(target)


def attempt(engine: Engine, delivery_id: str, hand_over: Callable[[], str], now: datetime) -> bool:
    """Hand one delivery over, and note what became of it; whether it was taken.

    Raises:
        ChannelUnavailable: it was not; that is noted as a failed attempt.
    """
    try:
        place = hand_over()
    except Unsendable as error:
        close(engine, delivery_id, DEAD, str(error))
        return False
    except ChannelUnavailable as error:
        logger.warning("alert not delivered", delivery=delivery_id, error=str(error))
        with transaction(engine) as session:
            mark_failed(session, delivery_id, error=str(error))
        raise
    with transaction(engine) as session:
        mark_sent(session, delivery_id, place=place, now=now)
    return True


def close(engine: Engine, delivery_id: str, status: str, error: str) -> None:
    """Give a delivery up, with the reason."""
    logger.error("alert cannot be sent", delivery=delivery_id, status=status, error=error)
    with transaction(engine) as session:
        mark_unsendable(session, delivery_id, status=status, error=error)
