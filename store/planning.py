"""Planning what the bureaus are told: one delivery for each bureau and each kind of news (docs/alerts.md).

A case is announced to a bureau once, its withdrawal once, its coming back once; a hint is told once, an
objection when it comes and again before its answer is due. The unique keys of the ledger hold these promises,
also when two processes plan at the same moment.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, delete, exists, func, select, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from config.bureaus import nearest_bureau
from config.casework import casework
from config.divisions import NATION, known
from config.settings import CHINA
from config.workdays import workdays
from events.ids import stable_id
from store.announcements import is_urgent
from store.cases import WITHDRAWN, announceable, shown_status
from store.database import one_at_a_time
from store.deliveries import (
    ASSIGNED,
    DUE_OBJECTIONS,
    DUTIES,
    FOUND_AGAIN,
    LATE_NOTICES,
    NEW_CASES,
    NEW_HINTS,
    NEW_OBJECTIONS,
    PENDING,
    REPORT,
    RETURNED_CASES,
    SENT,
    SKIPPED,
    WITHDRAWN_CASES,
    covers,
    new_delivery,
)
from store.duties import LATE, assigned, late, take_back_done
from store.duty_models import DeliveryDuty
from store.findings import hints
from store.issued_news import plan_reports, untold_report
from store.late_notices import late_notices, take_back_answered
from store.models import Case, Delivery, DeliveryHint, DeliveryItem, Finding
from store.notice_models import DeliveryNotice
from store.objection_models import DeliveryObjection, Objection
from store.objections import OPEN
from store.rechecks import found_again
from store.upsert import insert_new

Row = dict[str, Any]
_DAILY: Final = frozenset({NEW_CASES, RETURNED_CASES, WITHDRAWN_CASES, NEW_HINTS})
"""Kinds of news that may wait for the daily letter; the others have a day by which something is due."""
_OBJECTIONS: Final = frozenset({NEW_OBJECTIONS, DUE_OBJECTIONS})


class Untold(NamedTuple):
    """A case, a hint, an objection or a late notice that a bureau has to be told of."""

    bureau: str
    division: str | None
    key: tuple[str, ...]
    """Id of the case, with the occasion of a duty; or of the ad and the pack; or a number."""
    urgent: bool = False


def anything_new(session: Session, now: datetime, *, daily_from: int | None = None) -> bool:
    """Is there anything that a bureau has to be told at `now` and was not? Reads only."""
    waits = _waiting(session, now, daily_from)
    if untold_report(session, now):
        return True
    return any(news.urgent or not waits(kind, news.bureau) for kind, news in untold(session, now))


def untold(session: Session, now: datetime) -> Iterator[tuple[str, Untold]]:
    """What bureaus have to be told at `now` and were not, each with the kind of news it is."""
    today = now.astimezone(CHINA).date()
    for kind, found in _UNTOLD.items():
        for news in found(session, today):
            yield kind, news


def plan(session: Session, now: datetime, *, daily_from: int | None = None) -> list[Delivery]:
    """Write one pending delivery for each bureau and kind of news it was not told of, and return them.

    With `daily_from`, an hour of the day, what is not urgent waits for the first letter of its kind after it:
    a bureau gets one a day, and a further one only with something urgent, which takes the rest along.

    What lies outside its bureau's area is never sent: it is written down as a skipped delivery with the
    reason, and a case is planned afresh once it is handed to another bureau.
    """
    one_at_a_time(session.connection(), "planning deliveries")
    waits = _waiting(session, now, daily_from)
    groups: dict[tuple[str, str, bool], list[Untold]] = defaultdict(list)
    for kind, news in untold(session, now):
        groups[kind, news.bureau, covers(news.bureau, news.division)].append(news)
    planned = plan_reports(session, now)
    for (kind, bureau, inside), group in sorted(groups.items()):
        if waits(kind, bureau) and not any(news.urgent for news in group):
            continue
        delivery = _delivery(kind, sorted(group), inside=inside, now=now)
        _write(session, delivery, group)
        planned += [delivery["id"]] if inside else []
    return [session.get_one(Delivery, delivery_id) for delivery_id in planned]


def _waiting(session: Session, now: datetime, daily_from: int | None) -> Callable[[str, str], bool]:
    """Whether a bureau waits for news of a kind that is not urgent: it is early, or it had some today."""
    moment = now.astimezone(CHINA)
    today = Delivery.period == moment.date().isoformat(), Delivery.status != SKIPPED
    query = select(Delivery.kind, Delivery.bureau).where(Delivery.kind.in_(_DAILY), *today)
    told = set() if daily_from is None else {(kind, bureau) for kind, bureau in session.execute(query)}

    def waits(kind: str, bureau: str) -> bool:
        early = daily_from is not None and moment.hour < daily_from
        return kind in _DAILY and (early or (kind, bureau) in told)

    return waits


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
    if delivery["kind"] in DUTIES:
        duty = {"delivery_id": delivery["id"], "kind": delivery["kind"]}
        insert_new(
            session,
            DeliveryDuty,
            [duty | dict(zip(("case_id", "occasion"), news.key, strict=True)) for news in group],
        )
        return
    if delivery["kind"] in LATE_NOTICES:
        late_one = {"delivery_id": delivery["id"], "kind": delivery["kind"]}
        insert_new(session, DeliveryNotice, [late_one | {"notice": news.key[0]} for news in group])
        return
    if delivery["kind"] in _OBJECTIONS:
        insert_new(session, DeliveryObjection, [told | {"objection": int(news.key[0])} for news in group])
        return
    insert_new(session, DeliveryItem, [told | {"case_id": news.key[0]} for news in group])


def _delivery(kind: str, group: Sequence[Untold], *, inside: bool, now: datetime) -> Row:
    bureau = group[0].bureau
    content_id = stable_id(kind, *(part for news in group for part in news.key))
    period = now.astimezone(CHINA).date().isoformat()
    what = "hint(s)" if kind == NEW_HINTS else "objection(s)" if kind in _OBJECTIONS else "case(s)"
    row = {
        "id": stable_id("delivery", bureau, kind, period, content_id),
        **new_delivery(bureau, kind, period, content_id, now),
    }
    if inside:
        return row
    return row | {
        "status": SKIPPED,
        "error": f"{len(group)} {what} lie outside the area of bureau {bureau}",
    }


def _new_cases(session: Session, _today: date) -> Iterator[Untold]:
    """Suspected cases with evidence, of which their bureau was not told."""
    told = _told(Case.bureau, NEW_CASES)
    yield from _cases(session, select(Case.id, Case.bureau, Case.division).where(announceable(), ~told))


def _withdrawn_cases(session: Session, _today: date) -> Iterator[Untold]:
    """Cases of which a bureau was told, and of which every clue was withdrawn."""
    yield from _cases(session, _known_by(NEW_CASES, told=WITHDRAWN_CASES).where(shown_status() == WITHDRAWN))


def _returned_cases(session: Session, _today: date) -> Iterator[Untold]:
    """Cases of whose withdrawal a bureau was told, and that are suspected again."""
    yield from _cases(session, _known_by(WITHDRAWN_CASES, told=RETURNED_CASES).where(announceable()))


def _found_again(session: Session, _today: date) -> Iterator[Untold]:
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
    for case_id, bureau, division, urgent in session.execute(untold.add_columns(is_urgent())):
        yield Untold(bureau, division, (case_id,), urgent)


def _new_hints(session: Session, _today: date) -> Iterator[Untold]:
    """Ads in which a pack finds something, of which nobody was told."""
    told = exists().where(DeliveryHint.ad_id == Finding.ad_id, DeliveryHint.pack == Finding.pack)
    found = hints(only=~told)
    query = select(found.c.ad_id, found.c.pack, found.c.division).distinct()
    for ad_id, pack, division in session.execute(query):
        area = known(division)
        yield Untold(nearest_bureau(area), area, (ad_id, pack))


def _new_objections(session: Session, _today: date) -> Iterator[Untold]:
    """Objections that wait for an answer, of which their bureau was not told."""
    yield from _objections(session, NEW_OBJECTIONS)


def _due_objections(session: Session, today: date) -> Iterator[Untold]:
    """Those whose answer is due soon, of which their bureau was not reminded."""
    soon = workdays().after(today, casework().objections.remind).day
    yield from _objections(session, DUE_OBJECTIONS, Objection.due <= soon)


def _objections(session: Session, kind: str, *where: ColumnElement[bool]) -> Iterator[Untold]:
    """Open objections; one that names no case is the nation's."""
    bureau = func.coalesce(Case.bureau, NATION)
    item = aliased(DeliveryObjection)
    told = exists().where(item.objection == Objection.number, item.bureau == bureau, item.kind == kind)
    query = select(Objection.number, bureau, Case.division).outerjoin(Case, Case.id == Objection.case_id)
    for number, area, division in session.execute(query.where(Objection.state == OPEN, ~told, *where)):
        yield Untold(area, division, (str(number),))


