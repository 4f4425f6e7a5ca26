"""Whether a run may go on, asked before every request: the hours of its board, a stop, who has its hosts."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy import Engine

from crawlers.board import Board
from store.database import transaction
from store.permits import lease_hosts, stop_of

LEASE: Final = timedelta(minutes=15)
"""How long the hosts of a run that was killed stay taken."""
_RENEWED_AFTER: Final = timedelta(minutes=1)


class Permit(Protocol):
    """What a spider asks before every request."""

    def refusal(self, wait: float = 0) -> str:
        """Why nothing may be asked for now, or `wait` seconds later; empty when it may."""


_HOLDS: Final = timedelta(seconds=1)
"""For so long a look at the database holds; boards on the network are asked less often than that."""


class FreePermit:
    """For a trial of a few pages, which a person watches."""

    def refusal(self, wait: float = 0) -> str:  # noqa: ARG002 - asked like the other
        return ""


class StoredPermit:
    """The permit of one run, in the database: one run at a time may speak to a host, whatever its board."""

    def __init__(self, engine: Engine, board: Board, *, run_id: str, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._board = board
        self._run_id = run_id
        self._clock = clock
        self._leased: datetime | None = None
        self._looked: datetime | None = None

    def refusal(self, wait: float = 0) -> str:
        now = self._clock()
        pause = timedelta(seconds=wait)
        if not (self._board.open_at(now) and self._board.open_at(now + pause)):
            return f"the board may be crawled {self._board.hours} only"
        if self._looked is not None and timedelta(0) <= now - self._looked < _HOLDS:
            return ""
        with transaction(self._engine) as session:
            if (stop := stop_of(session, self._board.id)) is not None:
                return f"stopped by {stop.actor}: {stop.why}"
            if self._leased is None or now - self._leased >= _RENEWED_AFTER:
                # A board that is asked once an hour is not free in between.
                until = now + LEASE + 2 * pause
                hosts = self._board.hosts
                holder = lease_hosts(session, hosts, run_id=self._run_id, now=now, until=until)
                if holder:
                    return f"another run speaks to {holder}"
                self._leased = now
        self._looked = now
        return ""
