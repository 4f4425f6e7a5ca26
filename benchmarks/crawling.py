"""Crawling a board on this machine: `python -m benchmarks.crawling [--pages N] [--known N] [--rounds N]`.

The pages are those of the demo board, over and over under ids of their own, served by a process of its own
that does nothing else.

- Pages a minute: our run, with parsing, masking, keeping evidence, publishing and remembering, against a
  bare Scrapy spider that fetches the same pages, one at a time like ours, and does nothing with them. Neither
  pauses between two pages. They take turns; the best round of each counts, by time and by processor time of
  its process.
- Known pages: a run over a board whose pages were all read before and have not changed (HTTP 304), at a
  tenth of the number and at the number, with the peak of memory of each.
"""

import argparse
import asyncio
import importlib
import multiprocessing
import os
import re
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine

from config.settings import CHINA, settings
from crawlers.board import Board
from crawlers.demo.ads import load_ads
from crawlers.demo.pages import page_of
from crawlers.forks import PRELOADED
from events.connect import open_log
from events.topics import ALL
from store.database import connect, transaction, upgrade
from store.intake import start_run
from store.targets import Entry, RunMark, Visit, note_listed, note_visits

GOAL: Final = 0.6
PER_SITEMAP: Final = 10_000
ETAG: Final = '"1"'
BATCH: Final = 500
_PAGE: Final = re.compile(rb"GET /(?:job/)?(\w+)[. ]")


@dataclass(frozen=True, slots=True)
class Took:
    """What a crawl took; `busy` is processor time of the process that crawled."""

    pages: int
    passed: float
    busy: float
    peak_mib: float

    @property
    def a_minute(self) -> float:
        return self.pages / self.passed * 60

    @property
    def a_busy_minute(self) -> float:
        return self.pages / self.busy * 60


# The board: sitemaps of 10,000 pages, each page with an ETag.


def _serve(total: int, ready: Connection) -> None:
    asyncio.run(_served(total, ready))


async def _served(total: int, ready: Connection) -> None:
    pages = [page_of(ad) for ad in load_ads() if ad.page != "gbk"]
    ids = [ad.id.encode() for ad in load_ads() if ad.page != "gbk"]

    def answer(head: bytes) -> bytes:
        asked = _PAGE.match(head)
        name = asked[1].decode() if asked else ""
        if name.isdecimal():
            number = int(name)
            if b"if-none-match" in head.lower():
                return b"HTTP/1.1 304 Not Modified\r\n\r\n"
            own = pages[number % len(pages)].replace(ids[number % len(ids)], b"n%d" % number)
            return _http(own, b"text/html")
        if name.startswith("sitemap"):
            return _http(_sitemap(int(name.removeprefix("sitemap")), total, base), b"application/xml")
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                writer.write(answer(head))
        except (asyncio.IncompleteReadError, ConnectionResetError):
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    ready.send(base)
    await server.serve_forever()


