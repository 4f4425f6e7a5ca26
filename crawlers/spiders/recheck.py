"""The spider that looks again at ads: each page is asked for once, and nothing of it is let in."""

from collections.abc import AsyncIterator
from typing import Any, Final, cast

from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response, TextResponse
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawlers import signs
from crawlers.backoff import BoardBusy
from crawlers.html_text import html_to_text
from crawlers.items import Refused
from crawlers.posting import Posting
from crawlers.recheck.ledger import Answered, RecheckLedger
from crawlers.spiders.base import Items
from crawlers.spiders.frontier import AT_A_TIME
from crawlers.spiders.jsonld_sitemap import JsonLdSitemapSpider
from store.rechecks import Answer
from store.targets import Due

_OF_STATUS: Final[dict[int, Answer]] = {
    401: "forbidden", 403: "forbidden", 404: "missed", 410: "missed", 451: "forbidden",
}  # fmt: skip


class RecheckSpider(JsonLdSitemapSpider):
    """Hands what each page says to the ledger, which examines it."""

    name = "recheck"

    async def start(self) -> AsyncIterator[Any]:
        for target in self.ledger.take(AT_A_TIME):
            self.tally.listed += 1
            self.tally.held += 1
            yield self.page_request(target)

    def page_answered(self, response: Response) -> Items:
        target: Due = response.meta["target"]
        self.tally.fetched += 1
        found = list(self.parse_page(response))
        postings = [item for item in found if isinstance(item, Posting)]
        page = self.decoded(response).text if isinstance(response, TextResponse) else ""
        ended = "" if postings else signs.ended(page, self.board.closed)
        answered = Answered(postings, html_to_text(page), ended, self.origins(response))
        self._looks.answered(target.key, answered)
        yield from (item for item in found if isinstance(item, Refused))

    def page_failed(self, failure: Failure) -> Items:
        refused = list(super().page_failed(failure))
        target: Due = failure.request.meta["target"]  # type: ignore[attr-defined]  # Scrapy adds it
        answer, why = _told(failure.value)
        response = failure.value.response if isinstance(failure.value, HttpError) else None
        origins = self.origins(response) if response is not None else ()
        self._looks.failed(target.key, answer, why, origins)
        yield from refused

    @property
    def _looks(self) -> RecheckLedger:
        return cast("RecheckLedger", self.ledger)


def _told(error: BaseException | None) -> tuple[Answer, str]:
    """What a failure tells of the page, and in Chinese why."""
    if isinstance(error, HttpError):
        status = error.response.status
        return _OF_STATUS.get(status, "unreachable"), f"网站回答 HTTP {status}"
    if isinstance(error, BoardBusy):
        return "unreachable", "网站要求暂缓访问，或本次采集已中止"
    if isinstance(error, IgnoreRequest | DownloadCancelledError):
        return "forbidden", "按 robots.txt 或采集规则不得访问"
    return "unreachable", "连接未成功"
