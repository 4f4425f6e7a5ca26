"""Stopping at a board that does not want us: a challenge in place of a page, or one refusal after another."""

import asyncio
from typing import TYPE_CHECKING, Final, cast

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response, TextResponse

from crawlers import signs
from crawlers.backoff import BoardBusy

if TYPE_CHECKING:
    from crawlers.spiders.base import BoardSpider

REFUSALS: Final = 3
"""Answers 401 or 403 in a row after which the board is left alone."""
_REFUSED: Final = frozenset({401, 403})


class BoardBlocked(BoardBusy):
    """The board keeps programs out; it is left alone until a person has looked."""


class ChallengeStop:
    """Downloader middleware: ends the run at the first challenge, without another request."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._board = cast("BoardSpider", crawler.spider).board
        self._refusals = 0
        self._reason = ""
        self._stopping: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "ChallengeStop":
        return cls(crawler)

    def process_request(self, request: Request) -> None:  # noqa: ARG002 - Scrapy's
        if self._reason:
            raise BoardBlocked(self._reason)

    def process_response(self, request: Request, response: Response) -> Response:  # noqa: ARG002 - Scrapy's
        self._refusals = self._refusals + 1 if response.status in _REFUSED else 0
        if self._refusals >= REFUSALS:
            self._stop(f"HTTP {response.status} {REFUSALS} times in a row")
        # Asked only of answers that could be one: decoding is what costs.
        if isinstance(response, TextResponse) and (
            sign := signs.challenge(response.text, self._board.blocked)
        ):
            self._stop(f"a challenge stands in place of the page ({sign})")
        return response

    def _stop(self, why: str) -> None:
        self._reason = f"blocked: {why}; the run stops"
        # Awaiting the end of the spider from inside a request would wait for this very request.
        engine = self._crawler.engine
        self._stopping = self._stopping or asyncio.ensure_future(engine.close_spider_async(reason="blocked"))
        raise BoardBlocked(self._reason)
