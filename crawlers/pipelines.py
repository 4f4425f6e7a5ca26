"""From the spider to the door, in batches."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, Self, cast

from scrapy.crawler import Crawler

from crawlers.door import Door
from crawlers.issues import Issue, Issues, Level
from crawlers.items import Refused
from crawlers.ledger import StoredLedger
from crawlers.measures import Measures
from crawlers.posting import Posting
from crawlers.spiders.base import BoardSpider
from store.intake import Refusal
from store.targets import Visit

BATCH: Final = 20
"""Postings that are let in together; a crash costs at most these, and they are fetched again."""
HEAVY: Final = 8 * 1024 * 1024
"""Bytes of their pages beyond which fewer postings are let in together."""
VISITS: Final = 100
"""Visits that are noted together, where they bring fewer postings."""


class Intake:
    """Hands postings to the door in batches, refusals as they come, and then visits to the ledger."""

    def __init__(self, door: Door, ledger: StoredLedger) -> None:
        self.door = door
        self.ledger = ledger
        self.lost = 0
        """Refusals after which there may be postings we did not get."""
        self.measures = Measures()
        self.issues = Issues()
        self._batch: list[Posting] = []
        self._visits: list[Visit] = []

    def take(self, item: Posting | Refused | Visit) -> None:
        if isinstance(item, Refused):
            self._refuse(item)
        elif isinstance(item, Visit):
            self._visits.append(item)
        else:
            self.measures.posting(item)
            self._batch.append(item)
        if len(self._batch) >= BATCH or len(self._visits) >= VISITS or self._weight() >= HEAVY:
            self.flush()

    def _weight(self) -> int:
        """Bytes of the pages that the batch was read from, each counted once."""
        originals = {id(each.original): each.original for item in self._batch for each in item.origins}
        return sum(original.content.length for original in originals.values())

    def _refuse(self, item: Refused) -> None:
        self.lost += item.lost
        self.measures.refused(item)
        self.door.refuse(item.place, item.reason, field=item.field, excerpt=item.excerpt)
        if item.lost:
            self._note(self.door.refusals, level="error", kind="lost")
        else:
            self._note(self.door.refusals, level="warning", kind="rejected")

    def _note(self, refusals: Iterable[Refusal], *, level: Level, kind: str) -> None:
        for each in refusals:
            url, _, place = each.place.partition("#")
            found = Issue(level=level, kind=kind, message=each.reason, field=each.field, example=each.excerpt)
            self.issues.note(replace(found, url=url, place=place))

    def flush(self) -> None:
        """Hand on what is waiting. On an error the batch is kept, and the next call tries again."""
        if self._batch:
            self.door.admit(self._batch)
            self._note(self.door.refusals, level="warning", kind="unusable")
            self._batch = []
        # A visit comes behind the postings of its page, so these are let in by now.
        if self._visits:
            self.ledger.visited(self._visits)
            self._visits = []


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

    def process_item(self, item: Posting | Refused | Visit) -> Posting | Refused | Visit:
        self._intake.take(item)
        return item

    def close_spider(self) -> None:
        # Before the spider counts as closed, everything it brought is durably kept.
        self._intake.flush()
