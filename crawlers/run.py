"""One run over one board, in a process of its own, with its row in `runs`.

Scrapy's reactor runs once in a process, and a crawl must not take its caller down when it runs out of
memory or is killed. So `crawl` starts a fresh process, may be called as often as one likes, and closes
the run's row whatever becomes of that process.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess

from sqlalchemy import Engine

from config.clock import now_in_china
from config.logs import configure_logs
from config.settings import settings
from crawlers.board import Board, BoardError
from crawlers.closing import Closing
from crawlers.door import Door
from crawlers.evidence import Keeper
from crawlers.forks import start
from crawlers.issues import issues_file
from crawlers.ledger import StoredLedger
from crawlers.outlet import Staged
from crawlers.permit import StoredPermit
from crawlers.spool import SpoolingProducer
from events.log import Log
from store.database import transaction
from store.intake import Outcome, finish_run, start_run
from store.permits import release_hosts
from store.targets import count_misses

Progress = Callable[[int, int], None]
"""Told the pages answered and the pages listed so far."""


class CrawlFailed(Exception):  # noqa: N818 - reads as what happened
    """The run's process ended before its time; the run is closed as incomplete."""


@dataclass(frozen=True, slots=True)
class House:
    """How a process opens the database and the log. Each is a module's function, for another process too."""

    open_database: Callable[[], Engine]
    open_log: Callable[[], Log]
    clock: Callable[[], datetime] = now_in_china
    evidence: bool = False
    """Is what is fetched kept?"""

    def keeper(self, engine: Engine) -> Keeper | None:
        """Who keeps what is fetched, if anybody."""
        return Keeper(engine) if self.evidence else None


@dataclass(frozen=True, slots=True)
class RunSummary:
    board: str
    run_id: str
    outcome: Outcome
    """Its counts: listed, pages, accepted, changed (of the accepted), duplicate, rejected, lost."""

    @property
    def complete(self) -> bool:
        return self.outcome.status == "complete"


def crawl(board: Board, house: House, *, progress: Progress | None = None) -> RunSummary:
    """Crawl `board` in a new process and return how it went.

    Raises:
        BoardError: the board's address is still to be given (`Board.at`), or a person's approval.
        CrawlFailed: the process died, or met an error that it could not handle. What it had fetched was
            judged and published like that of any incomplete run or, where it had no time for that, waits
            for the next run.
    """
    if board.needs_address:
        raise BoardError(f"board {board.id}: it has no address of its own; give one with --base-url")
    if not board.may_be_crawled:
        raise BoardError(f"board {board.id}: approved: nobody has approved of crawling it yet")
    engine = house.open_database()
    began = house.clock()
    with transaction(engine) as session:
        run_id = start_run(session, kind="crawl", source=board.id, now=began)
    outcome, failure = Outcome("incomplete", {}, "interrupted"), ""
    try:
        outcome, failure = outcome_of_process(start(_process, board, house, run_id), progress)
    finally:
        with transaction(engine) as session:
            if outcome.status == "complete" and outcome.whole:
                outcome = _with_misses(outcome, count_misses(session, board.id, since=began))
            finish_run(session, run_id, outcome, now=house.clock())
            release_hosts(session, run_id)
        engine.dispose()
    if failure:
        raise CrawlFailed(f"board {board.id}: {failure}")
    return RunSummary(board.id, run_id, outcome)


def _with_misses(outcome: Outcome, gone: int) -> Outcome:
    """`outcome`, with the ads that have gone because the lists no longer name them."""
    return replace(outcome, counts={**outcome.counts, "gone": outcome.counts["gone"] + gone})


def outcome_of_process(
    started: tuple[ForkServerProcess, Connection], progress: Progress | None = None
) -> tuple[Outcome, str]:
    """The outcome of a run whose process was just started, and what went wrong with it, if anything."""
    process, ours = started
    counts: dict[str, int] = {}
    outcome: Outcome | None = None
    while (message := _received(ours)) is not None:
        if isinstance(message, Outcome):
            outcome = message
            continue
        counts = message
        if progress is not None:
            progress(counts["pages"], counts["listed"])
    process.join()
    if outcome is not None and process.exitcode == 0:
        return outcome, ""
    failure = f"the crawl's process ended with exit code {process.exitcode}; its error is above"
    if outcome is not None:
        return replace(outcome, note=f"{failure}; {outcome.note}"), failure
    return Outcome("incomplete", counts, failure), failure


def _received(connection: Connection) -> Outcome | dict[str, int] | None:
    """The process's next message; None when it has ended."""
    try:
        message: Outcome | dict[str, int] = connection.recv()
    except EOFError:
        return None
    return message


@contextmanager
def at_work(house: House) -> Iterator[tuple[Engine, SpoolingProducer]]:
    """Inside a run's process: the database, and the way into the log."""
    configure_logs(settings().log_level, settings().log_format)
    engine, log = house.open_database(), house.open_log()
    try:
        yield engine, SpoolingProducer(log.producer(), engine, now=house.clock)
    finally:
        log.close()
        engine.dispose()


def _process(board: Board, house: House, run_id: str, connection: Connection) -> None:
    """The whole life of the run's process."""
    # Scrapy is imported here only: it takes longer than anything else that the calling process does.
    from crawlers.pipelines import Intake
    from crawlers.process import crawled

    with at_work(house) as (engine, producer):
        keeper = house.keeper(engine)
        door = Door(engine, Staged(engine, run_id), run_id=run_id, clock=house.clock, keeper=keeper)
        intake = Intake(door, StoredLedger(engine, board, run_id=run_id, clock=house.clock))
        permit = StoredPermit(engine, board, run_id=run_id, clock=house.clock)
        done = crawled(board, intake, permit, connection)
        closing = Closing(engine, producer, run_id, house.clock)
        outcome = closing.close(board, done.outcome, intake.measures, intake.issues)
        intake.issues.write(issues_file(run_id))
        connection.send(outcome)
        producer.close()
        if done.failure is not None:
            done.failure.raiseException()
