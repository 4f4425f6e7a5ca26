"""Asking for the pages that the public reported: each once, host by host, with the manners of every crawl."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Engine

from crawlers.by_host import Errand, HostRun, Hosts, Pages, Visit, ask_by_host
from crawlers.evidence import Keeper
from crawlers.public.desk import RUN_KIND
from crawlers.public.ledger import ReportedLedger
from crawlers.run import House
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


def _ledger(visit: Visit, engine: Engine, house: House, _keeper: Keeper | None) -> ReportedLedger:
    return ReportedLedger(engine, visit.board, visit.pages, run_id=visit.run_id, clock=house.clock)


REPORTED: Final = Errand(
    source=PUBLIC_REPORTS, run_kind=RUN_KIND, engine="reported", ledger=_ledger, refuse=_refuse
)
