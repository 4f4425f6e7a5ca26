"""What a message about suspected cases is made of: the cases of one delivery, gravest first, and evidence."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, bindparam, case, distinct, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from store.cases import SUSPECTED, evident
from store.deliveries import delivery_key
from store.models import Ad, AdVersion, Bureau, Case, Clue, Delivery, DeliveryItem, Employer
from store.withdrawn_ads import gone_ads

CASES: Final = 20
"""Cases set out in one message; of the others it says how many there are."""
QUOTES: Final = 3
"""Clues quoted for one case."""
URGENT_ADS: Final = 10
"""So many ads make a case urgent, whatever the severity of each."""

_RANKS: Final = {"red": 3, "orange": 2, "yellow": 1}
_SEVERITIES: Final = {rank: severity for severity, rank in _RANKS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One clue, as quoted to a bureau."""

    title: str
    clause: str
    quote: str
    cue: str
    basis: tuple[str, ...]
    ended_by: str
    """What to cite where `basis` says that the paper was cancelled."""
    measure: str
    """What a bureau may do, by the policy the clue was judged by."""
    suggestion: str
    source: str
    url: str
    acting_for: str
    """The employer for whom the poster hires by the ad's own words; empty where they name none."""
    posted: date | None
    first_seen: datetime
    gone: bool
    """Its ad is no longer at its source; what was found in it stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncedCase:
    number: str
    division: str | None
    employer: str
    """Empty where the ad names none."""
    poster: str
    qualification: str
    """Canonical name."""
    kind: str
    severity: str
    ads: int
    follows: str
    """Number of the case that had ended before this one began; empty where there is none."""
    evidence: tuple[Evidence, ...]

    @property
    def urgent(self) -> bool:
        return self.severity == "red" or self.ads >= URGENT_ADS or bool(self.follows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """One delivery to one bureau, whatever it is about."""

    delivery_id: str
    key: str
    kind: str
    """As in `store.deliveries`."""
    created_at: datetime
    bureau: str
    bureau_name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement(Header):
    """Suspected cases. `cases` holds the gravest; `total`, `urgent` and `ads` count all."""

    total: int
    urgent: int
    ads: int
    cases: tuple[AnnouncedCase, ...]


def is_urgent() -> ColumnElement[bool]:
    """Whether a case is urgent, as `AnnouncedCase.urgent` says of one that was read."""
    clue = aliased(Clue)
    mine = clue.case_id == Case.id, evident(clue)
    ads = select(func.count(distinct(clue.ad_id))).where(*mine).scalar_subquery()
    red = exists().where(*mine, clue.severity == "red")
    return or_(red, ads >= URGENT_ADS, Case.follows.is_not(None))


def header(delivery: Delivery, bureau: Bureau) -> dict[str, Any]:
    """The fields of `Header`."""
    return {
        "delivery_id": delivery.id,
        "key": delivery_key(delivery),
        "kind": delivery.kind,
        "created_at": delivery.created_at,
        "bureau": bureau.code,
        "bureau_name": bureau.name,
        "email": bureau.email,
    }


def announcement(session: Session, delivery: Delivery, bureau: Bureau, *, limit: int = CASES) -> Announcement:
    """The delivery as it stands now, without cases that were decided or withdrawn since it was planned."""
    mine = {"delivery": delivery.id}
    totals, gravest = _queries(limit)
    rows = session.execute(gravest, mine).all()
    quotes = _evidence(session, [row[0].id for row in rows])
    cases = tuple(_announced(row, quotes=quotes[row[0].id]) for row in rows)
    # Most letters set out all their cases, and need no second pass over the evidence to count them.
    counts = _counted(cases) if len(cases) < limit else session.execute(totals, mine).one()
    total, urgent, ads = counts
    return Announcement(**header(delivery, bureau), total=total, urgent=urgent, ads=ads, cases=cases)


def _counted(cases: Sequence[AnnouncedCase]) -> tuple[int, int, int]:
    """How many there are, how many are urgent, and of how many ads."""
    return len(cases), sum(each.urgent for each in cases), sum(each.ads for each in cases)


@lru_cache(maxsize=8)
def _queries(limit: int) -> tuple[Select[int, int, int], Select[*tuple[Any, ...]]]:
    """Counts, and the gravest cases, of the delivery that is given as `delivery`.

    They are built once: for a letter of one case that takes longer than to ask them.
    """
    summary = _case_summaries().subquery()
    grave = summary.c.rank == _RANKS["red"], summary.c.ads >= URGENT_ADS, summary.c.follows.is_not(None)
    urgent = case((or_(*grave), 1), else_=0)
    counts = func.count(), func.coalesce(func.sum(urgent), 0), func.coalesce(func.sum(summary.c.ads), 0)
    before = aliased(Case)
    gravest = (
        select(Case, Employer, summary.c.rank, summary.c.ads, summary.c.kind, before.number)
        .join(summary, summary.c.case_id == Case.id)
        .outerjoin(Employer, Employer.id == Case.employer_id)
        .outerjoin(before, before.id == Case.follows)
        .order_by(urgent.desc(), summary.c.rank.desc(), summary.c.ads.desc(), Case.number)
        .limit(limit)
    )
    return select(*counts).select_from(summary), gravest


def _announced(row: Row[*tuple[Any, ...]], *, quotes: list[Evidence]) -> AnnouncedCase:
    found, employer, rank, ads, kind, follows = row
    return AnnouncedCase(
        number=found.number,
        division=found.division,
        employer=employer.name if employer else "",
        poster=employer.poster if employer else "unknown",
        qualification=found.name,
        kind=kind,
        severity=_SEVERITIES.get(rank, "grey"),
        ads=ads,
        follows=follows or "",
        evidence=tuple(quotes),
    )


def _rank() -> ColumnElement[int]:
    return case(_RANKS, value=Clue.severity, else_=0)


def _case_summaries() -> Select[str, int, int, str, str | None]:
    return (
        select(
            Clue.case_id,
            func.max(_rank()).label("rank"),
            func.count(distinct(Clue.ad_id)).label("ads"),
            func.min(Clue.kind).label("kind"),
            func.max(Case.follows).label("follows"),
        )
        .join(Case, Case.id == Clue.case_id)
        .join(DeliveryItem, DeliveryItem.case_id == Case.id)
        .where(DeliveryItem.delivery_id == bindparam("delivery"), evident())
        .group_by(Clue.case_id)
        # As a condition of WHERE, SQLite would begin with all suspected cases, not those of the delivery.
        .having(func.max(Case.status) == SUSPECTED)
    )


def _evidence(session: Session, case_ids: Iterable[str]) -> dict[str, list[Evidence]]:
    rows = session.execute(_quotes(), {"cases": list(case_ids)}).all()
    gone = gone_ads(session, {ad.id: (ad.source, ad.source_ad_id, ad.url) for _, ad, *_ in rows})
    found: dict[str, list[Evidence]] = defaultdict(list)
    for clue, ad, title, acting_for in rows:
        quoted = _quoted(clue, ad, title=title, acting_for=acting_for, gone=ad.id in gone)
        found[clue.case_id].append(quoted)
    return found


@lru_cache(maxsize=1)
def _quotes() -> Select[Clue, Ad, str, str]:
    """The gravest clues of each of the `cases` that are given."""
    place = func.row_number().over(
        partition_by=Clue.case_id, order_by=(_rank().desc(), Clue.first_seen, Clue.id)
    )
    mine = Clue.case_id.in_(bindparam("cases", expanding=True))
    ranked = select(Clue.id, place.label("place")).where(mine, evident()).subquery()
    return (
        select(Clue, Ad, AdVersion.title, AdVersion.acting_for)
        .join(ranked, ranked.c.id == Clue.id)
        .join(Ad, Ad.id == Clue.ad_id)
        .join(AdVersion, AdVersion.id == Clue.version_id)
        .where(ranked.c.place <= QUOTES)
        .order_by(Clue.case_id, ranked.c.place)
    )


def _quoted(clue: Clue, ad: Ad, *, title: str, acting_for: str, gone: bool) -> Evidence:
    return Evidence(
        title=title,
        clause=clue.clause,
        quote=clue.quote,
        cue=clue.cue,
        basis=tuple(str(part) for part in clue.basis),
        ended_by=clue.ended_by,
        measure=clue.measure,
        suggestion=clue.suggestion,
        source=clue.source,
        url=ad.url,
        acting_for=acting_for,
        posted=ad.posted,
        first_seen=clue.first_seen,
        gone=gone,
    )
