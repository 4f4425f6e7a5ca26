"""Asking for the pages that the public reported: each once, host by host, with the manners of every crawl."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing.connection import Connection
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import Engine

from crawlers.board import Board, BoardError, is_loopback, validated
from crawlers.door import Door
from crawlers.forks import start
from crawlers.outlet import Published
from crawlers.permit import StoredPermit
from crawlers.public.desk import RUN_KIND
from crawlers.public.ledger import ReportedLedger
from crawlers.run import House, at_work, outcome_of_process
from events.types import PUBLIC_REPORTS
from store.database import snapshot, transaction
from store.intake import Outcome, finish_run, start_run
from store.permits import release_hosts, stop_of
from store.public_reports import due_pages, forget_contacts, link_known, note_failed

MOST_OF_A_HOST: Final = 20
"""Pages that one run asks of one host; the others wait for the next run."""

Pages = Mapping[str, str]
"""Matter id → address."""


@dataclass(frozen=True, slots=True)
class HostRun:
    """What became of the pages of one host."""

    host: str
    pages: int
    outcome: Outcome = field(default_factory=lambda: Outcome("incomplete", {}))
    put_off: str = ""
    """Why nothing was asked for; empty where it was."""


def fetch_reported(
    house: House, boards: Mapping[str, Board], *, most: int, local: str = ""
) -> Iterator[HostRun | int]:
    """Ask for up to `most` reported pages that are due; first yields how many were known from elsewhere.

    `boards` are those with a file of their own: what they say of their hosts holds here too. `local` is the
    only host of this machine that may be asked, `host:port`; empty for none.
    """
    engine = house.open_database()
    try:
        with transaction(engine) as session:
            forget_contacts(session, house.clock())
            due = due_pages(session, house.clock(), most=most)
            known = link_known(session, due)
        yield len(known)
        hosts: dict[str, dict[str, str]] = {}
        for matter, url in due.items():
            if matter not in known:
                hosts.setdefault(urlsplit(url).netloc, {})[matter] = url
        for host, pages in hosts.items():
            some = dict(islice(pages.items(), MOST_OF_A_HOST))
            own = next((each for each in boards.values() if host in each.hosts and not each.local), None)
            try:
                board = board_of(some, own, local=local)
            except BoardError as error:
                _refuse(engine, some, str(error))
                yield HostRun(host, len(some), put_off=str(error))
                continue
            if own is not None and (why := _stopped(engine, own)):
                yield HostRun(host, len(some), put_off=why)
            else:
                yield _of_host(engine, house, board, some)
    finally:
        engine.dispose()


def _stopped(engine: Engine, board: Board) -> str:
    with snapshot(engine) as session:
        stop = stop_of(session, board.id)
    return f"{board.id} is stopped by {stop.actor}: {stop.why}" if stop is not None else ""


def board_of(pages: Pages, own: Board | None, *, local: str = "") -> Board:
    """What one host may be asked: as the board says whose `own` it is, else by the usual manners.

    Raises:
        BoardError: it is on this machine, or its addresses are none that may be asked for.
    """
    host = urlsplit(next(iter(pages.values()))).netloc
    if is_loopback(host) and host != local:
        raise BoardError(f"{host} is not on the public web")
    content: dict[str, Any] = {
        "id": PUBLIC_REPORTS,
        "name": host,
        "engine": "reported",
        "start": list(pages.values()),
        "hosts": [host] if host == local else _with_and_without_www(host),
        "local": host == local,
        "delay": 0 if host == local else 5,
    }
    if own is not None:
        content |= {"hosts": own.hosts, "delay": own.delay, "hours": own.hours, "timeout": own.timeout}
        content |= {
            "budget": own.budget,
            "encoding": own.encoding,
            "blocked": own.blocked,
            "closed": own.closed,
        }
    return validated(content, place=f"the reported pages of {host}")


def _with_and_without_www(host: str) -> list[str]:
    """Both, because one of them often leads to the other; of an IPv6 address there is but one."""
    if host.startswith("["):
        return [host]
    bare = host.removeprefix("www.")
    return [host, bare if host != bare else f"www.{host}"]


def _refuse(engine: Engine, pages: Pages, why: str) -> None:
    with transaction(engine) as session:
        for matter in pages:
            note_failed(session, matter, why, for_good=True)


def _of_host(engine: Engine, house: House, board: Board, pages: Pages) -> HostRun:
    """One run over the pages of one host, in a process of its own."""
    with transaction(engine) as session:
        run_id = start_run(session, kind=RUN_KIND, source=PUBLIC_REPORTS, now=house.clock())
    outcome = Outcome("incomplete", {}, "interrupted")
    try:
        # Asked here too: what is put off has not been tried.
        permit = StoredPermit(engine, board, run_id=run_id, clock=house.clock)
        host = urlsplit(board.start[0]).hostname or ""
        put_off = permit.refusal() or permit.spent(host, sending=False)
        if put_off:
            outcome = Outcome("incomplete", {}, put_off)
        else:
            outcome, _ = outcome_of_process(start(_process, board, house, run_id, pages))
    finally:
        with transaction(engine) as session:
            finish_run(session, run_id, outcome, now=house.clock())
            release_hosts(session, run_id)
    return HostRun(board.name, len(pages), outcome, put_off)


def _process(board: Board, house: House, run_id: str, pages: Pages, connection: Connection) -> None:
    """The whole life of the run's process."""
    # Scrapy is imported here only: it takes longer than anything else that the calling process does.
    from crawlers.pipelines import Intake
    from crawlers.process import crawled

    with at_work(house) as (engine, producer):
        outlet, keeper = Published(engine, producer), house.keeper(engine)
        door = Door(engine, outlet, run_id=run_id, clock=house.clock, keeper=keeper)
        ledger = ReportedLedger(engine, board, pages, run_id=run_id, clock=house.clock)
        permit = StoredPermit(engine, board, run_id=run_id, clock=house.clock)
        done = crawled(board, Intake(door, ledger), permit, connection)
        connection.send(done.outcome)
        producer.close()
        if done.failure is not None:
            done.failure.raiseException()
