"""Trimming the embedded log: old records that everybody has read go, from the beginning of a partition on."""

import sqlite3
from bisect import bisect_left
from typing import Final

from events.embedded_file import OFFSET_BITS, LogFile, Place

_AT_A_TIME: Final = 1000
"""Records deleted in one transaction, so that nobody waits long for his turn to write."""


def trim(file: LogFile, place: Place, *, before: int, limit: int) -> int:
    """Delete the records of `place` that are older than `before` (microseconds since 1970) and below `limit`.

    Records that a group has yet to read stay; where no group has ever committed, all do. Returns how many.
    """
    with file.read() as db:
        (slowest,) = db.execute("SELECT min(next) FROM commits WHERE place = ?", (place.id,)).fetchone()
        end = min(slowest or 0, limit, place.end)
        # Offsets have no gaps, and moments do not go back: the first young enough is found by halving.
        start = bisect_left(range(end), before, lo=place.start, key=lambda offset: _moment(db, place, offset))
    for first in range(place.start, start, _AT_A_TIME):
        _delete(file, place, first, min(first + _AT_A_TIME, start))
    return max(start - place.start, 0)


def _moment(db: sqlite3.Connection, place: Place, offset: int) -> int:
    (at,) = db.execute("SELECT at FROM records WHERE id = ?", (_id(place, offset),)).fetchone()
    return int(at)


def _delete(file: LogFile, place: Place, first: int, end: int) -> None:
    with file.write() as db:
        db.execute("UPDATE places SET start = max(start, ?) WHERE id = ?", (end, place.id))
        db.execute("DELETE FROM records WHERE id >= ? AND id < ?", (_id(place, first), _id(place, end)))


def _id(place: Place, offset: int) -> int:
    return (place.id << OFFSET_BITS) + offset
