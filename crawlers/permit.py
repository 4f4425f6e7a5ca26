"""Whether a run may go on, asked before every request: hours, a stop, who has the hosts, their budgets."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy import Engine

from config.settings import settings
from crawlers.board import Board, Budget
from store.database import transaction
from store.permits import count_request, lease_hosts, requests_sent, stop_of

LEASE: Final = timedelta(minutes=15)
"""How long the hosts of a run that was killed stay taken."""
_RENEWED_AFTER: Final = timedelta(minutes=1)


class Permit(Protocol):
    """What a spider asks before every request."""

    def refusal(self, wait: float = 0) -> str:
        """Why nothing may be asked for now, or `wait` seconds later; empty when it may."""

    def spent(self, host: str, wait: float = 0) -> str:
        """Count a request that is sent to `host` in `wait` seconds; why it may not be, or empty."""


_HOLDS: Final = timedelta(seconds=1)
"""For so long a look at the database holds; boards on the network are asked less often than that."""


class FreePermit:
    """For a trial of a few pages, which a person watches."""

    def refusal(self, wait: float = 0) -> str:  # noqa: ARG002 - asked like the other
        return ""

    def spent(self, host: str, wait: float = 0) -> str:  # noqa: ARG002 - asked like the other
        return ""


class StoredPermit:
    """The permit of one run, in the database: one run at a time may speak to a host, whatever its board."""

    def __init__(self, engine: Engine, board: Board, *, run_id: str, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._board = board
        self._budget = board.budget or _usual_budget(board)
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

    def spent(self, host: str, wait: float = 0, *, sending: bool = True) -> str:
        """As every permit; without `sending` nothing is counted."""
        if self._budget is None:
            return ""
        moment = self._clock() + timedelta(seconds=wait)
        since, most = self._budget.began(moment), self._budget.requests
        with transaction(self._engine) as session:
            if requests_sent(session, host, since=since) < most:
                if sending:
                    count_request(session, host, now=moment)
                return ""
        until = since + timedelta(days=1)
        return f"{host} was sent {most:,} requests, as many as it gets until {until:%Y-%m-%d %H:%M}"


def _usual_budget(board: Board) -> Budget | None:
    """The budget of a board whose file gives none."""
    requests = settings().crawl_requests
    return Budget(requests=requests) if requests and not board.local else None
