"""From the spider to the door, in batches."""

from typing import Final, Self, cast

from scrapy.crawler import Crawler

from crawlers.door import Door
from crawlers.items import Refused
from crawlers.posting import Posting
from crawlers.spiders.base import BoardSpider

BATCH: Final = 20
"""Postings that are published together; a crash costs at most these, and they are fetched again."""


class Intake:
    """Hands postings to the door in batches, and refusals as they come."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.lost = 0
        """Refusals after which there may be postings we did not get."""
        self._batch: list[Posting] = []

    def take(self, item: Posting | Refused) -> None:
        if isinstance(item, Refused):
            self.lost += item.lost
            self.door.refuse(item.place, item.reason, field=item.field, excerpt=item.excerpt)
            return
        self._batch.append(item)
        if len(self._batch) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Publish what is waiting. On an error the batch is kept, and the next call tries again."""
        if self._batch:
            self.door.admit(self._batch)
            self._batch = []


class DoorPipeline:
    """Scrapy's end of the intake.

    The door is called directly, not in a thread: a batch takes it a few milliseconds, the run waits for
    the board anyway, and nothing else may touch its database session meanwhile.
    """

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(cast("BoardSpider", crawler.spider).intake)

    def process_item(self, item: Posting | Refused) -> Posting | Refused:
        self._intake.take(item)
        return item

    def close_spider(self) -> None:
        # Before the spider counts as closed, everything it brought is durably published.
        self._intake.flush()