def _assigned(session: Session, _today: date) -> Iterator[Untold]:
    yield from (Untold(*duty) for duty in assigned(session))


def _late(kind: str) -> Callable[[Session, date], Iterator[Untold]]:
    def found(session: Session, today: date) -> Iterator[Untold]:
        yield from (Untold(*duty) for duty in late(session, kind, today))

    return found


def _late_notices(kind: str) -> Callable[[Session, date], Iterator[Untold]]:
    def found(session: Session, today: date) -> Iterator[Untold]:
        for bureau, issuer, number in late_notices(session, kind, today):
            yield Untold(bureau, issuer, (number,))

    return found


_UNTOLD: Final[Mapping[str, Callable[[Session, date], Iterator[Untold]]]] = {
    NEW_CASES: _new_cases,
    RETURNED_CASES: _returned_cases,
    WITHDRAWN_CASES: _withdrawn_cases,
    FOUND_AGAIN: _found_again,
    NEW_HINTS: _new_hints,
    NEW_OBJECTIONS: _new_objections,
    DUE_OBJECTIONS: _due_objections,
    ASSIGNED: _assigned,
    **{kind: _late(kind) for kind in LATE},
    **{kind: _late_notices(kind) for kind in sorted(LATE_NOTICES)},
}


def take_back_settled(session: Session, delivery: Delivery) -> None:
    """Take out of a delivery what no longer holds, so that the ledger says what the bureau was told."""
    if delivery.kind == NEW_HINTS:
        planned = select(DeliveryHint.ad_id, DeliveryHint.pack).where(DeliveryHint.delivery_id == delivery.id)
        found = hints(only=tuple_(Finding.ad_id, Finding.pack).in_(planned))
        stand = tuple_(DeliveryHint.ad_id, DeliveryHint.pack).in_(select(found.c.ad_id, found.c.pack))
        session.execute(delete(DeliveryHint).where(DeliveryHint.delivery_id == delivery.id, ~stand))
        return
    if delivery.kind == REPORT:
        return
    if delivery.kind in DUTIES:
        take_back_done(session, delivery)
        return
    if delivery.kind in LATE_NOTICES:
        take_back_answered(session, delivery)
        return
    if delivery.kind in _OBJECTIONS:
        stands = DeliveryObjection.objection.in_(select(Objection.number).where(Objection.state == OPEN))
        mine = DeliveryObjection.delivery_id == delivery.id
        session.execute(delete(DeliveryObjection).where(mine, ~stands))
        return
    holds = exists().where(Case.id == DeliveryItem.case_id, _holds(delivery.kind))
    session.execute(delete(DeliveryItem).where(DeliveryItem.delivery_id == delivery.id, ~holds))


def _holds(kind: str) -> ColumnElement[bool]:
    """Whether news of this kind about a case is still so."""
    if kind == WITHDRAWN_CASES:
        return shown_status() == WITHDRAWN
    return found_again() if kind == FOUND_AGAIN else announceable()
