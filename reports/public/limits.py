"""How much one address may ask for. Addresses are kept in memory only, for a day at most, by each process."""

import time
from collections.abc import Mapping
from typing import Final, Literal

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.exceptions import HTTPException

Sort = Literal["look", "check", "text", "batch", "write"]
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
