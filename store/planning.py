"""Planning what the bureaus are told: one delivery for each bureau and each kind of news (docs/alerts.md).

A case is announced to a bureau once, its withdrawal once, its coming back once; a hint is told once. The
unique keys of the ledger hold these promises, also when two processes plan at the same moment.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, delete, exists, select, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from config.bureaus import nearest_bureau
from config.divisions import known
from config.settings import CHINA
from events.ids import stable_id
from store.cases import WITHDRAWN, announceable, shown_status
from store.database import one_at_a_time
from store.deliveries import (
    FOUND_AGAIN,
    NEW_CASES,
    NEW_HINTS,
    PENDING,
    RETURNED_CASES,
    SENT,
    SKIPPED,
    WITHDRAWN_CASES,
    covers,
)
from store.findings import hints
from store.models import Case, Delivery, DeliveryHint, DeliveryItem, Finding
from store.rechecks import found_again
from store.upsert import insert_new

Row = dict[str, Any]


class Untold(NamedTuple):
    """A case, or a hint, that a bureau has to be told of."""

    bureau: str
    division: str | None
    key: tuple[str, ...]
    """Id of the case, or of the ad and the pack."""


def anything_new(session: Session) -> bool:
    """Is there anything that a bureau has to be told and was not? Reads only."""
    return next(untold(session), None) is not None


def untold(session: Session) -> Iterator[tuple[str, Untold]]:
    """What bureaus have to be told and were not, each with the kind of news it is."""
    for kind, found in _UNTOLD.items():
        for news in found(session):
            yield kind, news


def plan(session: Session, now: datetime) -> list[Delivery]:
    """Write one pending delivery for each bureau and kind of news it was not told of, and return them.

    What lies outside its bureau's area is never sent: it is written down as a skipped delivery with the
    reason, and a case is planned afresh once it is handed to another bureau.
    """
    one_at_a_time(session.connection(), "planning deliveries")
    planned: list[str] = []
    for kind, found in _UNTOLD.items():
        groups: dict[tuple[str, bool], list[Untold]] = defaultdict(list)
        for news in found(session):
            groups[news.bureau, covers(news.bureau, news.division)].append(news)
        for (_, inside), group in sorted(groups.items()):
            delivery = _delivery(kind, sorted(group), inside=inside, now=now)
            _write(session, delivery, group)
            planned += [delivery["id"]] if inside else []
    return [session.get_one(Delivery, delivery_id) for delivery_id in planned]


def _write(session: Session, delivery: Row, group: Sequence[Untold]) -> None:
    insert_new(session, Delivery, [delivery])
    if delivery["status"] == PENDING:
        # The same news was planned today already, and had been taken back before the message left.
        again = Delivery.id == delivery["id"], Delivery.status == SKIPPED
        session.execute(update(Delivery).where(*again).values(status=PENDING, error=""))
    if delivery["kind"] == NEW_HINTS:
        items = [dict(zip(("ad_id", "pack"), news.key, strict=True)) for news in group]
        insert_new(session, DeliveryHint, [item | {"delivery_id": delivery["id"]} for item in items])
        return
    told = {"delivery_id": delivery["id"], "bureau": delivery["bureau"], "kind": delivery["kind"]}
    insert_new(session, DeliveryItem, [told | {"case_id": news.key[0]} for news in group])


def _delivery(kind: str, group: Sequence[Untold], *, inside: bool, now: datetime) -> Row:
    bureau = group[0].bureau
    content_id = stable_id(kind, *(part for news in group for part in news.key))
    period = now.astimezone(CHINA).date().isoformat()
    what = "hint(s)" if kind == NEW_HINTS else "case(s)"
    return {
        "id": stable_id("delivery", bureau, kind, period, content_id),
        "bureau": bureau,
        "kind": kind,
        "period": period,
        "content_id": content_id,
        "status": PENDING if inside else SKIPPED,
        "attempts": 0,
        "created_at": now,
        "sent_at": None,
        "place": "",
        "error": "" if inside else f"{len(group)} {what} lie outside the area of bureau {bureau}",
    }


def _new_cases(session: Session) -> Iterator[Untold]:
    """Suspected cases with evidence, of which their bureau was not told."""
    told = _told(Case.bureau, NEW_CASES)
    yield from _cases(session, select(Case.id, Case.bureau, Case.division).where(announceable(), ~told))


def _withdrawn_cases(session: Session) -> Iterator[Untold]:
    """Cases of which a bureau was told, and of which every clue was withdrawn."""
    yield from _cases(session, _known_by(NEW_CASES, told=WITHDRAWN_CASES).where(shown_status() == WITHDRAWN))


def _returned_cases(session: Session) -> Iterator[Untold]:
    """Cases of whose withdrawal a bureau was told, and that are suspected again."""
    yield from _cases(session, _known_by(WITHDRAWN_CASES, told=RETURNED_CASES).where(announceable()))


def _found_again(session: Session) -> Iterator[Untold]:
    """Corrected cases in whose ads the demand was found again, of which their bureau was not told."""
    told = _told(Case.bureau, FOUND_AGAIN)
    yield from _cases(session, select(Case.id, Case.bureau, Case.division).where(found_again(), ~told))


def _known_by(kind: str, *, told: str) -> Select[str, str, str | None]:
    """Cases with the bureaus that got a message of `kind` about them, and none of the kind `told`."""
    known = aliased(DeliveryItem)
    return (
        select(Case.id, known.bureau, Case.division)
        .join(known, known.case_id == Case.id)
        .join(Delivery, Delivery.id == known.delivery_id)
        .where(known.kind == kind, Delivery.status == SENT, ~_told(known.bureau, told))
    )


def _told(bureau: ColumnElement[str] | InstrumentedAttribute[str], kind: str) -> ColumnElement[bool]:
    item = aliased(DeliveryItem)
    return exists().where(item.case_id == Case.id, item.bureau == bureau, item.kind == kind)


def _cases(session: Session, untold: Select[str, str, str | None]) -> Iterator[Untold]:
    for case_id, bureau, division in session.execute(untold):
        yield Untold(bureau, division, (case_id,))


def _new_hints(session: Session) -> Iterator[Untold]:
    """Ads in which a pack finds something, of which nobody was told."""
    told = exists().where(DeliveryHint.ad_id == Finding.ad_id, DeliveryHint.pack == Finding.pack)
    found = hints(only=~told)
    query = select(found.c.ad_id, found.c.pack, found.c.division).distinct()
    for ad_id, pack, division in session.execute(query):
        area = known(division)
        yield Untold(nearest_bureau(area), area, (ad_id, pack))


_UNTOLD: Final[Mapping[str, Callable[[Session], Iterator[Untold]]]] = {
    NEW_CASES: _new_cases,
    RETURNED_CASES: _returned_cases,
    WITHDRAWN_CASES: _withdrawn_cases,
    FOUND_AGAIN: _found_again,
    NEW_HINTS: _new_hints,
}


def take_back_settled(session: Session, delivery: Delivery) -> None:
    """Take out of a delivery what no longer holds, so that the ledger says what the bureau was told."""
    if delivery.kind == NEW_HINTS:
        planned = select(DeliveryHint.ad_id, DeliveryHint.pack).where(DeliveryHint.delivery_id == delivery.id)
        found = hints(only=tuple_(Finding.ad_id, Finding.pack).in_(planned))
        stand = tuple_(DeliveryHint.ad_id, DeliveryHint.pack).in_(select(found.c.ad_id, found.c.pack))
        session.execute(delete(DeliveryHint).where(DeliveryHint.delivery_id == delivery.id, ~stand))
        return
    stand = DeliveryItem.case_id.in_(select(Case.id).where(_holds(delivery.kind)))
    session.execute(delete(DeliveryItem).where(DeliveryItem.delivery_id == delivery.id, ~stand))


def _holds(kind: str) -> ColumnElement[bool]:
    """Whether news of this kind about a case is still so."""
    if kind == WITHDRAWN_CASES:
        return shown_status() == WITHDRAWN
    return found_again() if kind == FOUND_AGAIN else announceable()
