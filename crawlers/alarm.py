"""Stops a run at the first error that nobody expected; Scrapy alone would log it and go on."""

import asyncio

from scrapy import signals
from scrapy.crawler import Crawler
from twisted.python.failure import Failure


class Alarm:
    """An exception in a callback or at the door ends the run, and is kept for whoever started it."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._stopping: asyncio.Task[None] | None = None
        self.failure: Failure | None = None
        self.reason = ""
        """Why the spider closed, in Scrapy's words; `finished` when it was done."""
        crawler.signals.connect(self._ring, signal=signals.spider_error, weak=False)
        crawler.signals.connect(self._ring, signal=signals.item_error, weak=False)
        crawler.signals.connect(self._closed, signal=signals.spider_closed, weak=False)

    def _ring(self, failure: Failure) -> None:
        if self.failure is None:
            self.failure = failure
            # Scheduled, not awaited: the engine waits for the callback that we are in.
            engine = self._crawler.engine
            self._stopping = asyncio.ensure_future(engine.close_spider_async(reason="error"))

    def _closed(self, reason: str) -> None:
        self.reason = reason
