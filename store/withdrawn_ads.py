"""Ads that their publisher takes back, or hands in again: in the ledger of targets, as if a crawl saw it.

Nothing is deleted: an ad that has gone stays what it was evidence of.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, Final

from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session

from events.ids import ad_id
from store.crawl_models import Target
from store.models import Sighting
from store.targets import GONE, LIVE, target_id
from store.upsert import among, insert_new

_NO_RUN: Final = ""
_AT_A_TIME: Final = 5000
"""Targets that are asked for together."""


def withdraw(
    session: Session, source: str, source_ad_ids: Collection[str], now: datetime
) -> dict[str, datetime]:
    """Note that the publisher has taken these ads back; since when each of them is gone.

    An id that no ad of the source was let in under is left out. One that has gone before keeps its moment.
    """
    names = {ad_id(source, each): each for each in source_ad_ids}
    seen = session.scalars(select(Sighting.ad_id).where(among(session, Sighting.ad_id.expression, names)))
    known = [names[each] for each in seen]
    insert_new(session, Target, [_listed(source, each, now) for each in known])
    there = and_(_of(session, source, known), Target.state != GONE)
    gone = {"state": GONE, "fetched_at": now, "due_at": None}
    session.execute(
        update(Target).where(there).values(gone), execution_options={"synchronize_session": False}
    )
    since = select(Target.key, Target.fetched_at).where(_of(session, source, known))
    return {key: moment or now for key, moment in session.execute(since)}


def bring_back(session: Session, source: str, source_ad_ids: Collection[str], now: datetime) -> int:
    """Note that the publisher has handed these ads in; how many of them had gone."""
    gone = and_(_of(session, source, source_ad_ids), Target.state == GONE)
    back = {"state": LIVE, "fetched_at": now, "missing": 0}
    statement = update(Target).where(gone).values(back)
    done = session.execute(statement, execution_options={"synchronize_session": False})
    return int(done.rowcount)  # type: ignore[attr-defined]  # SQLAlchemy types it as any result


def gone_ads(session: Session, ads: Mapping[str, tuple[str, str, str]]) -> set[str]:
    """Which of the ads (id → source, id at the source, address) are no longer at their source.

    A board's ledger knows a posting by its id there or by the address of its page.
    """
    names: dict[str, set[str]] = {}
    for ad, (source, *keys) in ads.items():
        for key in filter(None, keys):
            names.setdefault(target_id(source, key), set()).add(ad)
    gone: set[str] = set()
    of_state = select(Target.id, Target.ads).where(Target.state == GONE)
    left = iter(names)
    while some := list(islice(left, _AT_A_TIME)):
        for row in session.execute(of_state.where(among(session, Target.id.expression, some))):
            gone |= names[row.id].intersection(row.ads)
    return gone


def _of(session: Session, source: str, source_ad_ids: Collection[str]) -> Any:  # noqa: ANN401 - a condition
    return among(session, Target.id.expression, {target_id(source, each) for each in source_ad_ids})


def _listed(source: str, source_ad_id: str, now: datetime) -> dict[str, Any]:
    """The target that a pushed ad is; there is no page to ask for."""
    return {
        "id": target_id(source, source_ad_id),
        "source": source,
        "key": source_ad_id,
        "url": "",
        "said": {},
        "list_hash": "",
        "etag": "",
        "last_modified": "",
        "ads": [ad_id(source, source_ad_id)],
        "postings": 1,
        "state": LIVE,
        "missing": 0,
        "first_listed": now,
        "last_listed": now,
        "run_id": _NO_RUN,
        "tried": _NO_RUN,
        "fetched_at": now,
        "due_at": None,
    }
