"""Engine `notices`: a list of notices → their pages → tables and attachments → a posting a position."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from scrapy.http import Response
from twisted.python.failure import Failure

from crawlers.extract.problem import DocumentProblem
from crawlers.extract.reading import Fields
from crawlers.intake.columns import Columns
from crawlers.items import Refused
from crawlers.notices.course import Attached, Course
from crawlers.notices.page import Notice, read_notice
from crawlers.notices.words import is_about_process
from crawlers.posting import Posting
from crawlers.spiders.base import Items
from crawlers.spiders.frontier import UNCHANGED, version_of
from crawlers.spiders.listing import ListingSpider
from store.targets import Due, Entry, Visit


@dataclass(slots=True)
class _Progress:
    """A notice whose attachments are being fetched, one after another."""

    target: Due
    version: Mapping[str, str]
    course: Course
    ads: list[str] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


class NoticesSpider(ListingSpider):
    name = "notices"
    _address = "{url}"

    def _entry(self, response: Response, fields: Fields) -> Entry:
        entry = super()._entry(response, fields)
        return replace(entry, url="") if is_about_process(fields["title"]) else entry

    def _without_page(self, response: Response, entry: Entry, fields: Fields) -> Iterator[Posting | Visit]:  # noqa: ARG002 - as the other engine has it
        """A notice that is not asked for, because its title says that it holds no positions."""
        yield from self.told(Visit(key=entry.key, answer="empty"))

    def page_answered(self, response: Response) -> Items:
        if response.status == UNCHANGED:
            yield from super().page_answered(response)
            return
        self.tally.fetched += 1
        target: Due = response.meta["target"]
        try:
            page = self._document(response).text
        except DocumentProblem as problem:
            yield Refused(place=response.url, reason=f"no notice: {problem}", lost=True)
            return
        notice = read_notice(page, response.url, listed=target.said)
        if is_about_process(notice.title):
            yield from self.told(Visit(key=target.key, answer="empty", **version_of(response)))
            return
        progress = _Progress(target, version_of(response), self._course(response, target, notice))
        yield from self._noted_in(progress, progress.course.page(response.body))
        yield from self._next(progress)

    def _course(self, response: Response, target: Due, notice: Notice) -> Course:
        prefix = f"{self.page_key(target.url)}#"
        columns = Columns("page", self.board.id, forced=True, title=notice.title, prefix=prefix)
        return Course(notice, response.url, columns, origins=self.origins(response))

    def _noted_in(
        self, progress: _Progress, found: Iterator[Posting | Refused]
    ) -> Iterator[Posting | Refused]:
        for item in found:
            if isinstance(item, Posting):
                self.tally.postings += 1
                progress.ads.append(self.ad_id(item))
            else:
                progress.refused.append(item)
            yield item

    def _next(self, progress: _Progress) -> Items:
        """Ask for the next attachment; after the last one, tell what the notice came to."""
        if not progress.course.waiting:
            yield from self._noted_in(progress, progress.course.end())
            yield from self.concluded(
                progress.target, progress.ads, progress.refused, version=progress.version
            )
            return
        attachment = progress.course.waiting.pop(0)
        request = self.request(attachment.url, self.attachment_answered, self.attachment_failed)
        request.meta.update(progress=progress, attachment=attachment.name)
        yield request

    def attachment_answered(self, response: Response) -> Items:
        progress: _Progress = response.meta["progress"]
        file = Attached(response.meta["attachment"], response.body, self.origins(response))
        found = progress.course.attachment(file)
        yield from self._noted_in(progress, found)
        yield from self._next(progress)

    def attachment_failed(self, failure: Failure) -> Items:
        meta = failure.request.meta  # type: ignore[attr-defined]  # Scrapy adds it for errbacks
        progress: _Progress = meta["progress"]
        progress.course.failed(meta["attachment"], self._refused(failure, lost=True).reason)
        yield from self._next(progress)
