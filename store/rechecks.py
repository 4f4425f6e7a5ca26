"""Looking again (回头看) at the ads of a case whose correction was reported (docs/rechecks.md).

| outcome | meaning | goes on |
| --- | --- | --- |
| removed | its page was missing at several looks, each on another day | passed |
| lawful | it no longer makes the demand | passed |
| still | it makes the demand | a person decides |
| reposted | it is gone or lawful, and the posting was published again with the demand | a person decides |
| missed | its page was missing, not often enough | is looked at again |
| unreachable | its page could not be had | again; in the end a person looks |
| forbidden | its page may not be asked for | the same |
| manual | there is no page, or no ad can be recognised in it | a person looks |
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal, NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from config.casework import Looks, casework
from config.settings import CHINA
from events.ids import stable_id
from store.audit import seal_one
from store.cases import MACHINE, evident, standing
from store.likeness import plain
from store.likeness_models import KnownFingerprint
from store.models import Ad, AdVersion, Case, CaseEvent, Clue, Sighting, StoredReading
from store.recheck_models import Recheck
from store.upsert import among, insert_new
from store.withdrawn_ads import gone_ads

Answer: TypeAlias = Literal["missed", "lawful", "still", "unreachable", "forbidden", "manual"]

RECHECK: Final = "recheck"
"""What runs that look again are noted under, and by what a person stops them."""

CORRECTED: Final = "corrected"
"""已整改待回头看: the status of the cases whose ads are looked at."""

RELAPSED: Final = "relapsed"
"""复发另案督办: the status of a case that another follows because of what was found in it."""

REMOVED: Final = "removed"
REPOSTED: Final = "reposted"
UNREACHABLE: Final = "unreachable"
PASSED: Final = (REMOVED, "lawful")
FAILED: Final = ("still", REPOSTED)
_TRIED_AGAIN: Final = ("missed", UNREACHABLE, "forbidden")


class Look(NamedTuple):
    """What one look at an ad came to."""

    answer: Answer
    why: str
    """For the history of the case, in Chinese."""
    capture: str = ""
    """Id of what was received."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An ad that is to be looked at, and what of it matters."""

    ad_id: str
    url: str
    gone: bool
    """Its board, or its publisher, says that it is no more."""
    employer_id: str | None
    demands: Mapping[str, str]
    """Qualification → the words of its clue, of each case that has the ad looked at."""


def plan(session: Session, case: Case, at: datetime) -> None:
    """Have the confirmed ads of a case looked at, whose correction is reported `at` this moment."""
    mine = Clue.case_id == case.id, standing(), Clue.human_verdict == "confirmed"
    ads = session.execute(select(Ad.id, Ad.url).where(exists().where(Clue.ad_id == Ad.id, *mine))).all()
    first = at.astimezone(CHINA).date()
    rows = [
        {
            "case_id": case.id,
            "days": days,
            "ad_id": ad_id,
            "url": url,
            "since": at,
            "due_on": first + timedelta(days=days),
            "next_on": first + timedelta(days=days),
            "outcome": "",
            "found_ad": None,
            "misses": 0,
            "tries": 0,
            "looked_at": None,
        }
        for days in casework().rechecks.days
        for ad_id, url in ads
    ]
    insert_new(session, Recheck, rows)


def looks(session: Session, case_id: str) -> Looks:
    """What looking again at the ads of a case has come to."""
    mine = select(func.count()).select_from(Recheck).where(Recheck.case_id == case_id)
    return Looks(
        open=session.scalar(mine.where(_open())) or 0,
        for_people=session.scalar(mine.where(for_people())) or 0,
        failed=session.scalar(mine.where(Recheck.outcome.in_(FAILED))) or 0,
    )


def _open() -> ColumnElement[bool]:
    return Recheck.outcome.not_in(PASSED)


def found_again() -> ColumnElement[bool]:
    """Whether a look at the ads of a case, which is still a corrected one, has found something."""
    failed = exists().where(Recheck.case_id == Case.id, Recheck.outcome.in_(FAILED))
    return and_(Case.status == CORRECTED, failed)


def for_people() -> ColumnElement[bool]:
    """Whether the machine has done with a look that has not passed."""
    return and_(_open(), Recheck.next_on.is_(None))


def due(session: Session, now: datetime, *, most: int) -> list[Asked]:
    """Up to `most` ads that are to be looked at by `now`, the longest due first."""
    today = now.astimezone(CHINA).date()
    waiting = select(Recheck.ad_id).where(*_planned(today), Recheck.next_on <= today)
    ordered = waiting.group_by(Recheck.ad_id).order_by(func.min(Recheck.due_on), Recheck.ad_id).limit(most)
    return _asked(session, session.scalars(ordered).all())


