"""Slowing down with a board that answers slowly, and never below what its file and robots.txt ask for."""

from urllib.parse import urlsplit

from scrapy.core.downloader import Slot
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response


class FlooredAutoThrottle(AutoThrottle):
    """Scrapy's own, which knows nothing of `Crawl-delay`, with the floor that crawlers/robots.py sets."""

    def _adjust_delay(self, slot: Slot, latency: float, response: Response) -> None:
        super()._adjust_delay(slot, latency, response)
        floors = self.crawler.engine.downloader.per_slot_settings
        host = urlsplit(response.url).hostname or ""
        slot.delay = max(slot.delay, floors.get(host, {}).get("delay", 0))
