"""Reading public reports: where each stands, what became of its ads, and who else published them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session, aliased

from store.cases import standing
from store.likeness_models import KnownFingerprint
from store.models import Ad, AdVersion, Case, Clue
from store.public_report_models import PublicReport, ReportedMatter
from store.public_reports import UnknownReceipt


@dataclass(frozen=True, slots=True)
class Earlier:
    """A publication of a posting that we had before somebody reported it."""

    ad_id: str
    source: str
    url: str


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
    cases: tuple[str, ...] = ()
    """Numbers of the cases that its ads gave clues for."""
    earlier: tuple[Earlier, ...] = ()
    """Ads of the same posting that we had before (docs/deduplication.md)."""


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
    known = _Known(read, _cases(session, ads), _earlier(session, read))
    return [_standing(row, times, known) for row in rows]


@dataclass(frozen=True, slots=True)
class _Known:
    """What the store knows of ads, by their ids."""

    read: Collection[str]
    cases: Mapping[str, Sequence[str]]
    earlier: Mapping[str, Sequence[Earlier]]


def _cases(session: Session, ads: Collection[str]) -> dict[str, list[str]]:
    query = select(Clue.ad_id, Case.number).join(Case, Case.id == Clue.case_id)
    found: dict[str, list[str]] = {}
    for ad, number in session.execute(query.where(Clue.ad_id.in_(ads), standing()).order_by(Case.number)):
        found.setdefault(ad, []).append(number)
    return found


def _earlier(session: Session, ads: Collection[str]) -> dict[str, list[Earlier]]:
    """The publications of the postings of these ads that were seen before them."""
    own, other = aliased(Ad), aliased(Ad)
    version, others = aliased(AdVersion), aliased(AdVersion)
    mark, alike = aliased(KnownFingerprint), aliased(KnownFingerprint)
    query = (
        select(own.id, other.id, other.source, other.url)
        .select_from(own)
        .join(version, version.id == own.version_id)
        .join(mark, mark.id == version.fingerprint_id)
        .join(alike, alike.cluster_id == mark.cluster_id)
        .join(others, others.fingerprint_id == alike.id)
        .join(other, other.version_id == others.id)
        .where(own.id.in_(ads), other.id != own.id, other.first_seen < own.first_seen)
        .order_by(other.first_seen, other.id)
    )
    found: dict[str, list[Earlier]] = {}
    for ad, *publication in session.execute(query):
        found.setdefault(ad, []).append(Earlier(*publication))
    return found


def _standing(row: Row[PublicReport, ReportedMatter], times: Mapping[str, int], known: _Known) -> Standing:
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
        read=bool(ads) and all(ad in known.read for ad in ads),
        cases=tuple(dict.fromkeys(number for ad in ads for number in known.cases.get(ad, ()))),
        earlier=tuple(each for ad in ads for each in known.earlier.get(ad, ())),
    )
