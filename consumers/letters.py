"""Dead letters: writing one for a record, whose it was, and reading them back."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime
from typing import Final

import structlog
from pydantic_core import from_json
from sqlalchemy.exc import DBAPIError

from events.log import Log, Record
from events.topics import DEAD
from events.types import DeadLetter, DecodeError

logger = structlog.get_logger()

_REASON_CHARACTERS: Final = 1000
_SOURCE_CHARACTERS: Final = 200
_PAGE: Final = 100


def letter_for(record: Record, group: str, fault: Exception, *, now: datetime) -> DeadLetter:
    """The letter for `record`, whose payload it keeps byte for byte; its id is the record's place."""
    # SQLAlchemy adds the whole statement with its values to the message; the driver's own says enough.
    cause = fault.orig if isinstance(fault, DBAPIError) else fault
    reason = f"{type(fault).__name__}: {cause}".replace("\0", "\N{REPLACEMENT CHARACTER}")
    return DeadLetter(
        event_id=DeadLetter.id_for(record.topic, record.partition, record.offset, group),
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        group=group,
        record_key=b64encode(record.key).decode(),
        value=b64encode(record.value).decode(),
        reason=reason[:_REASON_CHARACTERS],
        died_at=now,
    )


def source_of(value: bytes) -> str:
    """The source that a collected or checked ad names, however damaged it is otherwise; empty if none."""
    try:
        event = from_json(value)
    except ValueError:
        return ""
    ad = event.get("ad", event) if isinstance(event, dict) else None
    source = ad.get("source") if isinstance(ad, dict) else None
    return source.replace("\0", "")[:_SOURCE_CHARACTERS] if isinstance(source, str) else ""


def dead_letters(log: Log) -> Iterator[DeadLetter]:
    """Every dead letter once, in the order of each partition; one that is unreadable itself is logged."""
    seen: set[str] = set()
    for record in _records(log):
        try:
            letter = DeadLetter.decode(record.value)
        except DecodeError as error:
            logger.warning(
                "unreadable dead letter", place=record.place, offset=record.offset, error=str(error)
            )
            continue
        if letter.event_id not in seen:
            seen.add(letter.event_id)
            yield letter


def letter_with(log: Log, letter_id: str) -> DeadLetter | None:
    """The dead letter with this id; None where the log has none."""
    return next((letter for letter in dead_letters(log) if letter.event_id == letter_id), None)


def _records(log: Log) -> Iterator[Record]:
    for place, end in sorted(log.end_offsets(DEAD).items()):
        start = 0
        while start < end:
            page = log.read(place, start=start, max_records=_PAGE)
            if not page:
                # Somebody deleted the rest meanwhile.
                break
            yield from page
            start = page[-1].offset + 1
