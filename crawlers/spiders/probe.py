"""The spider of a probe: one page, robots.txt and the sitemaps it names, one page that each of them names."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Final
from urllib.parse import urljoin

from scrapy import Request
from scrapy.http import Response, TextResponse

from crawlers import sitemap
from crawlers.extract.guess_html import rows_of
from crawlers.items import Refused
from crawlers.probe import Looked
from crawlers.spiders.base import BoardSpider

MOST_SITEMAPS: Final = 5
_NAMED: Final = re.compile(r"^\s*sitemap:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_JOB: Final = re.compile(r"job|zhaopin|position|recruit|career|vacanc|gangwei|zhiwei|zpdetail", re.IGNORECASE)

Found = Iterator[Looked | Refused | Request]


class ProbeSpider(BoardSpider):
    name = "probe"

    async def start(self) -> AsyncIterator[Request]:
        self._asked: set[str] = set()
        self._sampled = False
        (address,) = self.board.start
        yield self.request(address, self.parse_page, self.list_failed)  # type: ignore[arg-type]
        yield self.request(urljoin(address, "/robots.txt"), self.parse_robots, self.list_failed)  # type: ignore[arg-type]

    def parse_page(self, response: Response) -> Found:
        if not isinstance(response, TextResponse):
            yield Refused(place=response.url, reason="no text")
            return
        text = self.decoded(response).text
        kind = {name: name in response.meta for name in ("named", "linked")}
        yield Looked(response.url, text, **kind)
        rows = None if any(kind.values()) else rows_of(text, response.url)
        if rows is not None:
            request = self.request(rows.addresses[0], self.parse_page, self.page_failed)  # type: ignore[arg-type]
            request.meta["linked"] = True
            yield request

    def parse_robots(self, response: Response) -> Found:
        """The sitemaps that robots.txt names, or the usual address."""
        named = _NAMED.findall(response.text) if isinstance(response, TextResponse) else []
        yield from self._sitemaps(named or [urljoin(response.url, "/sitemap.xml")])

    def _sitemaps(self, addresses: list[str]) -> Iterator[Request]:
        for address in addresses:
            if address not in self._asked and len(self._asked) < MOST_SITEMAPS:
                self._asked.add(address)
                yield self.request(address, self.parse_sitemap, self.list_failed)  # type: ignore[arg-type]

    def parse_sitemap(self, response: Response) -> Found:
        try:
            listing = sitemap.read(response.body, max_bytes=self.settings.getint("DOWNLOAD_MAXSIZE"))
        except sitemap.SitemapError as error:
            yield Refused(place=response.url, reason=f"no sitemap: {error}")
            return
        if listing.kind == "sitemapindex":
            likely = sorted(listing.locations, key=lambda address: not _JOB.search(address))
            yield from self._sitemaps(likely)
            return
        yield Looked(response.url, "", pages=len(listing.locations))
        sample = next((each for each in listing.locations if _JOB.search(each)), "")
        if sample and not self._sampled:
            self._sampled = True
            request = self.request(urljoin(response.url, sample), self.parse_page, self.page_failed)  # type: ignore[arg-type]
            request.meta["named"] = True
            yield request
