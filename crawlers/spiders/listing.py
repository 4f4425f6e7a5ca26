"""Engine `listing`: a list of postings over one or many pages, each with a page of its own if need be."""

import hashlib
from collections.abc import AsyncIterator, Generator, Iterator, Sequence
from typing import cast
from urllib.parse import urlencode, urljoin

from scrapy import Request
from scrapy.http import Response, TextResponse

from crawlers import signs
from crawlers.encodings import garbled
from crawlers.extract.containers import Document
from crawlers.extract.problem import DocumentProblem, FieldProblem
from crawlers.extract.reading import Extractor, Fields, Reading
from crawlers.extract.walk import Walk, walks
from crawlers.items import Refused
from crawlers.posting import Posting
from crawlers.spiders.base import Items
from crawlers.spiders.frontier import FrontierSpider
from crawlers.spiders.list_request import list_request
from events.types import PosterType
from store.targets import Due, Entry, Visit


class ListingSpider(FrontierSpider):
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
        unread = yield from self._noted(response, fresh)
        yield from self.pages_before_lists()
        # Behind what is known there is nothing new, as long as no run before this one left a gap.
        if following is not None and not (self.ledger.caught_up and walk.all_known(unread)):
            yield self._page(walk, following)
        self.tally.cut_short |= walk.cut_short
        for gap in walk.gaps:
            yield Refused(place=response.url, field="listing", reason=gap, lost=True)
        walk.gaps.clear()

    def _noted(
        self, response: Response, fresh: Sequence[Fields]
    ) -> Generator[Posting | Refused | Visit, None, int]:
        """Note what a page lists, and let in what has no page of its own; returns how many are unread."""
        entries = [self._entry(response, fields) for fields in fresh]
        noted, refused = self.listed(entries, response.url)
        yield from refused
        for entry, fields in zip(entries, fresh, strict=True):
            if not entry.url and entry.key in noted.fresh:
                yield from self._without_page(response, entry, fields)
        return noted.unread

    def _entry(self, response: Response, fields: Fields) -> Entry:
        url = urljoin(response.url, self._address.format_map(fields)) if self._address else ""
        return self.entry(fields["id"] or self.page_key(fields["url"]), url, fields)

    def _without_page(self, response: Response, entry: Entry, fields: Fields) -> Iterator[Posting | Visit]:
        self.tally.fetched += 1
        posting = self._posting(response, fields)
        yield posting
        yield from self.told(Visit(key=entry.key, answer="read", ads=(self.ad_id(posting),)))

    def _flaws(self, response: Response, reading: Reading) -> Iterator[Refused]:
        if damage := reading.document.damage:
            yield Refused(place=response.url, reason=f"the document is damaged: {damage}", lost=True)
        self.note_unknown(response, *reading.unread)
        for flaw in reading.flaws:
            # The posting is there and we did not get it, so nothing may be concluded from its absence.
            place = f"{response.url}#{flaw.record}"
            yield Refused(place=place, field=flaw.field, reason=flaw.reason, lost=True)

    def page_request(self, target: Due) -> Request:
        request = super().page_request(target)
        form = self.board.detail.form if self.board.detail is not None else {}
        if not form:
            return request
        sent = urlencode({name: template.format_map(target.said) for name, template in form.items()})
        request.headers["Content-Type"] = "application/x-www-form-urlencoded"
        return request.replace(method="POST", body=sent)

    def parse_page(self, response: Response) -> Iterator[Posting | Refused]:
        """What the page of one posting gives, together with what the list said of it."""
        given: Fields = response.meta["target"].said
        try:
            document = self._document(response)
            reading = self._detail.read(document, given)
        except DocumentProblem as problem:
            yield Refused(place=response.url, reason=f"no posting: {problem}", lost=True)
            return
        if not reading.found and (not reading.flaws or signs.ended(document.text, self.board.closed)):
            yield self.no_posting(response, document.text)
            return
        yield from self._flaws(response, reading)
        for fields in reading.found[:1]:
            yield self._posting(response, fields)

    def _posting(self, response: Response, fields: Fields) -> Posting:
        self.tally.postings += 1
        url = urljoin(response.url, fields["url"])
        return Posting(
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
            ownership=fields["ownership"],
            employment=fields["employment"],
            headcount=fields["headcount"],
            education=fields["education"],
            experience=fields["experience"],
            raw_sha256=hashlib.sha256(response.body).hexdigest(),
            origins=self.origins(response),
        )

    def _document(self, response: Response) -> Document:
        """The decoded document.

        Raises:
            DocumentProblem: it is no text, or garbled in its encoding.
        """
        if not isinstance(response, TextResponse):
            kind = (response.headers.get("Content-Type") or b"no type").decode("latin-1")
            raise DocumentProblem(f"the answer is not text ({kind})")
        response = self.decoded(response)
        if garbled(response.text):
            raise DocumentProblem(f"it cannot be read as {response.encoding}; give the board its encoding")
        return Document(response.text, response.url)
