"""Engine `jsonld-sitemap`: sitemap → detail pages → schema.org JobPosting in JSON-LD."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from typing import Final
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.http import Response, TextResponse

from crawlers import jobposting, sitemap
from crawlers.items import Refused
from crawlers.posting import Posting
from crawlers.spiders.base import LONGEST_URL, BoardSpider, Items

DEEPEST_INDEX: Final = 3
"""The protocol allows one level of sitemap indexes; boards use two; without a limit one could be endless."""


class JsonLdSitemapSpider(BoardSpider):
    name = "jsonld-sitemap"

    async def start(self) -> AsyncIterator[Request]:
        self._seen: set[str] = set(self.board.start)
        for url in self.board.start:
            yield self.request(url, self.parse_sitemap, self.list_failed)

    def parse_sitemap(self, response: Response) -> Items:
        try:
            listing = sitemap.read(response.body, max_bytes=self.settings.getint("DOWNLOAD_MAXSIZE"))
        except sitemap.SitemapError as error:
            yield Refused(place=response.url, reason=f"no sitemap: {error}", lost=True)
            return
        if listing.damage:
            reason = f"the sitemap is damaged after {len(listing.locations)} entries: {listing.damage}"
            yield Refused(place=response.url, reason=reason, lost=True)
        urls = (urljoin(response.url, location) for location in listing.locations)
        new = self._not_seen(urls)
        yield from self._sitemaps(response, new) if listing.kind == "sitemapindex" else self._pages(new)

    def _not_seen(self, urls: Iterator[str]) -> Iterator[str]:
        for url in urls:
            if url not in self._seen:
                self._seen.add(url)
                yield url

    def _sitemaps(self, response: Response, urls: Iterator[str]) -> Items:
        level = response.meta.get("index_level", 0) + 1
        for url in urls:
            if level > DEEPEST_INDEX:
                yield Refused(place=url, reason=f"sitemap below {DEEPEST_INDEX} sitemap indexes", lost=True)
                return
            request = self.request(url, self.parse_sitemap, self.list_failed)
            request.meta["index_level"] = level
            yield request

    def _pages(self, urls: Iterator[str]) -> Items:
        for url in urls:
            if self.tally.listed >= self.board.max_pages:
                reason = f"the board lists more than max_pages ({self.board.max_pages}) pages"
                yield Refused(place=self.board.start[0], field="max_pages", reason=reason, lost=True)
                return
            self.tally.listed += 1
            if len(url) > LONGEST_URL:
                yield Refused(place=url[:LONGEST_URL], reason=f"the URL has {len(url)} characters")
            elif urlsplit(url).scheme not in {"http", "https"}:
                yield Refused(place=url, reason="the URL is not http or https")
            else:
                yield self.request(url, self.parse_page, self.page_failed)

    def parse_page(self, response: Response) -> Items:
        self.tally.fetched += 1
        if not isinstance(response, TextResponse):
            kind = (response.headers.get("Content-Type") or b"no type").decode("latin-1")
            yield Refused(place=response.url, reason=f"the page is not text ({kind})")
            return
        if self.board.encoding:
            response = response.replace(encoding=self.board.encoding)
        page = response.text
        found = jobposting.find(page)
        for problem in found.broken:
            yield Refused(place=response.url, field="JSON-LD", reason=problem)
        if not found.postings and not found.broken:
            yield self.no_posting(response, page)
        for number, node in enumerate(found.postings, start=1):
            posting = self._posting(response, found, number, jobposting.fields(node))
            if self.garbled(posting.text):
                reason = f"the page cannot be read as {response.encoding}; give the board its encoding"
                yield Refused(place=response.url, field="encoding", reason=reason, lost=True)
            else:
                self.tally.postings += 1
                yield posting

    def _posting(
        self, response: Response, found: jobposting.Found, number: int, fields: jobposting.Fields
    ) -> Posting:
        address = self._address(response.url, found.canonical)
        return Posting(
            source=self.board.id,
            source_kind="crawl",
            # Several postings on one page without identifiers are told apart by their order.
            source_ad_id=fields.identifier or (address if number == 1 else f"{address}#{number}"),
            place=response.url,
            url=response.url,
            title=fields.title,
            text=fields.text,
            company=fields.company,
            city=fields.city,
            posted=fields.posted,
            valid_through=fields.valid_through,
            salary=fields.salary,
            poster=fields.poster,
            raw_sha256=hashlib.sha256(response.body).hexdigest(),
        )

    @staticmethod
    def _address(url: str, canonical: str) -> str:
        """The page's canonical address, as long as it claims none of another host."""
        claimed = urljoin(url, canonical)
        return claimed if urlsplit(claimed).netloc == urlsplit(url).netloc else url
