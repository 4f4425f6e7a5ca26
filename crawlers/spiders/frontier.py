"""What spiders share that walk lists and read pages: lists go to the ledger, what is due comes from it."""

import json
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from crawlers.items import Refused
from crawlers.ledger import BATCH, Ledger, PassingLedger
from crawlers.posting import Posting, storable
from crawlers.spiders.base import LONGEST_URL, BoardSpider, Items
from events.ids import ad_id, stable_id
from store.targets import Due, Entry, Noted, Visit

AT_A_TIME: Final = 100
"""Pages that are taken from the ledger together."""
UNCHANGED: Final = 304
_LONGEST_VERSION: Final = 200
"""Characters of an ETag that are kept."""


class FrontierSpider(BoardSpider):
    """A spider whose subclasses note what lists name, and read pages one by one.

    Without a ledger it remembers nothing beyond the run.
    """

    def __init__(self, *, ledger: Ledger | None = None, **options: Any) -> None:  # noqa: ANN401 - Scrapy's
        super().__init__(**options)
        self.ledger = ledger or PassingLedger()
        self._page_rules = _page_rules(self.board.detail, self.board.encoding)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **options: Any) -> Self:  # noqa: ANN401 - Scrapy's
        spider = super().from_crawler(crawler, *args, **options)
        crawler.signals.connect(spider.take_pages, signal=signals.spider_idle)
        return spider

    @abstractmethod
    def parse_page(self, response: Response) -> Iterator[Posting | Refused]:
        """What the page of `response.meta["target"]` gives."""

    def entry(self, key: str, url: str, said: Mapping[str, str]) -> Entry:
        """What a list names: `url` is its page, and empty where the list says it all."""
        kept = {name: storable(value) for name, value in said.items()} if url else {}
        words = (word for pair in sorted(said.items()) for word in pair)
        list_hash = stable_id(url, self._page_rules, *words)
        return Entry(key=storable(key), url=storable(url), said=kept, list_hash=list_hash)

    def page_key(self, url: str) -> str:
        """What stands for a page; without the origin for a board of this machine, whose port changes."""
        return urlsplit(url)._replace(scheme="", netloc="").geturl() if self.board.local else url

    def listed(self, entries: Iterable[Entry], place: str) -> tuple[Noted, list[Refused]]:
        """Note what the list at `place` names, and refuse what is no address, or beyond `max_pages`."""
        offered = iter(entries)
        noted, refused = Noted(), list[Refused]()
        while batch := list(islice(offered, BATCH)):
            unusable = [found for entry in batch if (found := _unusable(entry.url))]
            refused += unusable
            self.tally.listed += len(unusable)
            usable = [entry for entry in batch if not _unusable(entry.url)]
            room = max(self.board.max_pages - self.tally.listed, 0)
            part = self.ledger.listed(usable[:room])
            self.tally.listed += len(part.fresh)
            self.tally.held += part.held
            noted += part
            if len(usable) > room:
                reason = f"the board lists more than max_pages ({self.board.max_pages}) postings"
                refused.append(Refused(place=place, field="max_pages", reason=reason, lost=True))
                break
        return noted, refused

    def pages_before_lists(self) -> Iterator[Request]:
        """In a trial, pages come before the list goes on: it wants a few postings, and no long walk first."""
        if not self.ledger.remembers:
            for target in self.ledger.take(AT_A_TIME):
                yield self.page_request(target).replace(priority=1)

    def take_pages(self) -> None:
        """Ask for the next pages; Scrapy calls it whenever everything at hand is read."""
        # Where no list could be read, its pages are not asked for either: the board may not want us.
        due = self.ledger.take(AT_A_TIME) if self.tally.listed else []
        for target in due:
            self.crawler.engine.crawl(self.page_request(target))
        if due:
            raise DontCloseSpider

    def page_request(self, target: Due) -> Request:
        """The request for a page, on condition that it has changed since it was read."""
        request = self.request(target.url, self.page_answered, self.page_failed)
        request.meta["target"] = target
        asked = {"If-None-Match": target.etag, "If-Modified-Since": target.last_modified}
        if headers := {name: value for name, value in asked.items() if value}:
            request.headers.update(headers)
            request.meta["handle_httpstatus_list"] = [UNCHANGED]
        return request

    def page_answered(self, response: Response) -> Items:
        """Everything that a page gives, and then what that came to."""
        target: Due = response.meta["target"]
        self.tally.fetched += 1
        if response.status == UNCHANGED:
            version = {"etag": target.etag, "last_modified": target.last_modified}
            yield from self.told(Visit(key=target.key, answer="unchanged", ads=target.ads, **version))
            return
        ads: list[str] = []
        refused: list[Refused] = []
        for item in self.parse_page(response):
            if isinstance(item, Posting):
                ads.append(self.ad_id(item))
            else:
                refused.append(item)
            yield item
        yield from self.concluded(target, ads, refused, version=version_of(response))

    def concluded(
        self, target: Due, ads: Sequence[str], refused: Sequence[Refused], *, version: Mapping[str, str]
    ) -> Iterator[Visit]:
        """What a page came to that gave these ads and refusals; if any is lost, it stays due."""
        if any(item.lost for item in refused):
            return
        if ads:
            # What was not understood is to be seen in full again, in case we understand it by then.
            yield from self.told(
                Visit(key=target.key, answer="read", ads=ads, **({} if refused else version))
            )
        else:
            yield from self.told(self._without_postings(target, gone=any(item.gone for item in refused)))

    def page_failed(self, failure: Failure) -> Items:
        for refused in super().page_failed(failure):
            yield refused
            if isinstance(refused, Refused) and not refused.lost:
                target: Due = failure.request.meta["target"]  # type: ignore[attr-defined]  # Scrapy adds it
                yield from self.told(Visit(key=target.key, answer="gone" if refused.gone else "empty"))

    def _without_postings(self, target: Due, *, gone: bool) -> Visit:
        self.tally.emptied += bool(target.ads) and not gone
        return Visit(key=target.key, answer="gone" if gone else "empty")

    def told(self, visit: Visit) -> Iterator[Visit]:
        """`visit`, where anybody wants to know of it."""
        if self.ledger.remembers:
            yield visit

    @staticmethod
    def ad_id(posting: Posting) -> str:
        return ad_id(storable(posting.source), storable(posting.source_ad_id))


def _unusable(url: str) -> Refused | None:
    """The refusal of an address that cannot be asked for; without an address there is nothing to ask for."""
    if len(url) > LONGEST_URL:
        return Refused(place=url[:LONGEST_URL], reason=f"the URL has {len(url)} characters")
    if url and urlsplit(url).scheme not in {"http", "https"}:
        return Refused(place=url, reason="the URL is not http or https")
    return None


def _page_rules(detail: Any, encoding: str) -> str:  # noqa: ANN401
    """Stands for how the board's file has pages read: when that changes, all are read again."""
    rules = detail.model_dump(exclude_defaults=True) if detail is not None else {}
    return stable_id(json.dumps(rules, default=sorted, sort_keys=True), encoding)


def version_of(response: Response) -> dict[str, str]:
    """The page's own words for its version, as far as they can be sent back."""
    words = {"etag": response.headers.get("ETag"), "last_modified": response.headers.get("Last-Modified")}
    return {
        name: word.decode("latin-1") for name, word in words.items() if word and len(word) <= _LONGEST_VERSION
    }
