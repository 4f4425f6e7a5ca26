"""What operators answer to platform notices, beside what we see ourselves.

An answer is a claim. Whether an ad is gone is told by the ledger of its board and by looking again; both
stand side by side, and neither changes the other.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.platforms import platforms
from config.settings import CHINA
from events.ids import stable_id
from store.audit import seal_one
from store.database import one_at_a_time
from store.dead_letters import Decision
from store.models import Ad, CaseEvent, Clue, Sighting
from store.notice_models import NoticeAd, NoticeClue, NoticeItem, NoticeReply, PlatformNotice
from store.recheck_models import Recheck
from store.withdrawn_ads import gone_ads

REPLIED: Final = "platform_replied"
"""What the history of a case calls an answer."""
_LONGEST_NAME: Final = 100
_LONGEST_WHY: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an operator says of one ad."""

    place: int
    """Of the item in the notice."""
    outcome: str
    done_on: date
    said_by: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What we saw of an ad ourselves."""

    last_seen: datetime | None
    """When a crawl or a publisher last showed it."""
    gone: bool
    """Its board lists it no more."""
    looked: str
    """What looking again last came to (`store.rechecks`); empty where nobody looked."""


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An ad of a notice: what was asked, what was answered, what we see."""

    item: NoticeItem
    reply: NoticeReply | None
    """The newest."""
    seen: Seen

    @property
    def speaks_against(self) -> bool:
        """Was the ad met after the day on which it is said to be gone?"""
        if self.reply is None or self.seen.last_seen is None:
            return False
        outcome = platforms().outcomes.get(self.reply.outcome)
        met_on = self.seen.last_seen.astimezone(CHINA).date()
        return outcome is not None and outcome.away and met_on > self.reply.done_on


def faults(reply: Reply, notice: PlatformNotice, ads: int, today: date) -> Iterator[str]:
    """What is wrong with an answer, each as `field: sentence`."""
    outcome = platforms().outcomes.get(reply.outcome)
    if not 1 <= reply.place <= ads:
        yield f"place: {notice.number} has the items 1 to {ads}"
    if outcome is None:
        yield f"outcome: there are {', '.join(platforms().outcomes)}"
    elif outcome.why and not reply.why.strip():
        yield f"why: {reply.outcome} needs a reason"
    issued = notice.decided_at.astimezone(CHINA).date() if notice.decided_at else today
    if not issued <= reply.done_on <= today:
        yield f"done_on: {reply.done_on} is not from {issued} to {today}"
    if not reply.said_by.strip():
        yield "said_by: who says so has to be named"
    for field, written, most in (("said_by", reply.said_by, _LONGEST_NAME), ("why", reply.why, _LONGEST_WHY)):
        if len(written) > most or "\0" in written:
            yield f"{field}: at most {most} characters, and no NUL"


def take_replies(
    session: Session, notice: PlatformNotice, replies: Sequence[Reply], decision: Decision, *, file: str = ""
) -> int:
    """Keep answers that have no faults; how many say something new. Each case they are about tells it."""
    one_at_a_time(session.connection(), "platform notices")
    known = latest(session, notice.number)
    new = [each for each in replies if not _says(known.get(each.place), each)]
    session.add_all(_row(notice.number, each, decision, file) for each in new)
    session.flush()
    _tell_cases(session, notice.number, new, decision)
    return len(new)


def latest(session: Session, number: str) -> dict[int, NoticeReply]:
    """The newest answer to each item of a notice that has one, by place."""
    query = select(NoticeReply).where(NoticeReply.notice == number).order_by(NoticeReply.number)
    return {each.place: each for each in session.scalars(query)}


def counts(session: Session, numbers: Collection[str]) -> tuple[dict[str, int], dict[str, int]]:
    """How many ads each of the notices has, and how many of them were answered."""
    ads = select(NoticeItem.notice, func.count()).where(NoticeItem.notice.in_(numbers))
    replies = select(NoticeReply.notice, func.count(NoticeReply.place.distinct()))
    answered = replies.where(NoticeReply.notice.in_(numbers)).group_by(NoticeReply.notice)
    return (
        dict(session.execute(ads.group_by(NoticeItem.notice)).all()),
        dict(session.execute(answered).all()),
    )