def _planned(today: date) -> tuple[ColumnElement[bool], ...]:
    """Whether a look has become due that its case waits for, and the machine has not done with it."""
    case = aliased(Case)  # the query around it may have cases of its own
    waits = exists().where(case.id == Recheck.case_id, case.status == CORRECTED)
    return waits, Recheck.due_on <= today, Recheck.next_on.is_not(None)


def _asked(session: Session, ad_ids: Sequence[str]) -> list[Asked]:
    found = session.scalars(select(Ad).where(among(session, Ad.id.expression, ad_ids)))
    ads = sorted(found, key=lambda ad: ad_ids.index(ad.id))
    gone = gone_ads(session, {ad.id: (ad.source, ad.source_ad_id, ad.url) for ad in ads})
    looked_at = exists().where(Recheck.ad_id == Clue.ad_id, Recheck.case_id == Clue.case_id)
    mine = select(Clue).where(among(session, Clue.ad_id.expression, ad_ids), standing(), looked_at)
    demands: dict[str, dict[str, str]] = defaultdict(dict)
    for clue in session.scalars(mine):
        demands[clue.ad_id][clue.qualification] = clue.clause
    return [Asked(ad.id, ad.url, ad.id in gone, ad.employer_id, demands[ad.id]) for ad in ads]


def take(session: Session, ad_ids: Collection[str], now: datetime) -> set[str]:
    """Begin to look at those of the ads that are due, and will not be any more today; which they are."""
    today = now.astimezone(CHINA).date()
    mine = among(session, Recheck.ad_id.expression, ad_ids), *_planned(today), Recheck.next_on <= today
    taken = session.scalars(select(Recheck).where(*mine).with_for_update()).all()
    for row in taken:
        row.tries += 1
        row.next_on = today + timedelta(days=1)
    return {row.ad_id for row in taken}


def met_by_crawls(session: Session, asked: Collection[Asked], now: datetime) -> dict[str, dict[str, Look]]:
    """What crawls, or those who hand ads in, have told since the ads were due: ad → qualification → look.

    Only of ads whose newest wording was read: an older one may say what is no longer so.
    """
    ads = {each.ad_id: each for each in asked if not each.gone}
    last_due = (
        select(Recheck.ad_id, func.max(Recheck.due_on).label("day"))
        .where(among(session, Recheck.ad_id.expression, ads), *_planned(now.astimezone(CHINA).date()))
        .group_by(Recheck.ad_id)
        .subquery()
    )
    query = (
        select(last_due.c.ad_id, last_due.c.day, Sighting.last_seen, StoredReading.mentions, AdVersion)
        .join(Ad, Ad.id == last_due.c.ad_id)
        .join(AdVersion, AdVersion.id == Ad.version_id)
        .join(StoredReading, StoredReading.id == Ad.reading_id)
        .join(Sighting, and_(Sighting.ad_id == Ad.id, Sighting.content_hash == AdVersion.content_hash))
    )
    return {
        ad_id: {
            name: _met(last_seen, demanded=name in _demanded(mentions), said=_says(version, clause))
            for name, clause in ads[ad_id].demands.items()
        }
        for ad_id, day, last_seen, mentions, version in session.execute(query)
        if last_seen.date() >= day
    }


def _demanded(mentions: Sequence[Mapping[str, str]]) -> set[str]:
    return {each["qualification"] or each["name"] for each in mentions if each["verdict"] == "violation"}


def _says(version: AdVersion, clause: str) -> bool:
    return plain(clause) in plain(version.title + version.text)


def _met(last_seen: datetime, *, demanded: bool, said: bool) -> Look:
    seen = f"采集时（{last_seen:%Y-%m-%d %H:%M}）"
    if demanded:
        return Look("still", f"{seen}仍有该要求")
    if said:
        return Look("manual", f"{seen}仍有原句，现行规则不再认定")
    return Look("lawful", f"{seen}已不再有该要求")


def note(session: Session, ad_id: str, found: Mapping[str, Look], at: datetime) -> None:
    """Keep what looking at an ad, which was taken, came to, by qualification: each a link of the chain."""
    today = at.astimezone(CHINA).date()
    mine = Recheck.ad_id == ad_id, Recheck.tries > 0, *_planned(today)
    query = select(Recheck, Case).join(Case, Case.id == Recheck.case_id).where(*mine)
    for row, case in session.execute(query.order_by(Recheck.case_id, Recheck.days).with_for_update()):
        _conclude(session, row, case, found[case.qualification], at)


