"""The course of reading one notice: its tables, then each attachment, and what they came to together."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Final, NamedTuple

from crawlers.intake.columns import Columns
from crawlers.intake.documents import position_rows
from crawlers.intake.ingest import posting_of
from crawlers.intake.rows import IntakeError, Row
from crawlers.intake.seen import SeenIds
from crawlers.items import Refused
from crawlers.notices.attachments import files_in, positions_in
from crawlers.notices.page import Notice
from crawlers.notices.words import is_about_process, is_form, speaks_of_positions
from crawlers.posting import Origin, Posting
from store.intake import Refusal

MOST_ATTACHMENTS: Final = 30
MOST_REFUSALS: Final = 20
"""Rows of one file that are refused one by one; the rest are counted."""


class Attached(NamedTuple):
    """An attachment as it was fetched."""

    name: str
    content: bytes
    origins: tuple[Origin, ...] = ()


class Course:
    """Reads the parts of a notice as they come.

    A position's address is that of the notice, with the attachment, the sheet and the row behind `#`.
    """

    def __init__(
        self, notice: Notice, address: str, columns: Columns, *, origins: tuple[Origin, ...] = ()
    ) -> None:
        """`origins`: the notice's own page."""
        self.waiting = [each for each in notice.attachments if not _is_beside(each.name)]
        """Attachments that are still to be fetched."""
        self.found = 0
        """Positions."""
        self._notice = notice
        self._address = address
        self._columns = columns
        self._origins = origins
        self._seen = SeenIds()
        self._told: set[str] = set()
        self._unread: list[tuple[str, Refused]] = []
        if len(self.waiting) > MOST_ATTACHMENTS:
            self.failed("", f"{len(self.waiting)} attachments, of which {MOST_ATTACHMENTS} are read")
            del self.waiting[MOST_ATTACHMENTS:]

    def page(self, content: bytes) -> Iterator[Posting | Refused]:
        """The positions in the tables of the notice's own page."""
        rows = position_rows(self._notice.tables, strict=False)
        read = (posting_of(row, self._columns, self._seen) if isinstance(row, Row) else row for row in rows)
        yield from self._placed(read, content)

    def attachment(self, attached: Attached) -> Iterator[Posting | Refused]:
        """The positions in an attachment; what gives none is told at the end."""
        name = attached.name
        try:
            for file, inside in files_in(name, attached.content):
                if file == name or not _is_beside(file.removeprefix(name)):
                    yield from self._file(Attached(file, inside, attached.origins))
        except IntakeError as error:
            self.failed(name, str(error))

    def _file(self, file: Attached) -> Iterator[Posting | Refused]:
        name, content = file.name, file.content
        before = self.found
        refused: list[Refused] = []
        archive, slash, _ = name.rpartition("/")
        read = positions_in(name, content, self._columns, self._seen)
        try:
            for each in self._placed(read, content, within=archive + slash, origins=file.origins):
                if isinstance(each, Refused):
                    refused.append(each)
                else:
                    yield each
        except IntakeError as error:
            self.failed(name, str(error))
        else:
            if self.found == before:
                self.failed(name, f"no position in it: {refused[0].reason if refused else 'no table'}")
        if self.found > before:
            yield from islice(refused, MOST_REFUSALS)
            if len(refused) > MOST_REFUSALS:
                reason = f"{len(refused) - MOST_REFUSALS} more rows gave no position"
                yield Refused(place=f"{self._address}#{name}", reason=reason)

    def failed(self, name: str, reason: str) -> None:
        """An attachment could not be fetched or read."""
        place = f"{self._address}#{name}" if name else self._address
        self._unread.append((name, Refused(place=place, reason=reason, field="attachment")))

    def end(self) -> Iterator[Refused]:
        """What a person must look at, once everything has been read.

        Positions are missing where an attachment that speaks of them gave none, or where nothing did.
        """
        self._seen.close()
        for name, refused in self._unread:
            yield replace(refused, lost=not self.found or not name or speaks_of_positions(name))
        if not self.found and not self._unread:
            reason = "no table of positions, neither on the page nor attached; a person must read the notice"
            yield Refused(place=self._address, field="notice", reason=reason)

    def _placed(
        self,
        read: Iterable[Posting | Refusal],
        content: bytes,
        *,
        within: str = "",
        origins: tuple[Origin, ...] = (),
    ) -> Iterator[Posting | Refused]:
        """What was read, with its address; `origins` show it beside the notice's page."""
        digest = hashlib.sha256(content).hexdigest()
        for each in read:
            place = f"{self._address}#{within}{each.place}"
            if isinstance(each, Refusal):
                yield Refused(place=place, reason=each.reason, field=each.field, excerpt=each.excerpt)
                continue
            self.found += 1
            if each.source_ad_id in self._told:
                continue  # the same table twice, as PDF and as workbook
            self._told.add(each.source_ad_id)
            yield replace(
                each,
                source_kind="crawl",
                place=place,
                url="%20".join(place.split()),
                posted=each.posted or self._notice.published,
                raw_sha256=digest,
                origins=_located(origins + self._origins, within + each.place),
            )


def _located(origins: tuple[Origin, ...], locator: str) -> tuple[Origin, ...]:
    """`origins`, of which the first is the one that the locator points into."""
    return tuple(each._replace(locator=locator if number == 0 else "") for number, each in enumerate(origins))


def _is_beside(name: str) -> bool:
    """Does the name of a file say that it holds no positions?"""
    return is_form(name) or is_about_process(name)
