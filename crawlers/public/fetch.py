"""Asking for the pages that the public reported: each once, host by host, with the manners of every crawl."""

from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import Final

from sqlalchemy import Engine

from crawlers.board import Board
from crawlers.by_host import Errand, HostRun, Hosts, Pages, ask_by_host
from crawlers.door import Door
from crawlers.outlet import Published
from crawlers.permit import StoredPermit
from crawlers.public.desk import RUN_KIND
from crawlers.public.ledger import ReportedLedger
from crawlers.run import House, at_work
from events.types import PUBLIC_REPORTS
from store.database import transaction
from store.public_reports import due_pages, forget_contacts, link_known, note_failed


def fetch_reported(house: House, hosts: Hosts, *, most: int) -> Iterator[HostRun | int]:
    """Ask for up to `most` reported pages that are due; first yields how many were known from elsewhere."""
    engine = house.open_database()
    try:
        with transaction(engine) as session:
            forget_contacts(session, house.clock())
            due = due_pages(session, house.clock(), most=most)
            known = link_known(session, due)
        yield len(known)
        pages = {matter: url for matter, url in due.items() if matter not in known}
        yield from ask_by_host(engine, house, REPORTED, pages, hosts)
    finally:
        engine.dispose()


def _refuse(engine: Engine, pages: Pages, why: str) -> None:
    with transaction(engine) as session:
        for matter in pages:
            note_failed(session, matter, why, for_good=True)


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


REPORTED: Final = Errand(
    source=PUBLIC_REPORTS, run_kind=RUN_KIND, engine="reported", process=_process, refuse=_refuse
)
