"""How much one sender may ask for. Who it is stays in memory, for a day at most, each process for itself."""

import time
from collections.abc import Mapping
from typing import Final, Literal

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.exceptions import HTTPException

Sort = Literal["look", "check", "text", "batch", "write", "program", "stranger"]
Limits = Mapping[Sort, tuple[RateLimitItem, ...]]
LIMITS: Final[Limits] = {
    "look": (RateLimitItemPerMinute(120),),
    "check": (RateLimitItemPerMinute(30),),
    # Bytes that are to be judged: what they take grows with their number, not with that of the requests.
    "text": (RateLimitItemPerMinute(2 * 1024 * 1024),),
    # The same, of the bearer of a key.
    "batch": (RateLimitItemPerMinute(256 * 1024 * 1024),),
    # What is kept and a person has to look at.
    "write": (RateLimitItemPerMinute(5), RateLimitItemPerDay(30)),
    # Of the programs of one account, at the console's interface.
    "program": (RateLimitItemPerMinute(600),),
    # Of an address, at the same place, with no token that is let in.
    "stranger": (RateLimitItemPerMinute(30),),
}


class Gate:
    """Counts what each sender asks for."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits = limits
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def let_pass(self, sort: Sort, who: str, *, cost: int = 1) -> None:
        """Let a request of `who` pass, or answer 429 and when to come again."""
        for limit in self._limits[sort]:
            if not self._limiter.hit(limit, sort, who, cost=cost):
                free_at = self._limiter.get_window_stats(limit, sort, who).reset_time
                wait = max(1, int(free_at - time.time()) + 1)
                raise HTTPException(429, "too much in a short time", {"Retry-After": str(wait)})
