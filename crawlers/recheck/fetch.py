"""Looking again at the ads that are due: by what crawls have told since, else by asking for their pages."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from crawlers.by_host import Errand, HostRun, Hosts, Pages, Visit, ask_by_host
from crawlers.evidence import Keeper
from crawlers.public.report import same_page
from crawlers.recheck.judge import Read
from crawlers.recheck.ledger import Examiner, RecheckLedger
from crawlers.run import House
from store.database import transaction
from store.rechecks import RECHECK, Asked, Look, due, give_up, met_by_crawls, note, take

OpenRead = Callable[[], Read]
"""How a process gets what ads are read with; a module's function, for another process too."""

_NO_PAGE: Final = Look("manual", "没有网址")
_GONE: Final = Look("missed", "来源已撤下")


def recheck(house: House, open_read: OpenRead, hosts: Hosts, *, most: int) -> Iterator[HostRun | int]:
    """Look again at up to `most` ads that are due; first yields of how many no page is asked for."""
    engine = house.open_database()
    try:
        with transaction(engine) as session:
            asked = due(session, house.clock(), most=most)
            to_ask = _without_asking(session, asked, house.clock())
        yield len(asked) - len(to_ask)
        run = _Run(open_read, to_ask, house.clock)
        errand = Errand(RECHECK, RECHECK, "recheck", ledger=run.ledger, refuse=run.refuse)
        pages = {name: each.url for name, each in to_ask.items()}
        yield from ask_by_host(engine, house, errand, pages, hosts)
    finally:
        engine.dispose()


def _without_asking(session: Session, asked: Iterable[Asked], now: datetime) -> dict[str, Asked]:
    """Conclude what is known without a page, or cannot be; which ads have a page that is to be asked for."""
    waiting = {each.ad_id: replace(each, url=_address(each.url)) for each in asked}
    for ad_id in give_up(session, waiting, now):
        del waiting[ad_id]
    known = dict(met_by_crawls(session, list(waiting.values()), now))
    for ad_id, each in waiting.items():
        if not each.url and ad_id not in known:
            known[ad_id] = dict.fromkeys(each.demands, _GONE if each.gone else _NO_PAGE)
    for ad_id in sorted(take(session, known, now)):
        note(session, ad_id, known[ad_id], now)
    return {ad_id: each for ad_id, each in waiting.items() if ad_id not in known}


def _address(url: str) -> str:
    """`url` where it is one of the web, else nothing."""
    try:
        same_page(url)
    except ValueError:
        return ""
    return url


@dataclass(frozen=True, slots=True)
class _Run:
    """What runs over hosts need besides what every run needs."""

    open_read: OpenRead
    asked: Mapping[str, Asked]
    clock: Callable[[], datetime]

    def refuse(self, engine: Engine, pages: Pages, why: str) -> None:
        look = Look("manual", f"该网址不得访问：{why}")
        with transaction(engine) as session:
            for ad_id in take(session, pages, self.clock()):
                note(session, ad_id, dict.fromkeys(self.asked[ad_id].demands, look), self.clock())

    def ledger(self, visit: Visit, engine: Engine, house: House, keeper: Keeper | None) -> RecheckLedger:
        examiner = Examiner({name: self.asked[name] for name in visit.pages}, self.open_read(), keeper)
        return RecheckLedger(engine, visit.board, examiner, run_id=visit.run_id, clock=house.clock)
