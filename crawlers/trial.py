"""Trying a board: a few of its postings as they would be let in, without letting any in."""

import multiprocessing
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import cast

from crawlers.board import ENGINES, Board
from crawlers.items import Refused
from crawlers.pipelines import Intake
from crawlers.posting import Posting


@dataclass(slots=True)
class Sample:
    """What a trial brought; stands where a run has its intake."""

    postings: list[Posting] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    ended: str = ""
    """Why the spider closed, in Scrapy's words."""

    def take(self, item: Posting | Refused) -> None:
        if isinstance(item, Refused):
            self.refused.append(item)
        else:
            self.postings.append(item)

    def flush(self) -> None:
        """Nothing waits here."""


class TrialFailed(Exception):  # noqa: N818 - reads as what happened
    """The trial's process ended before its time."""


def try_board(board: Board, *, limit: int) -> Sample:
    """The first `limit` postings and refusals of `board`, fetched as politely as in a run.

    Raises:
        TrialFailed: the process died; its error is on standard error.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_process, args=(board, limit, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        sample: Sample = ours.recv()
    except EOFError:
        raise TrialFailed(f"board {board.id}: the trial's process died; its error is above") from None
    finally:
        process.join()
    return sample


def _process(board: Board, limit: int, connection: Connection) -> None:
    # Scrapy is imported here only: it takes longer than anything else that the calling process does.
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings
    from scrapy.utils.misc import load_object

    from crawlers.alarm import Alarm
    from crawlers.progress import Tally
    from crawlers.settings import for_board

    options = Settings()
    options.setmodule("crawlers.settings", priority="project")
    options.update(for_board(board) | {"CLOSESPIDER_ITEMCOUNT": limit}, priority="cmdline")
    scrapy = AsyncCrawlerProcess(options)
    crawler = scrapy.create_crawler(load_object(ENGINES[board.engine]))
    sample, alarm = Sample(), Alarm(crawler)
    task = scrapy.crawl(crawler, board=board, intake=cast("Intake", sample), tally=Tally())
    scrapy.start()
    task.result()
    if alarm.failure is not None:
        alarm.failure.raiseException()
    sample.ended = alarm.reason
    connection.send(sample)
