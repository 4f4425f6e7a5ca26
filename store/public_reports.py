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

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, Select, delete, func, or_, select, update
from sqlalchemy.orm import Session

from events.ids import stable_id
from events.types import PUBLIC_REPORTS
from store.cases import standing
from store.models import Ad, Case, Clue
from store.public_report_models import PublicReport, ReportAction, ReportContact, ReportedMatter
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
    """One report; all words masked but the contact."""

    receipt: str
    at: datetime
    channel: str
    note: str = ""
    employer: str = ""
    place: str = ""
    board: str = ""
    contact: str = ""
    delete_contact_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A report, and where what it is about stands."""

    receipt: str
    matter_id: str
    at: datetime
    channel: str
    repeated: bool
    note: str
    employer: str
    place: str
    board: str
    kind: str
    url: str
    excerpt: str
    state: str
    why: str
    ads: tuple[str, ...]
    times: int
    """How often the same was reported."""
    read: bool
    """All of its ads were read."""
    cases: tuple[str, ...] = field(default=())
    """Numbers of the cases that its ads gave clues for."""


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


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person did with a report."""

    receipt: str
    action: str
    actor: str
    at: datetime
    why: str


def note_action(session: Session, decision: Decision) -> None:
    """Keep what a person did.

    Raises:
        UnknownReceipt: no report has this receipt.
    """
    standing_of(session, decision.receipt)
    action_id = stable_id("report-action", decision.receipt, decision.action, decision.at.isoformat())
    session.add(
        ReportAction(
            id=action_id, receipt=decision.receipt, action=decision.action,
            actor=decision.actor, at=decision.at, why=decision.why,
        )
    )  # fmt: skip


def ask_again(session: Session, matter_id: str, now: datetime) -> None:
    """Have the page asked for as if it had just been reported."""
    _set(session, matter_id, state=WAITING, why="", tries=0, due_at=now)


def dismiss(session: Session, matter_id: str, why: str) -> None:
    """Nothing follows from the matter."""
    _set(session, matter_id, state=DISMISSED, why=why, due_at=None)


def contact_of(session: Session, receipt: str) -> str:
    """How to reach the reporter; empty where none was given, or its time is over."""
    found = session.get(ReportContact, receipt)
    return found.contact if found is not None else ""


def standing_of(session: Session, receipt: str) -> Standing:
    """The report with this receipt.

    Raises:
        UnknownReceipt: there is none.
    """
    found = _standings(session, _reports().where(PublicReport.receipt == receipt))
    if not found:
        raise UnknownReceipt(f"no report {receipt[:64]!r}")
    return found[0]


def list_reports(session: Session, *, states: Collection[str] = (), limit: int) -> list[Standing]:
    """The newest reports, those of matters in one of `states` if given."""
    query = _reports().order_by(PublicReport.received_at.desc(), PublicReport.receipt).limit(limit)
    return _standings(session, query.where(ReportedMatter.state.in_(states)) if states else query)


def _reports() -> Select[PublicReport, ReportedMatter]:
    return select(PublicReport, ReportedMatter).join(
        ReportedMatter, ReportedMatter.id == PublicReport.matter_id
    )


def _standings(session: Session, query: Select[PublicReport, ReportedMatter]) -> list[Standing]:
    rows = session.execute(query).all()
    matters = {row[1].id for row in rows}
    counted = select(PublicReport.matter_id, func.count()).where(PublicReport.matter_id.in_(matters))
    times = {row[0]: row[1] for row in session.execute(counted.group_by(PublicReport.matter_id))}
    ads = {str(ad) for row in rows for ad in row[1].ads}
    read = set(session.scalars(select(Ad.id).where(Ad.id.in_(ads))))
    cases = _cases(session, ads)
    return [_standing(row, times, read, cases) for row in rows]


def _cases(session: Session, ads: Collection[str]) -> dict[str, list[str]]:
    query = select(Clue.ad_id, Case.number).join(Case, Case.id == Clue.case_id)
    found: dict[str, list[str]] = {}
    for ad, number in session.execute(query.where(Clue.ad_id.in_(ads), standing()).order_by(Case.number)):
        found.setdefault(ad, []).append(number)
    return found


def _standing(
    row: Row[PublicReport, ReportedMatter],
    times: Mapping[str, int],
    read: Collection[str],
    cases: Mapping[str, list[str]],
) -> Standing:
    report, matter = row
    ads = tuple(str(ad) for ad in matter.ads)
    return Standing(
        receipt=report.receipt,
        matter_id=matter.id,
        at=report.received_at,
        channel=report.channel,
        repeated=report.repeated,
        note=report.note,
        employer=report.employer,
        place=report.place,
        board=report.board,
        kind=matter.kind,
        url=matter.url,
        excerpt=matter.excerpt,
        state=matter.state,
        why=matter.why,
        ads=ads,
        times=times[matter.id],
        read=bool(ads) and all(ad in read for ad in ads),
        cases=tuple(dict.fromkeys(number for ad in ads for number in cases.get(ad, ()))),
    )


def reports_received(session: Session, since: datetime, until: datetime) -> int:
    """How many reports came in from `since` to before `until`."""
    between = (PublicReport.received_at >= since, PublicReport.received_at < until)
    return session.scalar(select(func.count()).select_from(PublicReport).where(*between)) or 0


def manual_open(session: Session) -> int:
    """How many matters wait for a person: what cannot be had, and what cannot be recognised."""
    wanted = or_(ReportedMatter.state == MANUAL, ReportedMatter.state == FAILED)
    return session.scalar(select(func.count()).select_from(ReportedMatter).where(wanted)) or 0
