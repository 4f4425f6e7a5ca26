"""robots.txt, obeyed strictly (RFC 9309), and the pace of the crawl.

Scrapy's own middleware lets requests through that wait for the same robots.txt, and takes a robots.txt
that cannot be read (403, 503, a challenge page in HTML) for permission. A public authority can do neither.
"""

import asyncio
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawlers.stops import RunStopped

DOWNLOAD_ERRORS: Final = (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    OSError,
    ResponseDataLossError,
)
"""How a download can fail."""

_OWN: Final = "qingdan_robots"
_HTML: Final = re.compile(rb"\s*(<!doctype|<html|<head|<body|<script)", re.IGNORECASE)
_MAX_BYTES: Final = 512 * 1024
"""RFC 9309 asks for at least 500 KiB; what follows is not read."""


class RobotsRefused(IgnoreRequest):
    """robots.txt forbids the page, or could not be read, which forbids everything."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What one host's robots.txt says to us."""

    agent: str
    parsed: Protego | None = None
    """None when there are no rules: see `denied`."""
    denied: str = ""
    """Why nothing at all may be fetched from this host."""

    def refusal_of(self, url: str) -> str:
        if self.denied:
            return self.denied
        if self.parsed is not None and not self.parsed.can_fetch(url, self.agent):
            return "robots.txt forbids this page"
        return ""

    @property
    def delay(self) -> float:
        """Seconds between requests that the host asks for."""
        delay = self.parsed.crawl_delay(self.agent) if self.parsed is not None else None
        return float(delay or 0)


def rules_from(response: Response, agent: str) -> Rules:
    """The rules in an answer to a request for robots.txt.

    An absent file (404, 410 and the like) allows everything. A refusal (401, 403), a request to slow
    down (429), a fault of the server and a page that is no robots.txt forbid everything.
    """
    status = response.status
    if status in {401, 403, 429} or status >= 500:  # noqa: PLR2004 - HTTP status codes
        return Rules(agent, denied=f"robots.txt answered {status}, so nothing may be fetched")
    if status >= 400:  # noqa: PLR2004
        return Rules(agent)
    if status >= 300:  # noqa: PLR2004
        return Rules(agent, denied=f"robots.txt redirects without end ({status}), so nothing may be fetched")
    if _HTML.match(response.body):
        return Rules(agent, denied="robots.txt is an HTML page, so nothing may be fetched")
    return Rules(agent, Protego.parse(response.body[:_MAX_BYTES].decode("utf-8-sig", "ignore")))


class StrictRobots:
    """Downloader middleware: one robots.txt for each origin, fetched once, before anything else of it."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._agent: str = crawler.settings["USER_AGENT"]
        self._rules: dict[str, Rules] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "StrictRobots":
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get(_OWN):
            return
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        # Requests that come while robots.txt is on its way wait here, all of them, for the same answer.
        async with self._locks[origin]:
            if origin not in self._rules:
                self._rules[origin] = await self._fetch(origin)
                self._slow_down(parts.hostname or "", self._rules[origin].delay)
        if reason := self._rules[origin].refusal_of(request.url):
            raise RobotsRefused(reason)

    async def _fetch(self, origin: str) -> Rules:
        request = Request(
            f"{origin}/robots.txt", callback=NO_CALLBACK, meta={_OWN: True}, dont_filter=True, priority=1000
        )
        try:
            response = await self._crawler.engine.download_async(request)
        except RunStopped:
            # Then robots.txt was not asked for, and nothing is known of the page that waits for it.
            raise
        except DOWNLOAD_ERRORS as error:
            return Rules(self._agent, denied=f"robots.txt cannot be fetched, so nothing may be: {error}")
        return rules_from(response, self._agent)

    def _slow_down(self, host: str, delay: float) -> None:
        """Make `delay` the floor for `host`, now and whenever the downloader opens a new slot for it."""
        downloader = self._crawler.engine.downloader
        floor = max(delay, self._crawler.settings.getfloat("DOWNLOAD_DELAY"))
        downloader.per_slot_settings[host] = {"concurrency": 1, "delay": floor, "jitter": 0}
        if host in downloader.slots:
            downloader.slots[host].delay = floor
