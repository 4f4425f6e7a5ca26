"""Platform notices (平台函): drafting, issuing and finding them (docs/notices.md).

A bureau gathers the ads of one board on which people have decided into one numbered notice. Who drafts it
does not issue it. An ad stands in one notice at a time; a later one takes it up by citing the one before.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypedDict

from sqlalchemy import ColumnElement, Select, delete, exists, func, select, true, update
from sqlalchemy.orm import Session

from config.divisions import NATION
from config.platforms import MEASURES, platforms
from config.settings import CHINA
from config.workdays import Deadline, workdays
from events.ids import stable_id
from store.audit import seal_one
from store.cases import MACHINE, evident
from store.database import one_at_a_time
from store.dead_letters import Decision
from store.deliveries import PLATFORM_NOTICE, new_delivery
from store.issued import keep_files
from store.jurisdiction import bureaus_within, within
from store.models import Ad, AdVersion, Case, Clue, Delivery, Employer
from store.notice_models import NoticeAd, NoticeClue, NoticeFile, NoticeItem, PlatformNotice
from store.notice_replies import case_event, counts, to_ask_again
from store.objections import is_contested
from store.upsert import insert_new
from store.withdrawn_ads import gone_ads

DRAFT: Final = "draft"
ISSUED: Final = "issued"
DROPPED: Final = "dropped"
NOTICED: Final = "platform_noticed"
"""What the history of a case calls it."""
_GRAVEST_FIRST: Final = ("red", "orange", "yellow", "grey", "")
_WORK: Final = "platform notices"


class NoticeError(ValueError):
    """A notice cannot be drafted, issued or dropped; the message says why, and nothing was changed."""


class Quote(TypedDict):
    """One demand of an ad."""

    case: str
    """Number."""
    clause: str
    quote: str
    name: str
    """Canonical name of the qualification."""
    kind: str
    basis: list[str]
    """Ids of legal texts."""
    ended_by: str


class Told(TypedDict):
    """An ad as a notice tells it."""

    source_ad_id: str
    url: str
    title: str
    employer: str
    """Empty where the ad names none."""
    posted: str
    """ISO date, or empty."""
    quotes: list[Quote]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which notice is to be drafted."""

    bureau: str
    source: str
    measure: str = ""
    """What is asked for of each ad; empty: by the severity of its clues."""
    cites: str = ""
    """Number of the notice before; then its ads are taken up that are to be asked for again."""


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A notice with what its answer has come to."""

    notice: PlatformNotice
    ads: int
    answered: int

    def is_late(self, today: date) -> bool:
        """Is it past its day, and not everything is answered?"""
        due = self.notice.due
        return self.notice.state == ISSUED and due is not None and due < today and self.answered < self.ads


@dataclass(frozen=True, slots=True)
class _Found:
    """An ad with its clues, oldest first."""

    ad: Ad
    title: str
    employer: str
    clues: list[tuple[Clue, str]]
    """Each with the number of its case."""


def draft(session: Session, wanted: Wanted, decision: Decision) -> PlatformNotice:
    """Draft a notice on what people have decided about the ads of one board.

    Raises:
        NoticeError: there is nothing to ask for, or what is wanted does not fit.
    """
    one_at_a_time(session.connection(), _WORK)
    _refuse_unfit(session, wanted, decision)
    found = _gathered(session, wanted, decision.at.astimezone(CHINA).date())
    if not found:
        told = "none is decided, still there and in no notice"
        raise NoticeError(f"ads: no ad to ask for on {wanted.source}: {told}")
    notice = _numbered(session, wanted, decision)
    for place, each in enumerate(found, start=1):
        measure = wanted.measure or _measure(each)
        session.add(
            NoticeItem(notice=notice.number, place=place, ad_id=each.ad.id, measure=measure, told=_told(each))
        )
    session.flush()
    session.add_all(
        NoticeClue(notice=notice.number, clue_id=clue.id, place=place)
        for place, each in enumerate(found, start=1)
        for clue, _ in each.clues
    )
    _take(session, notice, [each.ad.id for each in found])
    return notice


def due_of(now: datetime) -> Deadline:
    """The last day for the answer to a notice that is issued at `now`."""
    return workdays().after(now.astimezone(CHINA).date(), platforms().days)


def issue(session: Session, notice: PlatformNotice, decision: Decision, files: Mapping[str, bytes]) -> None:
    """Issue a draft with its files; each of its cases tells it, as a link of the chain.

    Raises:
        NoticeError: it is no draft, the person drafted it, or a case does not stand as it did.
    """
    one_at_a_time(session.connection(), _WORK)
    session.refresh(notice)
    refuse_issue(session, notice, decision)
    keep_files(session, NoticeFile, notice.number, files.items())
    _decide(notice, ISSUED, decision)
    notice.due = due_of(decision.at).day
    session.flush()
    insert_new(session, Delivery, [_delivery(notice, decision)])
    for case_id, ads in _cases(session, notice.number).items():
        given = {"notice": notice.number, "ads": ads}
        seal_one(session, case_event(case_id, NOTICED, notice.number, decision, given))


def refuse_issue(session: Session, notice: PlatformNotice, decision: Decision) -> None:
    """Raise `NoticeError` where the draft may not be issued by this person, or not as it stands."""
    _refuse_undecidable(notice, decision)
    if decision.actor == notice.drafted_by:
        raise NoticeError(f"by: {decision.actor} drafted {notice.number}; issuing it is for somebody else")
    mine = NoticeClue.notice == notice.number
    stand = exists().where(
        Clue.id == NoticeClue.clue_id, Case.id == Clue.case_id, *decided(), within(notice.bureau)
    )
    fallen = session.scalars(
        select(NoticeClue.place).where(mine, ~stand).distinct().order_by(NoticeClue.place)
    )
    if places := fallen.all():
        told = ", ".join(map(str, places))
        raise NoticeError(
            f"items {told}: their cases do not stand as they did; drop the draft and draft again"
        )


def drop(session: Session, notice: PlatformNotice, decision: Decision) -> None:
    """Give a draft up; its ads are free again, its number is not.

    Raises:
        NoticeError: it is no draft, or nobody is named.
    """
    one_at_a_time(session.connection(), _WORK)
    session.refresh(notice)
    _refuse_undecidable(notice, decision)
    mine = NoticeAd.notice == notice.number
    if notice.cites:
        session.execute(update(NoticeAd).where(mine).values(notice=notice.cites))
    else:
        session.execute(delete(NoticeAd).where(mine))
    _decide(notice, DROPPED, decision)


def notice_line(session: Session, number: str, area: str = NATION) -> NoticeLine | None:
    """The notice with this number; None where there is none of a bureau within `area`."""
    return next(iter(_lines(session, _notices(area).where(PlatformNotice.number == number))), None)


def notices(
    session: Session, area: str, *, state: str = "", source: str = "", limit: int | None = None
) -> list[NoticeLine]:
    """Those of the bureaus within `area`, the newest first."""
    query = _notices(area).order_by(PlatformNotice.drafted_at.desc(), PlatformNotice.number.desc())
    if state:
        query = query.where(PlatformNotice.state == state)
    if source:
        query = query.where(PlatformNotice.source == source)
    return _lines(session, query.limit(limit))


def overdue(session: Session, area: str, today: date) -> list[NoticeLine]:
    """Those within `area` that are past their day and not answered in full, the oldest first."""
    late = _notices(area).where(PlatformNotice.state == ISSUED, PlatformNotice.due < today)
    lines = _lines(session, late.order_by(PlatformNotice.due, PlatformNotice.number))
    return [line for line in lines if line.is_late(today)]


def notices_of_case(session: Session, number: str, area: str) -> list[tuple[str, bool]]:
    """Issued notices with ads of this case, the newest first, each with whether it may be seen in `area`."""
    query = (
        select(PlatformNotice.number, PlatformNotice.bureau)
        .distinct()
        .join(NoticeClue, NoticeClue.notice == PlatformNotice.number)
        .join(Clue, Clue.id == NoticeClue.clue_id)
        .join(Case, Case.id == Clue.case_id)
        .where(Case.number == number, PlatformNotice.state == ISSUED)
        .order_by(PlatformNotice.number.desc())
    )
    seen = bureaus_within(area)
    return [(notice, bureau in seen) for notice, bureau in session.execute(query)]


def decided() -> tuple[ColumnElement[bool], ...]:
    """Whether people have decided so about a clue and its case that a platform may be asked."""
    confirmed = Clue.human_verdict == "confirmed", evident(), Case.status.in_(platforms().statuses)
    return (*confirmed, ~is_contested(Case.id))


def _refuse_unfit(session: Session, wanted: Wanted, decision: Decision) -> None:
    refuse_unnamed(decision)
    if wanted.source not in platforms().boards:
        raise NoticeError(
            f"board: {wanted.source} is not among the boards of config/platforms.yaml; name it there"
        )
    if wanted.measure and wanted.measure not in MEASURES:
        raise NoticeError(f"measure: {wanted.measure} is none; there are {', '.join(MEASURES)}")
    if not wanted.cites:
        return
    before = session.get(PlatformNotice, wanted.cites)
    if before is None or before.state != ISSUED:
        raise NoticeError(f"cites: {wanted.cites} was not issued")
    if (before.bureau, before.source) != (wanted.bureau, wanted.source):
        raise NoticeError(f"cites: {wanted.cites} is of bureau {before.bureau} on {before.source}")


def _refuse_undecidable(notice: PlatformNotice, decision: Decision) -> None:
    refuse_unnamed(decision)
    if notice.state != DRAFT:
        raise NoticeError(f"{notice.number} is {notice.state}, no draft")


def refuse_unnamed(decision: Decision) -> None:
    """Raise `NoticeError` where no person or no reason is given."""
    if not decision.actor.strip() or decision.actor == MACHINE:
        raise NoticeError("by: a person has to be named")
    if not decision.why.strip():
        raise NoticeError("why: a reason has to be given")


def _gathered(session: Session, wanted: Wanted, today: date) -> list[_Found]:
    """The ads for a notice, those seen first before others, and at most so many as one may have."""
    query = (
        select(Clue, Case.number, Ad, AdVersion.title, Employer.name)
        .join(Case, Case.id == Clue.case_id)
        .join(Ad, Ad.id == Clue.ad_id)
        .join(AdVersion, AdVersion.id == Clue.version_id)
        .outerjoin(Employer, Employer.id == Ad.employer_id)
        .where(Ad.source == wanted.source, within(wanted.bureau), *decided())
        .order_by(Clue.first_seen, Clue.id)
    )
    if wanted.cites:
        again = to_ask_again(session, session.get_one(PlatformNotice, wanted.cites), today)
        query = query.where(Ad.id.in_(again))
    else:
        query = query.where(~exists().where(NoticeAd.ad_id == Ad.id))
    found: dict[str, _Found] = {}
    for clue, number, ad, title, employer in session.execute(query):
        found.setdefault(ad.id, _Found(ad, title, employer or "", [])).clues.append((clue, number))
    gone = gone_ads(
        session, {ad: (each.ad.source, each.ad.source_ad_id, each.ad.url) for ad, each in found.items()}
    )
    return [each for ad, each in found.items() if ad not in gone][: platforms().most]


def _numbered(session: Session, wanted: Wanted, decision: Decision) -> PlatformNotice:
    """A new draft. Nothing is ever deleted, so the highest number of a year is the last that was given."""
    year = decision.at.astimezone(CHINA).year
    series = PlatformNotice.bureau == wanted.bureau, PlatformNotice.year == year
    sequence = 1 + (session.scalar(select(func.max(PlatformNotice.sequence)).where(*series)) or 0)
    notice = PlatformNotice(
        number=f"{wanted.bureau}-P-{year}-{sequence}",
        bureau=wanted.bureau,
        year=year,
        sequence=sequence,
        source=wanted.source,
        state=DRAFT,
        cites=wanted.cites,
        reason=decision.why,
        drafted_at=decision.at,
        drafted_by=decision.actor,
    )
    session.add(notice)
    session.flush()
    return notice


def _take(session: Session, notice: PlatformNotice, ads: Collection[str]) -> None:
    """Have the ads stand in this notice, and no longer in the one it cites."""
    if notice.cites:
        session.execute(delete(NoticeAd).where(NoticeAd.notice == notice.cites, NoticeAd.ad_id.in_(ads)))
    session.add_all(NoticeAd(ad_id=ad, notice=notice.number) for ad in ads)
    session.flush()


def _measure(found: _Found) -> str:
    severities = {clue.severity for clue, _ in found.clues}
    return platforms().measure_for(next((each for each in _GRAVEST_FIRST if each in severities), ""))


def _told(found: _Found) -> Told:
    return {
        "source_ad_id": found.ad.source_ad_id,
        "url": found.ad.url,
        "title": found.title,
        "employer": found.employer,
        "posted": found.ad.posted.isoformat() if found.ad.posted else "",
        "quotes": [
            {
                "case": number,
                "clause": clue.clause,
                "quote": clue.quote,
                "name": clue.name,
                "kind": clue.kind,
                "basis": list(clue.basis),
                "ended_by": clue.ended_by,
            }
            for clue, number in found.clues
        ],
    }


def _decide(notice: PlatformNotice, state: str, decision: Decision) -> None:
    notice.state = state
    notice.decided_at, notice.decided_by, notice.decided_why = decision.at, decision.actor, decision.why


def _delivery(notice: PlatformNotice, decision: Decision) -> dict[str, Any]:
    """The row of the ledger by which the notice leaves."""
    period = decision.at.astimezone(CHINA).date().isoformat()
    return {
        "id": stable_id("delivery", notice.bureau, PLATFORM_NOTICE, notice.number),
        **new_delivery(notice.bureau, PLATFORM_NOTICE, period, notice.number, decision.at),
    }


def _cases(session: Session, number: str) -> dict[str, int]:
    """How many ads of a notice are of each case, by its id."""
    query = (
        select(Clue.case_id, func.count(NoticeClue.place.distinct()))
        .join(NoticeClue, NoticeClue.clue_id == Clue.id)
        .where(NoticeClue.notice == number)
        .group_by(Clue.case_id)
        .order_by(Clue.case_id)
    )
    return dict(session.execute(query).all())


def _notices(area: str) -> Select[PlatformNotice]:
    inside = true() if area == NATION else PlatformNotice.bureau.in_(bureaus_within(area))
    return select(PlatformNotice).where(inside)


def _lines(session: Session, query: Select[PlatformNotice]) -> list[NoticeLine]:
    found = session.scalars(query).all()
    ads, answered = counts(session, [each.number for each in found])
    return [NoticeLine(each, ads.get(each.number, 0), answered.get(each.number, 0)) for each in found]
