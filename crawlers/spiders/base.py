"""What the spiders of all engines share: their board, and what becomes of a download that failed."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from scrapy import Request, Spider
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response, TextResponse
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawlers import signs
from crawlers.backoff import BoardBusy
from crawlers.board import Board
from crawlers.encodings import true_encoding
from crawlers.items import Refused
from crawlers.originals import of_response
from crawlers.permit import FreePermit, Permit
from crawlers.posting import Origin, Posting
from crawlers.progress import Tally
from crawlers.robots import DOWNLOAD_ERRORS
from store.targets import Visit

if TYPE_CHECKING:
    from crawlers.pipelines import Intake

Items = Iterator[Posting | Refused | Visit | Request]

LONGEST_URL: Final = 2000
_ORIGINAL: Final = "original"
_GONE: Final = frozenset({404, 410})


class BoardSpider(Spider):
    """A spider over one board; yields postings, and a `Refused` for whatever gave none."""

    permit: Permit = FreePermit()
    clock: Callable[[], datetime] | None = None
    """Where what is fetched is kept as evidence, it tells when it was."""

    def __init__(self, *, board: Board, intake: "Intake", tally: Tally, **options: Any) -> None:  # noqa: ANN401
        super().__init__(**options)
        self.board = board
        self.intake = intake
        self.tally = tally

    def request(
        self, url: str, callback: Callable[[Response], Items], errback: Callable[[Failure], Items]
    ) -> Request:
        # The stock duplicate filter would drop a redirect to a page seen before without a word.
        return Request(url, callback=callback, errback=errback, dont_filter=True)

    def origins(self, response: Response) -> tuple[Origin, ...]:
        """An answer as evidence, the same for all postings in it; nothing where none is kept."""
        if self.clock is None:
            return ()
        if _ORIGINAL not in response.meta:
            received = of_response(response, self.clock(), encoding=self.board.encoding)
            response.meta[_ORIGINAL] = received
        return (Origin(response.meta[_ORIGINAL]),)

    def note_unknown(self, response: Response, *found: Mapping[str, str]) -> None:
        """Note the fields of records in an answer that nobody reads."""
        for fields in found:
            self.tally.unknown.note(fields, url=response.url, ignored=self.board.ignore)

    def decoded(self, response: TextResponse) -> TextResponse:
        """The answer in the encoding that the board's file gives, else in the one that it really is in."""
        encoding = self.board.encoding or true_encoding(response.body, response.encoding)
        return response if encoding == response.encoding else response.replace(encoding=encoding)

    def no_posting(self, response: Response, page: str) -> Refused:
        """The refusal of a page that holds no posting; one that has ended says so."""
        if words := signs.ended(page, self.board.closed):
            return Refused(place=response.url, reason=f"the posting has ended ({words})", gone=True)
        return Refused(place=response.url, reason="the page holds no posting")

    def page_failed(self, failure: Failure) -> Items:
        """A page could not be had: by its own fault, or so that another day may bring it."""
        self.tally.fetched += 1
        yield self._refused(failure, lost=_may_come_back(failure.value))

    def list_failed(self, failure: Failure) -> Items:
        """A list of pages could not be had: unknown pages are missing."""
        refused = self._refused(failure, lost=True)
        self.tally.absent += refused.gone
        yield refused

    def _refused(self, failure: Failure, *, lost: bool) -> Refused:
        error = failure.value
        gone = isinstance(error, HttpError) and error.response.status in _GONE
        if isinstance(error, HttpError):
            reason = f"the board answered HTTP {error.response.status}"
        elif isinstance(error, DownloadCancelledError):
            reason = f"not fetched: larger than {self.settings.getint('DOWNLOAD_MAXSIZE')} bytes"
        elif isinstance(error, DOWNLOAD_ERRORS):
            reason = f"not fetched: {str(error) or type(error).__name__}"
        else:
            failure.raiseException()
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it for errbacks
        place = request.meta.get("redirect_urls", [request.url])[0]
        return Refused(place=place, reason=reason, lost=lost, gone=gone, fetched=False)


def _may_come_back(error: BaseException | None) -> bool:
    if isinstance(error, HttpError):
        return error.response.status not in _GONE
    if isinstance(error, BoardBusy):
        return True
    # Refused by robots.txt or a guard, redirected without end, too large: it would be so again.
    return not isinstance(error, IgnoreRequest | DownloadCancelledError)
