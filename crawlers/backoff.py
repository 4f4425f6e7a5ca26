"""Retrying at the pace that the board asks for, and leaving it alone when it stays overloaded."""

import asyncio
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

LONGEST_WAIT: Final = 300.0
"""Seconds; a board that asks for more is left alone until the next run."""
_BUSY: Final = frozenset({429, 503})


class BoardBusy(IgnoreRequest):
    """The board asks us to stay away for now."""


def retry_after(value: str, *, now: datetime) -> float | None:
    """Seconds that a `Retry-After` header asks for (a number or an HTTP date); None if unreadable."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())


class PoliteRetry(RetryMiddleware):
    """Waits as long as `Retry-After` says, else ever longer, before it tries again.

    The run makes one request at a time, so a request that waits here holds up the whole run: nothing
    else reaches a board that asked for a pause.
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "PoliteRetry":
        retry = super().from_crawler(crawler)
        retry._delay = crawler.settings.getfloat("DOWNLOAD_DELAY")  # noqa: SLF001 - its own
        return retry

    _delay = 0.0
    _stopping: asyncio.Task[None] | None = None

    async def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]  # Scrapy awaits it
        if response.status not in self.retry_http_codes:
            return response
        again = self._retry(request, f"HTTP {response.status}")
        header = (response.headers.get("Retry-After") or b"").decode("latin-1")
        wait = retry_after(header, now=datetime.now(UTC)) if header else None
        if response.status in _BUSY and (again is None or (wait or 0) > LONGEST_WAIT):
            self._leave_alone()
            raise BoardBusy(f"HTTP {response.status}: the board is overloaded; the run stops")
        if again is None:
            return response
        attempt: int = again.meta["retry_times"]
        await asyncio.sleep(wait if wait is not None else self._delay * 2**attempt)
        return again

    def _leave_alone(self) -> None:
        # Awaiting the end of the spider from inside a request would wait for this very request.
        engine = self.crawler.engine
        self._stopping = asyncio.ensure_future(engine.close_spider_async(reason="board_busy"))
