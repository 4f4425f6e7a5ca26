"""The spider of reported pages: each is asked for once, by itself; nothing that it links to is followed."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any, cast

from scrapy.http import Response, TextResponse
from twisted.python.failure import Failure

from crawlers.html_text import html_to_text
from crawlers.items import Refused
from crawlers.posting import Posting
from crawlers.public.ledger import ReportedLedger
from crawlers.spiders.base import Items
from crawlers.spiders.frontier import AT_A_TIME
from crawlers.spiders.jsonld_sitemap import JsonLdSitemapSpider
from store.targets import Due


class ReportedSpider(JsonLdSitemapSpider):
    """Reads what each page marks up as a posting; what it cannot read is left to people."""

    name = "reported"

    async def start(self) -> AsyncIterator[Any]:
        for target in self.ledger.take(AT_A_TIME):
            self.tally.listed += 1
            yield self.page_request(target)

    def parse_page(self, response: Response) -> Iterator[Posting | Refused]:
        target: Due = response.meta["target"]
        refused: list[Refused] = []
        ads = 0
        for item in super().parse_page(response):
            if isinstance(item, Posting):
                ads += 1
                # Not by the page's own identifier: two boards may use the same one.
                name = target.key if ads == 1 else f"{target.key}#{ads}"
                yield replace(item, source_kind="report", source_ad_id=name)
            else:
                refused.append(item)
                yield replace(item, lost=False)
        if not ads:
            self._without_ads(response, target, refused)

    def _without_ads(self, response: Response, target: Due, refused: list[Refused]) -> None:
        reason = refused[0].reason if refused else "the page holds no posting"
        text = html_to_text(response.text) if isinstance(response, TextResponse) else ""
        if text and not any(item.gone for item in refused):
            self._matters.left_to_people(target.key, reason, text)
        else:
            self._matters.failed(target.key, reason, for_good=True)

    def page_failed(self, failure: Failure) -> Items:
        for item in super().page_failed(failure):
            if isinstance(item, Refused):
                target: Due = failure.request.meta["target"]  # type: ignore[attr-defined]  # Scrapy adds it
                self._matters.failed(target.key, item.reason, for_good=not item.lost)
            yield item

    @property
    def _matters(self) -> ReportedLedger:
        return cast("ReportedLedger", self.ledger)
