"""What a run counts, and how it tells its caller while it goes on."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from scrapy import signals
from scrapy.crawler import Crawler

from crawlers.unknown import UnknownFields


@dataclass(slots=True)
class Tally:
    """What a spider counts."""

    listed: int = 0
    """Pages that the board lists."""
    fetched: int = 0
    """Pages that were answered, or failed."""
    postings: int = 0
    """Postings found in them."""
    held: int = 0
    """Pages listed that are known to hold postings."""
    emptied: int = 0
    """Pages fetched that held postings before, and now hold none without saying why."""
    absent: int = 0
    """Lists that answered 404 or 410."""
    unknown: UnknownFields = field(default_factory=UnknownFields)
    cut_short: bool = False
    """A list was left where it goes on, because what follows is known."""


class Report:
    """Sends the counts to the calling process after every page, and ends the run when nobody listens."""

    def __init__(
        self, crawler: Crawler, connection: Connection, counts: Callable[[], dict[str, int]]
    ) -> None:
        self._crawler = crawler
        self._connection = connection
        self._counts = counts
        self._stopping: asyncio.Task[None] | None = None
        crawler.signals.connect(self._send, signal=signals.item_scraped, weak=False)

    def _send(self) -> None:
        try:
            self._connection.send(self._counts())
        except BrokenPipeError:
            if self._stopping is None:
                engine = self._crawler.engine
                self._stopping = asyncio.ensure_future(engine.close_spider_async(reason="caller_gone"))
