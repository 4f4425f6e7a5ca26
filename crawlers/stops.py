"""What ends a run before its time: a board that does not want us, a stop, the end of its hours or budget."""

import asyncio
from typing import TYPE_CHECKING, Final, Self, cast
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response, TextResponse

from crawlers import signs
from crawlers.backoff import BoardBusy
from crawlers.health import BUDGET

if TYPE_CHECKING:
    from crawlers.spiders.base import BoardSpider

REFUSALS: Final = 3
"""Answers 401 or 403 in a row after which the board is left alone."""
_REFUSED: Final = frozenset({401, 403})


class RunStopped(BoardBusy):
    """Nothing more is asked for in this run."""


class _Stop:
    """Downloader middleware that can end the run: without another request, whatever waits already."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._spider = cast("BoardSpider", crawler.spider)
        self._stopping: asyncio.Task[None] | None = None
        self._reason = ""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:  # noqa: ARG002 - Scrapy's
        if self._reason:
            raise RunStopped(self._reason)

    def _stop(self, why: str, *, ended: str) -> None:
        """End the run with `ended` as the spider's reason, and refuse the request at hand."""
        self._reason = f"{ended}: {why}; the run stops"
        # Awaiting the end of the spider from inside a request would wait for this very request.
        engine = self._crawler.engine
        self._stopping = asyncio.ensure_future(engine.close_spider_async(reason=ended))
        raise RunStopped(self._reason)

    def _wait(self, host: str) -> float:
        """Seconds that a request to `host` may wait behind this before it goes out, for the host's pace."""
        slot = self._crawler.engine.downloader.slots.get(host)
        return slot.delay if slot is not None else 0.0


class PermitStop(_Stop):
    """Asks before every request whether the run may go on (crawlers/permit.py)."""

    def process_request(self, request: Request) -> None:
        super().process_request(request)
        if why := self._spider.permit.refusal(self._wait(_host(request))):
            self._stop(why, ended="not permitted")


class BudgetStop(_Stop):
    """Counts what is sent to a host, and ends the run when that is enough. It stands behind all others."""

    def process_request(self, request: Request) -> None:
        super().process_request(request)
        host = _host(request)
        if why := self._spider.permit.spent(host, self._wait(host)):
            self._stop(why, ended=BUDGET)


def _host(request: Request) -> str:
    return urlsplit(request.url).hostname or ""


class ChallengeStop(_Stop):
    """Ends the run at the first challenge, or after some refusals in a row."""

    _refusals = 0

    def process_response(self, request: Request, response: Response) -> Response:  # noqa: ARG002 - Scrapy's
        self._refusals = self._refusals + 1 if response.status in _REFUSED else 0
        if self._refusals >= REFUSALS:
            self._stop(f"HTTP {response.status} {REFUSALS} times in a row", ended="blocked")
        if isinstance(response, TextResponse):
            words = self._spider.board.blocked
            if sign := signs.challenge(response.text, words):
                self._stop(f"a challenge stands in place of the page ({sign})", ended="blocked")
        return response