def _http(body: bytes, kind: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\nETag: %b\r\n\r\n"
    return head % (kind, len(body), ETAG.encode()) + body


def _sitemap(number: int, total: int, base: str) -> bytes:
    numbers = range(number * PER_SITEMAP, min((number + 1) * PER_SITEMAP, total))
    entries = "".join(f"<url><loc>{base}/job/{each}.html</loc></url>" for each in numbers)
    return f"<urlset>{entries}</urlset>".encode()


@contextmanager
def serving(total: int) -> Iterator[Board]:
    """A board of `total` pages, while the context lasts."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(total, theirs), daemon=True)
    process.start()
    base = ours.recv()
    sitemaps = -(-total // PER_SITEMAP)
    yield Board(
        id="benchmark",
        name="benchmark",
        engine="jsonld-sitemap",
        start=tuple(f"{base}/sitemap{number}.xml" for number in range(sitemaps)),
        hosts=(base.removeprefix("http://"),),
        delay=0,
        local=True,
        recheck=0,
        max_pages=total,
    )
    process.kill()
    process.join()


# The crawls, each in a process of its own.


def timed(crawl: Callable[[Board], int], board: Board) -> Took:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_timed, args=(crawl, board, theirs), daemon=True)
    process.start()
    theirs.close()
    took: Took = ours.recv()
    process.join()
    return took


def _timed(crawl: Callable[[Board], int], board: Board, connection: Connection) -> None:
    # A run forks from a process that has imported these: they are nobody's page.
    for module in PRELOADED:
        importlib.import_module(module)
    before = time.perf_counter(), time.process_time()
    pages = crawl(board)
    passed, busy = time.perf_counter() - before[0], time.process_time() - before[1]
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    connection.send(Took(pages, passed, busy, peak))


def our_run(board: Board) -> int:
    """A run as in crawlers/run.py, in the state folder of QINGDAN_HOME; returns the pages."""
    import crawlers.settings
    from crawlers.closing import Closing
    from crawlers.door import Door
    from crawlers.evidence import Keeper
    from crawlers.ledger import StoredLedger
    from crawlers.outlet import Staged
    from crawlers.permit import StoredPermit
    from crawlers.pipelines import Intake
    from crawlers.process import crawled

    crawlers.settings.AUTOTHROTTLE_ENABLED = False  # the bare spider makes no pauses either
    engine = open_store()
    log = open_log(settings().events_url, file=settings().events_file)
    log.ensure_topics(ALL, partitions=4)
    with transaction(engine) as session:
        run_id = start_run(session, kind="crawl", source=board.id, now=now())
    keeper = Keeper(engine)
    door = Door(engine, Staged(engine, run_id), run_id=run_id, clock=now, keeper=keeper)
    intake = Intake(door, StoredLedger(engine, board, run_id=run_id, clock=now))
    permit = StoredPermit(engine, board, run_id=run_id, clock=now)
    done = crawled(board, intake, permit, _Unheard())  # type: ignore[arg-type]
    closing = Closing(engine, log.producer(), run_id, now)
    outcome = closing.close(board, done.outcome, intake.measures, intake.issues)
    log.close()
    engine.dispose()
    if outcome.status != "complete":
        raise SystemExit(f"the run was {outcome.status}: {outcome.note}")
    return outcome.counts["pages"]


class _Unheard:
    """Stands where a run tells its caller how far it is."""

    def send(self, _: object) -> None:
        """Nobody listens."""


def bare_spider(board: Board) -> int:
    """Stock Scrapy over the same sitemaps and pages, one at a time; returns the pages."""
    from scrapy import Request, Spider
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.http import Response

    fetched = 0

    class Bare(Spider):
        name = "bare"

        async def start(self) -> AsyncIterator[Request]:
            for url in board.start:
                yield Request(url)

        def parse(self, response: Response) -> Iterator[Request]:
            for url in re.findall(rb"<loc>([^<]+)</loc>", response.body):
                yield Request(url.decode(), callback=self.page)

        def page(self, response: Response) -> None:
            nonlocal fetched
            fetched += bool(response.body)

    options: dict[str, Any] = {
        "CONCURRENT_REQUESTS": 1,
        "DOWNLOAD_DELAY": 0,
        "LOG_LEVEL": "WARNING",
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
    }
    process = AsyncCrawlerProcess(options)
    process.crawl(Bare)
    process.start()
    return fetched


def now() -> datetime:
    return datetime.now(CHINA)


def open_store() -> Engine:
    engine = connect(settings().database)
    upgrade(engine)
    return engine


def know(board: Board, total: int) -> None:
    """Fill the ledger as if all pages had been read yesterday."""
    engine = open_store()
    run = RunMark(board.id, "earlier", now() - timedelta(days=1))
    base = f"http://{board.hosts[0]}"
    for start in range(0, total, BATCH):
        numbers = range(start, min(start + BATCH, total))
        paths = [f"/job/{number}.html" for number in numbers]
        with transaction(engine) as session:
            note_listed(session, run, [Entry(key=path, url=base + path) for path in paths])
            visits = [Visit(key=path, answer="read", etag=ETAG, ads=(path,)) for path in paths]
            note_visits(session, run, visits, due_at=run.now)
    engine.dispose()


@contextmanager
def own_home() -> Iterator[None]:
    """An empty state folder."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["QINGDAN_HOME"] = folder
        settings.cache_clear()
        yield


def speed(pages: int, rounds: int) -> None:
    ours: list[Took] = []
    bare: list[Took] = []
    with serving(pages) as board:
        for _ in range(rounds):
            bare.append(timed(bare_spider, board))
            with own_home():
                open_store().dispose()
                ours.append(timed(our_run, board))
    print(f"{pages:,} pages, the best of {rounds} rounds")
    for name, took in (("bare spider", bare), ("our run", ours)):
        passed, busy = max(each.a_minute for each in took), max(each.a_busy_minute for each in took)
        print(f"  {name:12} {passed:8,.0f} a minute, {busy:8,.0f} a minute of processor time")
    shares = [
        max(getattr(each, unit) for each in ours) / max(getattr(each, unit) for each in bare)
        for unit in ("a_minute", "a_busy_minute")
    ]
    print(f"  share        {shares[0]:.2f} by time, {shares[1]:.2f} by processor time (goal {GOAL})")


def known(total: int) -> None:
    for number in (total // 10, total):
        with serving(number) as board, own_home():
            know(board, number)
            took = timed(our_run, board)
        print(
            f"{took.pages:,} known pages, all unchanged: {took.passed:,.0f} s, {took.a_minute:,.0f} a minute,"
            f" {took.busy:,.0f} s of processor time, peak memory {took.peak_mib:.0f} MiB"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pages", type=int, default=2_000)
    parser.add_argument("--known", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if options.pages:
        speed(options.pages, options.rounds)
    if options.known:
        known(options.known)


if __name__ == "__main__":
    main()
