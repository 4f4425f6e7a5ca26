"""What the weekly report asks of the store about the work on cases: how far it is, and what came of it.

A case counts for the bureau that it was last handed to.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Subquery, and_, case, func, select
from sqlalchemy.orm import Session

from config.casework import casework
from config.workdays import workdays
from store.cases import FOR_REVIEW, SUSPECTED, shown_status, standing
from store.casework_models import CaseClock
from store.crawl_models import Target
from store.deliveries import CASE_EVENT
from store.jurisdiction import lies_within, within
from store.models import Ad, Case, CaseEvent, Clue, Delivery
from store.objection_models import Objection
from store.objections import OPEN
from store.periods import in_period
from store.targets import GONE, target_id
from store.upsert import among
from store.weekly_rows import CaseRow, ObjectionCounts, RemovalCount, Scope

CONFIRMED: Final = "filed"
"""已成案: the status in which people have confirmed a case."""
REMOVED_WITHIN: Final = 5
"""Working days after the confirmation by which the ads of a case ought to be gone."""
_LONGEST: Final = timedelta(days=30)
"""No holidays make five working days last longer."""


def cases(session: Session, scope: Scope) -> tuple[CaseRow, ...]:
    """All cases of the bureaus opened before the period's end, as they stand now; none for review."""
    done = _deeds(scope)
    ended = case((Case.status.in_(_closed()), done.c.last))
    due = case((CaseClock.paused_on.is_(None), CaseClock.due))
    found = (
        select(Case.number, shown_status(), Case.opened_at, Case.bureau, due, done.c.confirmed, ended)
        .outerjoin(CaseClock, CaseClock.case_id == Case.id)
        .outerjoin(done, done.c.case_id == Case.id)
        .where(Case.opened_at < scope.period.end, within(scope.root))
        .where(shown_status() != FOR_REVIEW)
        .order_by(Case.opened_at, Case.number)
    )
    return tuple(CaseRow(*row) for row in session.execute(found))


def _closed() -> list[str]:
    """The statuses in which nobody has anything left to do."""
    return [name for name, status in casework().statuses.items() if not status.open]


def _deeds(scope: Scope) -> Subquery:
    """When people confirmed each case last, and when they last did anything with it."""
    confirmed = func.max(case((CaseEvent.to_status == CONFIRMED, CaseEvent.at)))
    return (
        select(CaseEvent.case_id, confirmed.label("confirmed"), func.max(CaseEvent.at).label("last"))
        .join(Case, Case.id == CaseEvent.case_id)
        .where(within(scope.root), Case.status != SUSPECTED, CaseEvent.to_status != "")
        .group_by(CaseEvent.case_id)
        .subquery()
    )


def objections(session: Session, scope: Scope, day: date) -> ObjectionCounts:
    """The objections against cases of the bureaus; overdue are those that were due before `day`."""
    answered = in_period(Objection.answered_at, scope.period)
    waiting = Objection.state == OPEN
    counted = (
        select(
            _number(in_period(Objection.received_at, scope.period)),
            _number(and_(answered, Objection.state == "upheld")),
            _number(and_(answered, Objection.state == "rejected")),
            _number(waiting),
            _number(and_(waiting, Objection.due < day)),
        )
        .select_from(Objection)
        .outerjoin(Case, Case.id == Objection.case_id)
        .where(Objection.received_at < scope.period.end, within(scope.root))
    )
    return ObjectionCounts(*session.execute(counted).one())


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, Objection.number)))


def deliveries(session: Session, scope: Scope) -> dict[str, int]:
    """Alerts made out in the week to bureaus of the subtree, by status."""
    counted = (
        select(Delivery.status, func.count())
        .where(in_period(Delivery.created_at, scope.period), lies_within(Delivery.bureau, scope.root))
        .where(Delivery.kind != CASE_EVENT)
        .group_by(Delivery.status)
    )
    return dict(sorted(session.execute(counted).all()))


class _Confirmed(NamedTuple):
    """An ad of a confirmed case, and by when it ought to be gone."""

    source: str
    keys: tuple[str, ...]
    """What its board may know it by."""
    until: date


def removals(session: Session, scope: Scope, day: date) -> tuple[RemovalCount, ...]:
    """By board, the confirmed ads that ought to be gone by a day of the period that lies before `day`.

    Only of boards that say what they list; the ads of all others cannot be missed.
    """
    period = scope.period
    ads = [each for each in _confirmed_ads(session, scope) if period.first <= each.until <= period.last]
    names = {target_id(ad.source, key): ad for ad in ads if ad.until < day for key in ad.keys}
    known = select(Target.id, Target.state, Target.last_listed)
    due: Counter[str] = Counter()
    gone: Counter[str] = Counter()
    for name, state, last_listed in session.execute(known.where(among(session, Target.id.expression, names))):
        ad = names[name]
        due[ad.source] += 1
        gone[ad.source] += state == GONE and last_listed.date() <= ad.until
    return tuple(RemovalCount(source, due[source], gone[source]) for source in sorted(due))


def _confirmed_ads(session: Session, scope: Scope) -> Iterator[_Confirmed]:
    lately = CaseEvent.at >= scope.period.start - _LONGEST, CaseEvent.at < scope.period.end
    found = (
        select(Ad.source, Ad.source_ad_id, Ad.url, func.min(CaseEvent.at))
        .join(Clue, Clue.ad_id == Ad.id)
        .join(Case, Case.id == Clue.case_id)
        .join(CaseEvent, CaseEvent.case_id == Case.id)
        .where(within(scope.root), Case.status != SUSPECTED, CaseEvent.to_status == CONFIRMED, *lately)
        .where(standing(), Clue.human_verdict == "confirmed")
        .group_by(Ad.id, Ad.source, Ad.source_ad_id, Ad.url)
    )
    for source, source_ad_id, url, at in session.execute(found):
        until = workdays().after(at.date(), REMOVED_WITHIN).day
        yield _Confirmed(source, tuple({source_ad_id, url} - {""}), until)
