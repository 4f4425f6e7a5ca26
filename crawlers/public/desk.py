"""The desk where the public reports ads: a receipt for each report, one ad however often it is reported."""

import hashlib
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine

from crawlers.door import Door
from crawlers.evidence import Keeper
from crawlers.masking import mask
from crawlers.outlet import Published
from crawlers.posting import Origin, Posting, storable
from crawlers.public.report import Report
from events.ids import ad_id
from events.log import Producer
from events.types import PUBLIC_REPORTS
from store.database import snapshot, transaction
from store.evidence import Original
from store.evidence_bytes import Content
from store.intake import Outcome, finish_run, start_run
from store.public_reports import Matter, Received, forget_contacts, is_noted, note_report
from store.seal import SealError, seal

_log: Final = logging.getLogger(__name__)

EXCERPT: Final = 2000
"""Characters that are kept of a pasted text, or of a page that holds no ad, for a person to look at."""
RUN_KIND: Final = "report"


@dataclass(frozen=True, slots=True)
class Given:
    """A receipt as it is given out."""

    receipt: str
    repeated: bool
    """The same had been reported before."""


@dataclass(frozen=True, slots=True)
class Receipts:
    """How receipts are given out, and for how long it is known whom to tell."""

    token: Callable[[], str]
    """Gives a number that nobody can guess, another one each time."""
    contact_days: int
    """Days after which a contact is deleted."""
    seal: Callable[[str], str] = seal
    """Encrypts a contact."""

    def sealed(self, contact: str) -> str:
        """The contact as it is stored: encrypted, or not at all."""
        try:
            return self.seal(storable(contact)) if contact else ""
        except SealError as error:
            _log.warning("what came in is kept without its contact, which cannot be encrypted: %s", error)
            return ""


class ReportDesk:
    """Takes reports in, one at a time: the door and its producer serve one caller at once."""

    def __init__(
        self,
        engine: Engine,
        producer: Producer,
        *,
        clock: Callable[[], datetime],
        receipts: Receipts,
        keeper: Keeper | None = None,
    ) -> None:
        """`keeper` keeps texts as they were pasted; without one nothing is kept."""
        self.engine = engine
        self._producer = producer
        self._clock = clock
        self._receipts = receipts
        self._keeper = keeper
        self._turn = threading.Lock()

    def close(self) -> None:
        """Let go of the way to the log."""
        self._producer.close()

    def token(self) -> str:
        """A number for a receipt that nobody can guess."""
        return self._receipts.token()

    def take(self, report: Report, *, channel: str) -> Given:
        """Take a report in. The text of an ad goes through the door at once; a page waits to be asked for.

        Raises:
            NotDelivered: neither the log nor the database has room for the text; nothing is noted.
        """
        with self._turn:
            now = self._clock()
            ads: tuple[str, ...] = ()
            with snapshot(self.engine) as session:
                known = is_noted(session, report.matter_id)
            if report.text and not known:
                ads = self._let_in(posting_of(report))
            received = self._received(report, now, channel)
            with transaction(self.engine) as session:
                forget_contacts(session, now)
                repeated = note_report(session, _matter(report, ads), received)
        return Given(received.receipt, repeated)

    def admit(self, posting: Posting) -> tuple[str, ...]:
        """Let in what a person has taken from a page; the ids of the ads."""
        with self._turn:
            return self._let_in(posting)

    def _let_in(self, posting: Posting) -> tuple[str, ...]:
        """One run over one posting; the ids of the ads that the log has, or will have."""
        if self._keeper is not None:
            posting = replace(posting, origins=(Origin(_pasted(posting.text, self._clock())),))
        with transaction(self.engine) as session:
            run_id = start_run(session, kind=RUN_KIND, source=PUBLIC_REPORTS, now=self._clock())
        outlet = Published(self.engine, self._producer)
        door = Door(self.engine, outlet, run_id=run_id, clock=self._clock, keeper=self._keeper)
        outcome = Outcome("incomplete", {}, "interrupted")
        try:
            door.admit([posting])
            outcome = Outcome("complete", {**door.counts, "listed": 1})
        finally:
            with transaction(self.engine) as session:
                finish_run(session, run_id, outcome, now=self._clock())
        return () if door.counts["rejected"] else (ad_id(posting.source, posting.source_ad_id),)

    def _received(self, report: Report, now: datetime, channel: str) -> Received:
        return Received(
            receipt=self._receipts.token(),
            at=now,
            channel=channel,
            note=_masked(report.note),
            employer=_masked(report.employer),
            place=_masked(report.place),
            board=_masked(report.board),
            contact=self._receipts.sealed(report.contact),
            delete_contact_at=now + timedelta(days=self._receipts.contact_days),
        )


def posting_of(report: Report) -> Posting:
    """The posting that a pasted text is."""
    return Posting(
        source=PUBLIC_REPORTS,
        source_kind="report",
        source_ad_id=report.matter_id,
        place="report",
        title=report.title,
        text=report.text,
        company=report.employer,
        city=report.place,
        raw_sha256=hashlib.sha256(report.text.encode("utf-8", "surrogatepass")).hexdigest(),
    )


def _pasted(text: str, now: datetime) -> Original:
    content = Content(text.encode("utf-8", "surrogatepass"))
    return Original(content=content, fetched_at=now, media_type="text/plain", charset="utf-8")


def _matter(report: Report, ads: tuple[str, ...]) -> Matter:
    excerpt = _masked(report.text)[:EXCERPT]
    kind = "page" if report.url else "text"
    return Matter(id=report.matter_id, kind=kind, url=report.url, excerpt=excerpt, ads=ads)


def _masked(text: str) -> str:
    return mask(storable(text))[0]
