"""Public reports: receipts given out, what they are about, and what became of it.

A matter is what was reported: a page or a text, however often it was. Its state says where it stands; whether
its ads were read follows from the ads themselves.

| state | meaning |
| --- | --- |
| waiting | a page that is still to be asked for |
| collected | its ads, or the text itself, were let in |
| known | its page is that of an ad from elsewhere |
| manual | its page was fetched and holds no ad that can be recognised: a person looks |
| failed | its page cannot be had |
| dismissed | a person decided that nothing follows from it |
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from events.ids import stable_id
from events.types import PUBLIC_REPORTS
from store.access_models import Read
from store.dead_letters import Decision
from store.models import Ad
from store.public_report_models import PublicReport, ReportAction, ReportContact, ReportedMatter
from store.reads import bureau_of
from store.upsert import among, insert_new

WAITING: Final = "waiting"
COLLECTED: Final = "collected"
KNOWN: Final = "known"
MANUAL: Final = "manual"
FAILED: Final = "failed"
DISMISSED: Final = "dismissed"

MOST_TRIES: Final = 3
"""Runs that ask for a page which may come back, before it counts as one that cannot be had."""
NEXT_TRY: Final = timedelta(days=1)


class UnknownReceipt(LookupError):  # noqa: N818 - reads as what it is
    """No report has this receipt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What is reported, as it is first noted."""

    id: str
    kind: str
    """page | text"""
    url: str = ""
    excerpt: str = ""
    ads: Sequence[str] = ()
    """Ids of the ads that were let in for it; a page has none yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One report; all words masked, the contact encrypted."""

    receipt: str
    at: datetime
    channel: str
    note: str = ""
    employer: str = ""
    place: str = ""
    board: str = ""
    contact: str = ""
    delete_contact_at: datetime | None = None


def is_noted(session: Session, matter_id: str) -> bool:
    """Whether this was reported before."""
    return session.get(ReportedMatter, matter_id) is not None


def note_report(session: Session, matter: Matter, received: Received) -> bool:
    """Keep a report under its receipt; whether the same had been reported before."""
    repeated = is_noted(session, matter.id)
    insert_new(session, ReportedMatter, [_matter_row(matter, received.at)])
    report = PublicReport(
        receipt=received.receipt,
        matter_id=matter.id,
        received_at=received.at,
        channel=received.channel,
        repeated=repeated,
        note=received.note,
        employer=received.employer,
        place=received.place,
        board=received.board,
    )
    session.add(report)
    session.flush()
    if received.contact and received.delete_contact_at is not None:
        contact = {"receipt": received.receipt, "contact": received.contact}
        session.add(ReportContact(**contact, delete_at=received.delete_contact_at))
    return repeated


def _matter_row(matter: Matter, now: datetime) -> dict[str, Any]:
    page = matter.kind == "page"
    return {
        "id": matter.id,
        "kind": matter.kind,
        "url": matter.url,
        "excerpt": matter.excerpt,
        "state": WAITING if page else COLLECTED,
        "why": "",
        "ads": list(matter.ads),
        "tries": 0,
        "due_at": now if page else None,
        "first_at": now,
    }


def forget_contacts(session: Session, now: datetime) -> int:
    """Delete the contacts whose time is over; how many."""
    done = session.execute(delete(ReportContact).where(ReportContact.delete_at <= now))
    return int(done.rowcount)  # type: ignore[attr-defined]  # SQLAlchemy types it as any result


def due_pages(session: Session, now: datetime, *, most: int) -> dict[str, str]:
    """The pages to be asked for, matter id → address, those that wait longest first."""
    query = select(ReportedMatter.id, ReportedMatter.url)
    waiting = query.where(ReportedMatter.state == WAITING, ReportedMatter.due_at <= now)
    ordered = waiting.order_by(ReportedMatter.due_at, ReportedMatter.id).limit(most)
    return {row.id: row.url for row in session.execute(ordered)}


def link_known(session: Session, pages: Mapping[str, str]) -> set[str]:
    """Link the pages, matter id → address, that are those of ads from elsewhere; the ids of these matters."""
    # One walk over all ads for all pages: an index over addresses would cost every ad more than this.
    query = select(Ad.id, Ad.url).where(Ad.source != PUBLIC_REPORTS)
    found: dict[str, list[str]] = {}
    for ad, url in session.execute(query.where(among(session, Ad.url.expression, set(pages.values())))):
        found.setdefault(url, []).append(ad)
    known = {matter: sorted(found[url]) for matter, url in pages.items() if url in found}
    for matter, ads in known.items():
        _set(session, matter, state=KNOWN, ads=ads, why="", due_at=None)
    return set(known)


def take_page(session: Session, matter_id: str, now: datetime) -> bool:
    """Count a try of a page that still waits; False for one that another run has taken."""
    statement = update(ReportedMatter).where(
        ReportedMatter.id == matter_id, ReportedMatter.state == WAITING, ReportedMatter.due_at <= now
    )
    taken = session.execute(
        statement.values(tries=ReportedMatter.tries + 1, due_at=now + NEXT_TRY),
        execution_options={"synchronize_session": False},
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]  # SQLAlchemy types it as any result


def note_collected(session: Session, matter_id: str, ads: Sequence[str]) -> None:
    """The page gave these ads, and the log has them."""
    _set(session, matter_id, state=COLLECTED, ads=list(ads), why="", due_at=None)


def note_failed(session: Session, matter_id: str, why: str, *, for_good: bool) -> None:
    """The page could not be had; unless that is `for_good` it is tried again, a few times."""
    tries = session.scalar(select(ReportedMatter.tries).where(ReportedMatter.id == matter_id)) or 0
    if for_good or tries >= MOST_TRIES:
        _set(session, matter_id, state=FAILED, why=why, due_at=None)
    else:
        _set(session, matter_id, why=why)


def note_manual(session: Session, matter_id: str, why: str, excerpt: str) -> None:
    """The page holds no ad that can be recognised; a person has to look at what it says."""
    _set(session, matter_id, state=MANUAL, why=why, excerpt=excerpt, due_at=None)


def _set(session: Session, matter_id: str, **values: object) -> None:
    statement = update(ReportedMatter).where(ReportedMatter.id == matter_id).values(values)
    session.execute(statement.execution_options(synchronize_session=False))


def note_action(session: Session, receipt: str, action: str, decision: Decision) -> None:
    """Keep what a person did with a report.

    Raises:
        UnknownReceipt: no report has this receipt.
    """
    if session.get(PublicReport, receipt) is None:
        raise UnknownReceipt(f"no report {receipt[:64]!r}")
    action_id = stable_id("report-action", receipt, action, decision.at.isoformat())
    given = {"actor": decision.actor, "at": decision.at, "why": decision.why}
    session.add(ReportAction(id=action_id, receipt=receipt, action=action, **given))


def ask_again(session: Session, matter_id: str, now: datetime) -> None:
    """Have the page asked for as if it had just been reported."""
    _set(session, matter_id, state=WAITING, why="", tries=0, due_at=now)


def dismiss(session: Session, matter_id: str, why: str) -> None:
    """Nothing follows from the matter."""
    _set(session, matter_id, state=DISMISSED, why=why, due_at=None)


def note_contact_read(session: Session, receipt: str, decision: Decision) -> None:
    """Note that somebody is told how to reach the reporter; commit it before telling.

    Raises:
        UnknownReceipt: no report has this receipt.
    """
    query = select(ReportedMatter.ads).join(PublicReport, PublicReport.matter_id == ReportedMatter.id)
    ads = session.scalar(query.where(PublicReport.receipt == receipt))
    if ads is None:
        raise UnknownReceipt(f"no report {receipt[:64]!r}")
    given = {"actor": decision.actor, "at": decision.at, "why": decision.why}
    session.add(Read(what="contact", subject=receipt, bureau=bureau_of(session, ads), **given))


def contact_of(session: Session, receipt: str) -> str:
    """How to reach the reporter, encrypted; empty where none was given, or its time is over."""
    found = session.get(ReportContact, receipt)
    return found.contact if found is not None else ""


def change_contacts(session: Session, change: Callable[[str], str]) -> int:
    """Store every contact as `change` makes it; how many there are."""
    found = session.scalars(select(ReportContact).order_by(ReportContact.receipt)).all()
    for each in found:
        each.contact = change(each.contact)
    return len(found)


def reports_received(session: Session, since: datetime, until: datetime) -> int:
    """How many reports came in from `since` to before `until`."""
    between = (PublicReport.received_at >= since, PublicReport.received_at < until)
    return session.scalar(select(func.count()).select_from(PublicReport).where(*between)) or 0
