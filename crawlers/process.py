"""Inside the process of a run: Scrapy, from its settings to the run's outcome."""

import logging
from dataclasses import dataclass
from multiprocessing.connection import Connection

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.utils.misc import load_object
from twisted.python.failure import Failure

from crawlers.alarm import Alarm
from crawlers.board import ENGINES, Board
from crawlers.health import ABSENT, STOPPED
from crawlers.permit import Permit
from crawlers.pipelines import Intake
from crawlers.progress import Report, Tally
from crawlers.settings import LOG_LEVEL, resolved
from store.intake import Outcome


@dataclass(frozen=True, slots=True)
class Crawled:
    """How a crawl ended, and the error that ended it, if one did."""

    outcome: Outcome
    failure: Failure | None = None


def crawled(board: Board, intake: Intake, permit: Permit, connection: Connection) -> Crawled:
    """Crawl `board` into `intake`; counts go to `connection` after every page. Once in a process."""
    scrapy = AsyncCrawlerProcess(resolved(board))
    # Scrapy opens the root logger for everything, and builds three records for each page that nobody reads.
    logging.getLogger("scrapy").setLevel(LOG_LEVEL)
    crawler = scrapy.create_crawler(load_object(ENGINES[board.engine]))
    tally, alarm = Tally(), Alarm(crawler)
    Report(crawler, connection, lambda: _counts(tally, intake))
    given = {"ledger": intake.ledger, "permit": permit, "clock": intake.door.evidence_clock}
    task = scrapy.crawl(crawler, board=board, intake=intake, tally=tally, **given)
    scrapy.start()
    task.result()
    # Scrapy only logs what the door raises while a spider closes; asked again here, it is loud.
    intake.flush()
    for issue, times in tally.unknown.issues():
        intake.issues.note(issue, times=times)
    return Crawled(_outcome(alarm.reason, tally, intake), alarm.failure)


def _counts(tally: Tally, intake: Intake) -> dict[str, int]:
    names = ("accepted", "changed", "duplicate", "rejected")
    counted = {name: intake.door.counts[name] for name in names}
    return {
        "listed": tally.listed,
        "pages": tally.fetched,
        **counted,
        "lost": intake.lost,
        **intake.ledger.counts,
    }


def _outcome(reason: str, tally: Tally, intake: Intake) -> Outcome:
    """Complete only if the spider came to its own end, lost nothing, and found postings at all."""
    notes = []
    if reason != "finished":
        notes.append(STOPPED + reason)
    if tally.absent and not tally.listed:
        notes.append(f"{ABSENT} ({tally.absent} of them)")
    # Scrapy only logs what the ledger raises while pages are taken from it; asked again here, it is loud.
    if reason == "finished" and tally.listed and (left := intake.ledger.left()):
        notes.append(f"{left} pages that are due were not asked for")
    if intake.lost:
        notes.append(f"{intake.lost} pages or lists could not be had")
    if not tally.postings and not intake.ledger.taken_over and (tally.emptied or not tally.held):
        notes.append("no page held a posting")
    counts, note = _counts(tally, intake), "; ".join(notes)
    return Outcome("incomplete" if notes else "complete", counts, note, whole=not tally.cut_short)
