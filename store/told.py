"""What became of the news for bureaus: every case and every hint, looked up in the delivery ledger."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import ColumnElement, and_, case, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from config.bureaus import nearest_bureau
from config.divisions import known
from store.cases import WITHDRAWN, announceable, shown_status
from store.deliveries import (
    DEAD,
    FOUND_AGAIN,
    NEW_CASES,
    NEW_HINTS,
    PENDING,
    RETURNED_CASES,
    SENT,
    WITHDRAWN_CASES,
    covers,
)
from store.findings import hints
from store.models import Case, Delivery, DeliveryHint, DeliveryItem
from store.planning import untold
from store.rechecks import found_again

Fate = Literal["done", "filtered", "dead", "in_flight", "missing"]

_OF_CASES: Final = frozenset((NEW_CASES, RETURNED_CASES, WITHDRAWN_CASES, FOUND_AGAIN))
"""What is told of a case itself, whatever day it is; the rest is about what people have to do."""
_OF_STATUS: Final[Mapping[str, Fate]] = {SENT: "done", DEAD: "dead", PENDING: "in_flight"}


class Told(NamedTuple):
    """One piece of news for one bureau, and what became of it.

    What is `filtered` did not hold any more, needed no telling, or was not for this bureau. What is `missing`
    holds, was planned, and its message was closed without it.
    """

    kind: str
    bureau: str
    key: tuple[str, ...]
    """Id of the case, or of the ad and the pack."""
    fate: Fate

    def __str__(self) -> str:
        return f"{self.kind} to {self.bureau}: {' '.join(self.key)}"


def told(session: Session, since: datetime, until: datetime | None) -> Iterator[Told]:
    """All news about cases opened, and hints first seen, from `since` on and before `until`."""
    yield from _of_cases(session, _within(Case.opened_at, since, until), at=until or since)
    yield from _of_hints(session, since, until)


def _of_cases(session: Session, window: ColumnElement[bool], *, at: datetime) -> Iterator[Told]:
    opened = dict(session.execute(select(Case.id, Case.bureau).where(window)).all())
    without = dict(opened)
    for planned in _planned(session, window):
        without.pop(planned.key[0], None)
        yield planned
    for kind, news in untold(session, at):
        if kind in _OF_CASES and news.key[0] in opened:
            without.pop(news.key[0], None)
            yield Told(kind, news.bureau, news.key, "in_flight")
    for case_id, bureau in without.items():
        yield Told(NEW_CASES, bureau, (case_id,), "filtered")


def _planned(session: Session, window: ColumnElement[bool]) -> Iterator[Told]:
    stands = case(
        (DeliveryItem.kind == WITHDRAWN_CASES, shown_status() == WITHDRAWN),
        (DeliveryItem.kind == FOUND_AGAIN, found_again()),
        else_=announceable(),
    )
    query = (
        select(DeliveryItem.kind, DeliveryItem.bureau, Case.id, Case.division, Delivery.status, stands)
        .join(Case, Case.id == DeliveryItem.case_id)
        .join(Delivery, Delivery.id == DeliveryItem.delivery_id)
        .where(window)
    )
    for kind, bureau, case_id, division, status, holds in session.execute(query):
        yield Told(kind, bureau, (case_id,), _fate(status, holds=holds and covers(bureau, division)))


def _of_hints(session: Session, since: datetime, until: datetime | None) -> Iterator[Told]:
    found = hints()
    query = (
        select(found.c.ad_id, found.c.pack, found.c.division, Delivery.bureau, Delivery.status)
        .distinct()
        .outerjoin(DeliveryHint, and_(DeliveryHint.ad_id == found.c.ad_id, DeliveryHint.pack == found.c.pack))
        .outerjoin(Delivery, Delivery.id == DeliveryHint.delivery_id)
        .where(_within(found.c.first_seen, since, until))
    )
    for ad_id, pack, division, bureau, status in session.execute(query):
        area = bureau or nearest_bureau(known(division))
        yield Told(NEW_HINTS, area, (ad_id, pack), _fate(status, holds=True) if status else "in_flight")


def _fate(status: str, *, holds: bool) -> Fate:
    """What the message's status makes of news that still `holds`, or not; the rest were skipped."""
    return _OF_STATUS.get(status) or ("missing" if holds else "filtered")


def _within(
    moment: ColumnElement[Any] | InstrumentedAttribute[datetime], since: datetime, until: datetime | None
) -> ColumnElement[bool]:
    return and_(moment >= since, true() if until is None else moment < until)
