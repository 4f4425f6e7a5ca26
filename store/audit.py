"""A chain of hashes over the history of all cases, by which a change to any of it shows.

Each link is SHA-256 over the hash before it and one event, in the order in which the events were sealed. What
a person does is sealed as it is written; what the machine notes, by `seal`. Whoever can write to the database
could forge the whole chain: a hash that was printed, in a report or a letter, is what it is held against.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from store.casework_models import AuditLink
from store.database import one_at_a_time
from store.models import CaseEvent

_BEFORE_ALL: Final = "0" * 64
_AT_A_TIME: Final = 1000


@dataclass(frozen=True, slots=True)
class Link:
    """The chain up to one of its links."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """One event of a case, as the chain holds it."""

    event: CaseEvent
    link: Link | None
    """None while the event is not in the chain."""
    before: str
    """Hash of the link before it; `link` is the SHA-256 of `link_text(before, event)`."""


def head(session: Session) -> Link:
    """The newest link; number 0 while there is none."""
    newest = session.scalars(select(AuditLink).order_by(AuditLink.number.desc()).limit(1)).first()
    return Link(newest.number, newest.hash) if newest else Link(0, _BEFORE_ALL)


def seal(session: Session, *, limit: int) -> int:
    """Take up to `limit` events into the chain that are not in it yet, oldest first; how many it were."""
    one_at_a_time(session.connection(), "sealing the history of cases")
    session.flush()
    sealed = select(AuditLink.event_id)
    query = select(CaseEvent).where(CaseEvent.id.not_in(sealed)).order_by(CaseEvent.at, CaseEvent.id)
    link = first = head(session)
    for event in session.scalars(query.limit(limit)):
        link = _next(link, event)
        session.add(AuditLink(number=link.number, event_id=event.id, hash=link.hash))
    return link.number - first.number


def seal_one(session: Session, event: CaseEvent) -> None:
    """Take `event`, which was just written, into the chain."""
    one_at_a_time(session.connection(), "sealing the history of cases")
    session.add(event)
    session.flush()
    link = _next(head(session), event)
    session.add(AuditLink(number=link.number, event_id=event.id, hash=link.hash))
    session.flush()


def sealed_history(session: Session, case_id: str) -> Sequence[Sealed]:
    """What was done in a case, oldest first, with the links; what is not in the chain yet has none."""
    before = aliased(AuditLink)
    query = (
        select(CaseEvent, AuditLink.number, AuditLink.hash, before.hash)
        .outerjoin(AuditLink, AuditLink.event_id == CaseEvent.id)
        .outerjoin(before, before.number == AuditLink.number - 1)
        .where(CaseEvent.case_id == case_id)
        .order_by(*told_order())
    )
    return [
        Sealed(event, Link(number, own), earlier or _BEFORE_ALL) if number else Sealed(event, None, "")
        for event, number, own, earlier in session.execute(query)
    ]


def told_order() -> tuple[ColumnElement[Any], ...]:
    """The order in which a case's history is told, of a query that joins `AuditLink` to `CaseEvent`."""
    # The first clue opens its case in the same moment; the opening comes first.
    opening_first = CaseEvent.action != "opened"
    return CaseEvent.at.expression, opening_first, AuditLink.number.nulls_first(), CaseEvent.id.expression


def unsealed(session: Session) -> int:
    """How many events are not in the chain yet."""
    return (
        session.scalar(
            select(func.count()).select_from(CaseEvent).where(CaseEvent.id.not_in(select(AuditLink.event_id)))
        )
        or 0
    )


def breaks(session: Session, *, printed: Link | None = None) -> Iterator[str]:
    """Where the chain does not hold, each as a sentence; `printed` is a link as it was once printed."""
    link = Link(0, _BEFORE_ALL)
    query = (
        select(AuditLink, CaseEvent)
        .outerjoin(CaseEvent, CaseEvent.id == AuditLink.event_id)
        .order_by(AuditLink.number)
        .execution_options(yield_per=_AT_A_TIME)
    )
    # An outer join: the stubs do not know that an event may be missing.
    rows = cast("Iterable[tuple[AuditLink, CaseEvent | None]]", session.execute(query))
    for stored, event in rows:
        if stored.number != link.number + 1:
            yield f"link {link.number + 1} is missing"
        if event is None:
            yield f"link {stored.number}: its event {stored.event_id} is gone"
        elif _next(Link(stored.number - 1, link.hash), event).hash != stored.hash:
            yield f"link {stored.number}: event {event.id} of case {event.case_id} was changed, or the link"
        link = Link(stored.number, stored.hash)
        if printed and printed.number == link.number and printed.hash != link.hash:
            yield f"link {link.number}: printed as {printed.hash}, now {link.hash}"
    if printed and printed.number > link.number:
        yield f"link {printed.number} was printed, the chain ends with {link.number}"


def link_text(before: str, event: CaseEvent) -> str:
    """What a link is the SHA-256 of, in UTF-8: the hash before it, and the event; one line of JSON."""
    return json.dumps(
        [
            before,
            event.id,
            event.case_id,
            event.at.astimezone(UTC).isoformat(timespec="microseconds"),
            event.actor,
            event.action,
            event.clue_id,
            event.reason,
            event.to_status,
            event.given,
        ],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )


def _next(link: Link, event: CaseEvent) -> Link:
    return Link(link.number + 1, hashlib.sha256(link_text(link.hash, event).encode()).hexdigest())
