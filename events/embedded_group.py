"""Membership of a consumer group in the embedded log: leases, fair shares, hand-over.

A member keeps its leases by renewing its membership in time. Only the owner gives up a lease that it still
holds, and only between two polls, so a hand-over to a new member repeats nothing. A member that stays
silent for a session is taken for dead: the next one that renews frees its leases.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from events.embedded_file import LogFile, Place

_RENEWALS_PER_SESSION: Final = 10
_NO_SESSION: Final = timedelta(minutes=5)
"""Whoever is to live for so long signed in before the clock was set back, and may be dead since."""


def share(members: Sequence[str], member: str, places: int) -> int:
    """How many of `places` are `member`'s: all shares differ by at most one and add up to `places`."""
    each, rest = divmod(places, len(members))
    return each + (sorted(members).index(member) < rest)


@dataclass(frozen=True, slots=True)
class Member:
    """Who somebody is in which group, and how long it may stay silent before it counts as dead."""

    id: str
    group: str
    session: timedelta


class Membership:
    """A member's part of its group. Members that read the same topics share their partitions evenly."""

    def __init__(self, file: LogFile, member: Member, places: Sequence[Place]) -> None:
        self.owned: frozenset[int] = frozenset()
        """Ids of the places this member owns since the last `refresh`."""
        self.places = places
        self._file = file
        self._member = member.id
        self._group = member.group
        self._session = member.session
        self._topics = "\n".join(sorted({place.where.topic for place in places}))
        self._renewed: datetime | None = None
        self._generation = 0

    def refresh(self, now: datetime) -> frozenset[int]:
        """Renew the membership if it is time or if the group has changed; the places newly taken.

        What was read before from a newly taken place may have been handled by another member meanwhile:
        its position has to come from the committed offset.
        """
        if self._renewed is not None and abs(now - self._renewed) < self._session / _RENEWALS_PER_SESSION:
            with self._file.read() as db:
                if self._current_generation(db) == self._generation:
                    return frozenset()
        return self._renew(now)

    def holds(self, db: sqlite3.Connection, place: int) -> bool:
        """Whether this member owns `place` in the transaction of `db`: the fence before every commit."""
        row = db.execute(
            'SELECT member FROM leases WHERE "group" = ? AND place = ?', (self._group, place)
        ).fetchone()
        return row is not None and row[0] == self._member

    def leave(self) -> None:
        """Give up the membership and all leases at once."""
        with self._file.write() as db:
            db.execute("DELETE FROM members WHERE id = ?", (self._member,))
            self._announce_change(db)
        self.owned = frozenset()

    def _renew(self, now: datetime) -> frozenset[int]:
        with self._file.write() as db:
            changed = self._drop_the_dead(db, now) + self._sign_in(db, now)
            held = self._leases(db)
            target = share(self._peers(db), self._member, len(self.places))
            kept = held[:target]
            taken = self._free(db)[: target - len(kept)]
            self._release(db, held[target:])
            self._take(db, taken)
            if changed or len(held) > target or taken:
                self._announce_change(db)
            generation = self._current_generation(db)
        self._generation = generation
        self._renewed = now
        self.owned = frozenset(kept + taken)
        return frozenset(taken)

    def _drop_the_dead(self, db: sqlite3.Connection, now: datetime) -> int:
        never = (now + max(self._session, _NO_SESSION)).timestamp()
        gone = db.execute(
            'DELETE FROM members WHERE "group" = ? AND (expires <= ? OR expires > ?)',
            (self._group, now.timestamp(), never),
        )
        return gone.rowcount

    def _sign_in(self, db: sqlite3.Connection, now: datetime) -> int:
        """1 if this member is new to the group, or was taken for dead; else 0."""
        expires = (now + self._session).timestamp()
        known = db.execute("UPDATE members SET expires = ? WHERE id = ?", (expires, self._member)).rowcount
        if not known:
            row = (self._member, self._group, self._topics, expires)
            db.execute("INSERT INTO members VALUES (?, ?, ?, ?)", row)
        return 1 - known

    def _peers(self, db: sqlite3.Connection) -> list[str]:
        rows = db.execute(
            'SELECT id FROM members WHERE "group" = ? AND topics = ?', (self._group, self._topics)
        )
        return [member for (member,) in rows]

    def _leases(self, db: sqlite3.Connection) -> list[int]:
        rows = db.execute("SELECT place FROM leases WHERE member = ? ORDER BY place", (self._member,))
        return [place for (place,) in rows]

    def _free(self, db: sqlite3.Connection) -> list[int]:
        rows = db.execute('SELECT place FROM leases WHERE "group" = ?', (self._group,))
        leased = {place for (place,) in rows}
        return [place.id for place in self.places if place.id not in leased]

    def _release(self, db: sqlite3.Connection, places: Sequence[int]) -> None:
        rows = [(self._group, place) for place in places]
        db.executemany('DELETE FROM leases WHERE "group" = ? AND place = ?', rows)

    def _take(self, db: sqlite3.Connection, places: Sequence[int]) -> None:
        rows = [(self._group, place, self._member) for place in places]
        db.executemany("INSERT INTO leases VALUES (?, ?, ?)", rows)

    def _current_generation(self, db: sqlite3.Connection) -> int:
        row = db.execute('SELECT number FROM generations WHERE "group" = ?', (self._group,)).fetchone()
        return row[0] if row else 0

    def _announce_change(self, db: sqlite3.Connection) -> None:
        """Make every other member renew at its next poll instead of when its time has come."""
        db.execute(
            'INSERT INTO generations VALUES (?, 1) ON CONFLICT ("group") DO UPDATE SET number = number + 1',
            (self._group,),
        )
