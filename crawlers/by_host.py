"""Asking for single pages by their addresses: one run for each host, with the manners of every crawl."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing.connection import Connection
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import Engine

from crawlers.board import Board, BoardError, is_loopback, validated
from crawlers.door import Door
from crawlers.evidence import Keeper
from crawlers.forks import start
from crawlers.ledger import StoredLedger
from crawlers.outlet import Published
from crawlers.permit import StoredPermit
from crawlers.run import House, at_work, outcome_of_process
from store.database import snapshot, transaction
from store.intake import Outcome, finish_run, start_run
from store.permits import release_hosts, stop_of

MOST_OF_A_HOST: Final = 20
"""Pages that one run asks of one host; the others wait for the next run."""

Pages = Mapping[str, str]
"""What stands for a page → its address."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One run over pages of one host."""

    board: Board
    """What may be asked of the host."""
    run_id: str
    pages: Pages


OpenLedger = Callable[[Visit, Engine, House, Keeper | None], StoredLedger]


@dataclass(frozen=True, slots=True)
class Errand:
    """What pages are asked for."""

    source: str
    """What its runs are noted under, and by what a person stops them."""
    run_kind: str
    engine: str
    ledger: OpenLedger
    """Opens the ledger of a visit, in the process of its run: what opens it has to travel there."""
    refuse: Callable[[Engine, Pages, str], None]
    """Notes why pages can never be asked for."""


@dataclass(frozen=True, slots=True)
class HostRun:
    """What became of the pages of one host."""

    host: str
    pages: int
    outcome: Outcome = field(default_factory=lambda: Outcome("incomplete", {}))
    put_off: str = ""
    """Why nothing was asked for; empty where it was."""


@dataclass(frozen=True, slots=True)
class Hosts:
    """What is known of hosts beforehand."""

    boards: Mapping[str, Board]
    """Those with a file of their own: what they say of their hosts holds here too."""
    local: str = ""
    """The only host of this machine that may be asked, `host:port`; empty for none."""

    def own(self, host: str) -> Board | None:
        """The board whose host it is."""
        return next((each for each in self.boards.values() if host in each.hosts and not each.local), None)


def ask_by_host(
    engine: Engine, house: House, errand: Errand, pages: Pages, known: Hosts
) -> Iterator[HostRun]:
    """Ask for some `pages` of each host."""
    hosts: dict[str, dict[str, str]] = {}
    for name, url in pages.items():
        hosts.setdefault(urlsplit(url).netloc, {})[name] = url
    for host, found in hosts.items():
        some = dict(islice(found.items(), MOST_OF_A_HOST))
        own = known.own(host)
        try:
            board = board_of(errand, some, own, local=known.local)
        except BoardError as error:
            errand.refuse(engine, some, str(error))
            yield HostRun(host, len(some), put_off=str(error))
            continue
        if own is not None and (why := _stopped(engine, own)):
            yield HostRun(host, len(some), put_off=why)
        else:
            yield _of_host(engine, house, errand, board, some)


def _stopped(engine: Engine, board: Board) -> str:
    with snapshot(engine) as session:
        stop = stop_of(session, board.id)
    return f"{board.id} is stopped by {stop.actor}: {stop.why}" if stop is not None else ""


def board_of(errand: Errand, pages: Pages, own: Board | None, *, local: str = "") -> Board:
    """What one host may be asked: as the board says whose `own` it is, else by the usual manners.

    Raises:
        BoardError: it is on this machine, or its addresses are none that may be asked for.
    """
    host = urlsplit(next(iter(pages.values()))).netloc
    if is_loopback(host) and host != local:
        raise BoardError(f"{host} is not on the public web")
    content: dict[str, Any] = {
        "id": errand.source,
        "name": host,
        "engine": errand.engine,
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
    return validated(content, place=f"the pages of {host}")


def _with_and_without_www(host: str) -> list[str]:
    """Both, because one of them often leads to the other; of an IPv6 address there is but one."""
    if host.startswith("["):
        return [host]
    bare = host.removeprefix("www.")
    return [host, bare if host != bare else f"www.{host}"]


def _of_host(engine: Engine, house: House, errand: Errand, board: Board, pages: Pages) -> HostRun:
    """One run over the pages of one host, in a process of its own."""
    with transaction(engine) as session:
        run_id = start_run(session, kind=errand.run_kind, source=errand.source, now=house.clock())
    outcome = Outcome("incomplete", {}, "interrupted")
    try:
        # Asked here too: what is put off has not been tried.
        permit = StoredPermit(engine, board, run_id=run_id, clock=house.clock)
        host = urlsplit(board.start[0]).hostname or ""
        put_off = permit.refusal() or permit.spent(host, sending=False)
        if put_off:
            outcome = Outcome("incomplete", {}, put_off)
        else:
            outcome, _ = outcome_of_process(start(_process, errand, house, Visit(board, run_id, pages)))
    finally:
        with transaction(engine) as session:
            finish_run(session, run_id, outcome, now=house.clock())
            release_hosts(session, run_id)
    return HostRun(board.name, len(pages), outcome, put_off)


def _process(errand: Errand, house: House, visit: Visit, connection: Connection) -> None:
    """The whole life of a run's process."""
    # Scrapy is imported here only: it takes longer than anything else that the calling process does.
    from crawlers.pipelines import Intake
    from crawlers.process import crawled

    board, run_id = visit.board, visit.run_id
    with at_work(house) as (engine, producer):
        keeper = house.keeper(engine)
        door = Door(engine, Published(engine, producer), run_id=run_id, clock=house.clock, keeper=keeper)
        permit = StoredPermit(engine, board, run_id=run_id, clock=house.clock)
        done = crawled(board, Intake(door, errand.ledger(visit, engine, house, keeper)), permit, connection)
        connection.send(done.outcome)
        producer.close()
        if done.failure is not None:
            done.failure.raiseException()