def give_up(session: Session, ad_ids: Collection[str], at: datetime) -> set[str]:
    """Leave to people those of the ads that were tried often enough; which these are."""
    today, most = at.astimezone(CHINA).date(), casework().rechecks.tries
    # One that was missing is asked for once more: a second miss tells more than that nobody could look.
    tried = Recheck.tries >= most, Recheck.outcome != "missed"
    mine = among(session, Recheck.ad_id.expression, ad_ids), *tried, *_planned(today)
    query = select(Recheck, Case).join(Case, Case.id == Recheck.case_id).where(*mine)
    rows = session.execute(query.order_by(Recheck.case_id, Recheck.days).with_for_update()).all()
    for row, case in rows:
        _conclude(session, row, case, Look(UNREACHABLE, "多次未能访问"), at)
    return {row.ad_id for row, _ in rows}


def _conclude(session: Session, row: Recheck, case: Case, look: Look, at: datetime) -> None:
    """Bring one row up to date with a look at its ad, and write it into the history of the case."""
    rule = casework().rechecks
    again = row.looked_at is not None and row.looked_at.date() == at.astimezone(CHINA).date()
    row.misses = row.misses + (not again) if look.answer == "missed" else row.misses
    row.outcome, row.looked_at = look.answer, at
    if row.misses >= rule.misses and look.answer == "missed":
        row.outcome = REMOVED
    if row.outcome in PASSED and (found := _published_again(session, row, case)):
        row.outcome, row.found_ad = REPOSTED, found
    if row.outcome not in _TRIED_AGAIN or (row.tries >= rule.tries and look.answer != "missed"):
        row.next_on = None
    seal_one(session, _event(row, look, at))


def _published_again(session: Session, row: Recheck, case: Case) -> str | None:
    """An ad of the same posting, with the same demand, that was first seen after the correction."""
    marks = select(KnownFingerprint.cluster_id).join(
        AdVersion, AdVersion.fingerprint_id == KnownFingerprint.id
    )
    demand = exists().where(Clue.ad_id == Ad.id, Clue.case_id == case.id, evident())
    query = (
        select(Ad.id)
        .join(AdVersion, and_(AdVersion.ad_id == Ad.id, AdVersion.id == Ad.version_id))
        .join(KnownFingerprint, KnownFingerprint.id == AdVersion.fingerprint_id)
        .where(KnownFingerprint.cluster_id.in_(marks.where(AdVersion.ad_id == row.ad_id)))
        .where(Ad.id != row.ad_id, Ad.first_seen > row.since, demand)
        .order_by(Ad.first_seen, Ad.id)
    )
    return session.scalar(query.limit(1))


CONCLUDED: Final = {
    "": "待回头看",
    REMOVED: "多日均未见，视为已删除",
    "lawful": "已改为合法表述",
    "still": "仍然存在",
    REPOSTED: "同一招聘已换帖重新发布",
    "missed": "未见，另日再次核对",
    UNREACHABLE: "无法访问",
    "forbidden": "网站不允许访问",
    "manual": "须人工查看",
}
"""What the outcomes are called."""


def _event(row: Recheck, look: Look, at: datetime) -> CaseEvent:
    more = "，另日再试" if row.outcome in {UNREACHABLE, "forbidden"} and row.next_on else ""
    given = {"round": row.days, "ad": row.ad_id} | ({"capture": look.capture} if look.capture else {})
    if row.found_ad:
        given |= {"found_ad": row.found_ad}
    return CaseEvent(
        id=stable_id("case-event", row.case_id, "rechecked", str(row.days), row.ad_id, at.isoformat()),
        case_id=row.case_id,
        at=at,
        actor=MACHINE,
        action="rechecked",
        clue_id=None,
        reason=f"整改后第{row.days}日：{CONCLUDED[row.outcome]}{more}（{look.why}）",
        to_status="",
        given=given,
    )


def judge(session: Session, case_id: str, outcome: str, at: datetime) -> None:
    """Note what a person saw of the ads that wait for one, on the earliest of the days."""
    waiting = select(Recheck).where(Recheck.case_id == case_id, for_people())
    rows = session.scalars(waiting.order_by(Recheck.days)).all()
    for row in rows:
        if row.days == rows[0].days:
            row.outcome, row.looked_at = outcome, at
