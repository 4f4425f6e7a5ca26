"""A spider in a process of its own whose items come back instead of being let in: for trials and probes."""

from multiprocessing.connection import Connection
from typing import cast

from crawlers.board import Board
from crawlers.forks import start
from crawlers.pipelines import Intake


class SpiderDied(Exception):  # noqa: N818 - reads as what happened
    """The process ended before its time; its error is on standard error."""


class Collector:
    """Stands where a run has its intake."""

    def __init__(self) -> None:
        self.items: list[object] = []

    def take(self, item: object) -> None:
        self.items.append(item)

    def flush(self) -> None:
        """Nothing waits here."""


def items_of(board: Board, spider: str, *, most: int) -> tuple[list[object], str]:
    """The first items, about `most`, of the spider at this import path, and why it ended, in Scrapy's words.

    Raises:
        SpiderDied: the process died.
    """
    process, ours = start(_process, board, spider, most)
    try:
        found: tuple[list[object], str] = ours.recv()
    except EOFError:
        raise SpiderDied(f"board {board.id}: the spider's process died; its error is above") from None
    finally:
        process.join()
    return found


def _process(board: Board, spider: str, most: int, connection: Connection) -> None:
    # Scrapy is imported here only: it takes longer than anything else that the calling process does.
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.utils.misc import load_object

    from crawlers.alarm import Alarm
    from crawlers.progress import Tally
    from crawlers.settings import resolved

    scrapy = AsyncCrawlerProcess(resolved(board, CLOSESPIDER_ITEMCOUNT=most))
    crawler = scrapy.create_crawler(load_object(spider))
    collector, alarm = Collector(), Alarm(crawler)
    task = scrapy.crawl(crawler, board=board, intake=cast("Intake", collector), tally=Tally())
    scrapy.start()
    task.result()
    if alarm.failure is not None:
        alarm.failure.raiseException()
    connection.send((collector.items, alarm.reason))
