"""Engine `jsonld-sitemap`: sitemap → detail pages → schema.org JobPosting in JSON-LD."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from typing import Final
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.http import Response, TextResponse

from crawlers import jobposting, sitemap
from crawlers.encodings import garbled
from crawlers.items import Refused
from crawlers.posting import Posting
from crawlers.spiders.base import Items
from crawlers.spiders.frontier import FrontierSpider

DEEPEST_INDEX: Final = 3
"""The protocol allows one level of sitemap indexes; boards use two; without a limit one could be endless."""


class JsonLdSitemapSpider(FrontierSpider):
    name = "jsonld-sitemap"

    async def start(self) -> AsyncIterator[Request]:
        self._seen = set(self.board.start)  # sitemaps
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
        if listing.kind == "sitemapindex":
            yield from self._sitemaps(response, listing)
        else:
            yield from self._pages(response, listing)

    def _sitemaps(self, response: Response, listing: sitemap.Sitemap) -> Items:
        level = response.meta.get("index_level", 0) + 1
        for url in (urljoin(response.url, location) for location in listing.locations):
            if url in self._seen:
                continue
            self._seen.add(url)
            if level > DEEPEST_INDEX:
                yield Refused(place=url, reason=f"sitemap below {DEEPEST_INDEX} sitemap indexes", lost=True)
                return
            request = self.request(url, self.parse_sitemap, self.list_failed)
            request.meta["index_level"] = level
            yield request

    def _pages(self, response: Response, listing: sitemap.Sitemap) -> Items:
        pages = ((urljoin(response.url, each), listing.changed.get(each, "")) for each in listing.locations)
        entries = (self.entry(self.page_key(url), url, {"lastmod": changed}) for url, changed in pages)
        _, refused = self.listed(entries, response.url)
        yield from refused
        yield from self.pages_before_lists()

    def parse_page(self, response: Response) -> Iterator[Posting | Refused]:
        if not isinstance(response, TextResponse):
            kind = (response.headers.get("Content-Type") or b"no type").decode("latin-1")
            yield Refused(place=response.url, reason=f"the page is not text ({kind})")
            return
        response = self.decoded(response)
        page = response.text
        found = jobposting.find(page)
        for problem in found.broken:
            yield Refused(place=response.url, field="JSON-LD", reason=problem)
        if not found.postings and not found.broken:
            yield self.no_posting(response, page)
        self.note_unknown(response, *map(jobposting.unknown, found.postings))
        for number, node in enumerate(found.postings, start=1):
            posting = self._posting(response, found, number, jobposting.fields(node))
            if garbled(posting.text):
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
            employment=fields.employment,
            headcount=fields.headcount,
            education=fields.education,
            experience=fields.experience,
            raw_sha256=hashlib.sha256(response.body).hexdigest(),
            origins=self.origins(response),
        )

    @staticmethod
    def _address(url: str, canonical: str) -> str:
        """The page's canonical address, as long as it claims none of another host."""
        claimed = urljoin(url, canonical)
        return claimed if urlsplit(claimed).netloc == urlsplit(url).netloc else url
