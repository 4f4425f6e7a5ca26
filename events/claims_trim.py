"""Trimming the folder of claim checks: bytes that nothing in the log claims any more, once they are old."""

from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from events.claims import BlobFolder, claimed
from events.log import Log, Record
from events.topics import CHECKED, COLLECTED, DEAD
from events.types import DeadLetter, DecodeError

_LATER: Final = timedelta(days=1)
"""A claim may come into the log so much later than its bytes into the folder: publishing may be tried again,
and the clocks of brokers and folder differ."""
_PAGE: Final = 500
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


class Trimmed(NamedTuple):
    removed: int
    bytes: int
    kept: int


def trim(log: Log, folder: BlobFolder, *, before: datetime) -> Trimmed:
    """Remove what nobody has left again since `before`, and what no record claims.

    `log` must show claims as they are, not redeemed. Only records of before that time are looked at, of which
    few are left where the log keeps its events for as long; and all dead letters, which are kept for ever.
    """
    old = list(folder.left_before(before))
    claims = set(_claims(log, before + _LATER)) if old else set()
    sizes = [folder.remove(sha256, left_before=before) for sha256 in old if sha256 not in claims]
    removed = [size for size in sizes if size]
    return Trimmed(len(removed), sum(removed), len(folder.sizes()))


def _claims(log: Log, until: datetime) -> Iterator[str]:
    """What the records claim; empty for one that is no claim."""
    for topic in (COLLECTED, CHECKED):
        for record in _records(log, topic, until=until):
            yield claimed(record.value)
    for record in _records(log, DEAD):
        yield claimed(record.value)
        yield _of_letter(record.value)


def _of_letter(value: bytes) -> str:
    """What the record in a dead letter claims: its bytes were gone, and somebody may bring them back."""
    try:
        return claimed(b64decode(DeadLetter.decode(value).value))
    except (DecodeError, ValueError):
        return ""


def _records(log: Log, topic: str, *, until: datetime = _NEVER) -> Iterator[Record]:
    """The records of `topic` that came before `until`, and some after."""
    for place, end in log.end_offsets(topic).items():
        offset = 0
        while offset < end and (page := log.read(place, start=offset, max_records=_PAGE)):
            if page[0].timestamp >= until:
                break
            yield from page
            offset = page[-1].offset + 1
