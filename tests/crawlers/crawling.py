"""Real spiders over several local sites at once, in one process, with a door that only writes down."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import cast

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.utils.misc import load_object

from crawlers.alarm import Alarm
from crawlers.board import ENGINES, Board
from crawlers.forks import start
from crawlers.items import Refused
from crawlers.pipelines import Intake
from crawlers.posting import Posting
from crawlers.progress import Tally
from crawlers.settings import resolved


@dataclass(slots=True)
class Result:
    """What came of one board."""

    postings: list[Posting] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    ended: str = ""
    seconds: float = 0
    peak_mib: float = 0
    """Peak memory of the process that crawled all the boards together."""

    @property
    def reasons(self) -> list[str]:
        return [item.reason for item in self.refused]

    def take(self, item: Posting | Refused) -> None:
        if isinstance(item, Refused):
            self.refused.append(item)
        else:
            self.postings.append(item)

    def flush(self) -> None:
        """Nothing waits here."""


def crawl_together(boards: Sequence[Board], *, concurrency: int = 1) -> dict[str, Result]:
    """Crawl all `boards` at once with the project's settings; results by the boards' ids."""
    process, ours = start(_crawl, boards, concurrency)
    try:
        results: dict[str, Result] = ours.recv()
    finally:
        process.join()
    return results


def _crawl(boards: Sequence[Board], concurrency: int, connection: Connection) -> None:
    began = time.monotonic()
    results = {board.id: Result() for board in boards}
    alarms: dict[str, Alarm] = {}
    scrapy: AsyncCrawlerProcess | None = None
    for board in boards:
        many = {"CONCURRENT_REQUESTS": concurrency, "CONCURRENT_REQUESTS_PER_DOMAIN": concurrency}
        settings = resolved(board, **many)
        scrapy = scrapy or AsyncCrawlerProcess(settings)
        crawler = Crawler(load_object(ENGINES[board.engine]), settings)
        alarms[board.id] = Alarm(crawler)
        result = results[board.id]
        task = scrapy.crawl(crawler, board=board, intake=cast("Intake", result), tally=result.tally)
        task.add_done_callback(lambda _, result=result: _timed(result, began))  # type: ignore[misc]
    assert scrapy is not None
    scrapy.start()
    for name, alarm in alarms.items():
        results[name].ended = alarm.reason
        results[name].peak_mib = _peak_mib()
        if alarm.failure is not None:
            alarm.failure.raiseException()
    connection.send(results)


def _peak_mib() -> float:
    # Not getrusage: its peak counts what the test's own process held when it started this one.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _timed(result: Result, began: float) -> None:
    result.seconds = time.monotonic() - began