def items(session: Session, number: str) -> Sequence[NoticeItem]:
    """The ads of a notice, by place."""
    query = select(NoticeItem).where(NoticeItem.notice == number).order_by(NoticeItem.place)
    return session.scalars(query).all()


def item_lines(session: Session, number: str) -> list[ItemLine]:
    """The ads of a notice, by place."""
    found = items(session, number)
    seen, replies = _seen(session, [each.ad_id for each in found]), latest(session, number)
    return [ItemLine(each, replies.get(each.place), seen[each.ad_id]) for each in found]


def to_ask_again(session: Session, notice: PlatformNotice, today: date) -> list[str]:
    """Ads that stand in this notice and may be asked for again: past the day without answer, or met since."""
    here = set(session.scalars(select(NoticeAd.ad_id).where(NoticeAd.notice == notice.number)))
    late = notice.due is not None and notice.due < today
    return [
        line.item.ad_id
        for line in item_lines(session, notice.number)
        if line.item.ad_id in here and (line.speaks_against or (late and line.reply is None))
    ]


def case_event(
    case_id: str, action: str, key: str, decision: Decision, given: Mapping[str, Any]
) -> CaseEvent:
    """What the history of a case tells of something that was asked or answered."""
    event_id = stable_id("case-event", case_id, action, key)
    told = {"actor": decision.actor, "reason": decision.why, "given": dict(given)}
    return CaseEvent(id=event_id, case_id=case_id, at=decision.at, action=action, **told)


def _says(known: NoticeReply | None, reply: Reply) -> bool:
    """Says the answer that is known the same? A list may be taken as often as one likes."""
    if known is None:
        return False
    before = known.outcome, known.done_on, known.said_by, known.why
    return before == (reply.outcome, reply.done_on, reply.said_by, reply.why)


def _row(number: str, reply: Reply, decision: Decision, file: str) -> NoticeReply:
    return NoticeReply(
        notice=number,
        place=reply.place,
        outcome=reply.outcome,
        done_on=reply.done_on,
        said_by=reply.said_by,
        why=reply.why,
        noted_at=decision.at,
        noted_by=decision.actor,
        file=file,
    )


def _tell_cases(session: Session, number: str, replies: Sequence[Reply], decision: Decision) -> None:
    by_place = {each.place: each for each in replies}
    query = (
        select(Clue.case_id, NoticeClue.place)
        .join(NoticeClue, NoticeClue.clue_id == Clue.id)
        .where(NoticeClue.notice == number, NoticeClue.place.in_(by_place))
        .distinct()
        .order_by(Clue.case_id, NoticeClue.place)
    )
    cases: dict[str, list[Reply]] = defaultdict(list)
    for case_id, place in session.execute(query):
        cases[case_id].append(by_place[place])
    newest = session.scalar(select(func.max(NoticeReply.number))) or 0
    for case_id, mine in cases.items():
        given = {"notice": number, "reply": "；".join(_worded(each) for each in mine)}
        seal_one(session, case_event(case_id, REPLIED, f"{number}-{newest}", decision, given))


def _worded(reply: Reply) -> str:
    told = f"第{reply.place}条 {platforms().outcomes[reply.outcome].name}（{reply.done_on}，{reply.said_by}）"
    return f"{told}：{reply.why}" if reply.why else told


def _seen(session: Session, ads: Collection[str]) -> dict[str, Seen]:
    query = select(Ad, Sighting.last_seen).outerjoin(Sighting, Sighting.ad_id == Ad.id).where(Ad.id.in_(ads))
    rows = session.execute(query).all()
    gone = gone_ads(session, {ad.id: (ad.source, ad.source_ad_id, ad.url) for ad, _ in rows})
    looks = select(Recheck.ad_id, Recheck.outcome).where(
        Recheck.ad_id.in_(ads), Recheck.looked_at.is_not(None)
    )
    looked = dict(session.execute(looks.order_by(Recheck.looked_at)).all())
    return {ad.id: Seen(last_seen, ad.id in gone, looked.get(ad.id, "")) for ad, last_seen in rows}
