"""Engine `listing`: a list of postings over one or many pages, each with a page of its own if need be."""

import hashlib
from collections.abc import AsyncIterator
from typing import cast
from urllib.parse import urljoin

from scrapy import Request
from scrapy.http import Response, TextResponse

from crawlers import signs
from crawlers.extract.containers import Document
from crawlers.extract.problem import DocumentProblem, FieldProblem
from crawlers.extract.reading import Extractor, Fields, Reading
from crawlers.extract.walk import Walk, walks
from crawlers.items import Refused
from crawlers.posting import Posting
from crawlers.spiders.base import LONGEST_URL, BoardSpider, Items
from crawlers.spiders.list_request import list_request
from events.types import PosterType


class ListingSpider(BoardSpider):
    name = "listing"
    _detail: Extractor
    _address = ""
    """Template of a posting's own page; empty where the list holds everything."""

    async def start(self) -> AsyncIterator[Request]:
        if (listing := self.board.listing) is None:
            raise ValueError(f"board {self.board.id} has no listing")
        self._list = Extractor(listing)
        if (detail := self.board.detail) is not None:
            self._detail, self._address = Extractor(detail), detail.address
        for walk in walks(listing):
            yield self._page(walk, "")

    def _page(self, walk: Walk, address: str) -> Request:
        request = list_request(walk.listing.request, walk.values)
        if address:
            request = Request(urljoin(request.url, address), headers=request.headers)
        return request.replace(
            callback=self.parse_list, errback=self.list_failed, dont_filter=True, meta={"walk": walk}
        )

    def parse_list(self, response: Response) -> Items:
        walk: Walk = response.meta["walk"]
        try:
            reading = self._list.read(self._document(response))
            fresh = list(walk.fresh(reading))
            following = walk.goes_on(reading)
        except (DocumentProblem, FieldProblem) as problem:
            yield Refused(place=response.url, reason=f"no list: {problem}", lost=True)
            return
        yield from self._flaws(response, reading)
        for fields in fresh:
            yield from self._listed(response, fields)
        if following is not None:
            yield self._page(walk, following)
        for gap in walk.gaps:
            yield Refused(place=response.url, field="listing", reason=gap, lost=True)
        walk.gaps.clear()

    def _flaws(self, response: Response, reading: Reading) -> Items:
        if damage := reading.document.damage:
            yield Refused(place=response.url, reason=f"the document is damaged: {damage}", lost=True)
        for flaw in reading.flaws:
            # The posting is there and we did not get it, so nothing may be concluded from its absence.
            place = f"{response.url}#{flaw.record}"
            yield Refused(place=place, field=flaw.field, reason=flaw.reason, lost=True)

    def _listed(self, response: Response, fields: Fields) -> Items:
        if self.tally.listed >= self.board.max_pages:
            reason = f"the board lists more than max_pages ({self.board.max_pages}) postings"
            yield Refused(place=response.url, field="max_pages", reason=reason, lost=True)
            return
        self.tally.listed += 1
        if not self._address:
            self.tally.fetched += 1
            yield from self._posting(response, fields)
            return
        url = urljoin(response.url, self._address.format_map(fields))
        if len(url) > LONGEST_URL:
            yield Refused(place=url[:LONGEST_URL], reason=f"the URL has {len(url)} characters")
            return
        request = self.request(url, self.parse_detail, self.page_failed)
        request.meta["fields"] = fields
        yield request

    def parse_detail(self, response: Response) -> Items:
        self.tally.fetched += 1
        try:
            document = self._document(response)
            reading = self._detail.read(document, response.meta["fields"])
        except DocumentProblem as problem:
            yield Refused(place=response.url, reason=f"no posting: {problem}", lost=True)
            return
        if not reading.found and (not reading.flaws or signs.ended(document.text, self.board.closed)):
            yield self.no_posting(response, document.text)
            return
        yield from self._flaws(response, reading)
        for fields in reading.found[:1]:
            yield from self._posting(response, fields)

    def _posting(self, response: Response, fields: Fields) -> Items:
        self.tally.postings += 1
        url = urljoin(response.url, fields["url"])
        yield Posting(
            source=self.board.id,
            source_kind="crawl",
            source_ad_id=fields["id"] or url,
            place=url,
            url=url,
            title=fields["title"],
            text=fields["text"],
            company=fields["company"],
            city=fields["city"],
            posted=fields["posted"],
            valid_through=fields["valid_through"],
            salary=fields["salary"],
            poster=cast("PosterType", fields["poster"] or "unknown"),
            raw_sha256=hashlib.sha256(response.body).hexdigest(),
        )

    def _document(self, response: Response) -> Document:
        """The decoded document.

        Raises:
            DocumentProblem: it is no text, or garbled in its encoding.
        """
        if not isinstance(response, TextResponse):
            kind = (response.headers.get("Content-Type") or b"no type").decode("latin-1")
            raise DocumentProblem(f"the answer is not text ({kind})")
        if self.board.encoding:
            response = response.replace(encoding=self.board.encoding)
        if self.garbled(response.text):
            raise DocumentProblem(f"it cannot be read as {response.encoding}; give the board its encoding")
        return Document(response.text, response.url)
