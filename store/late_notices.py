"""Platform notices past their day: to be told to the bureau that issued them, and later to the one above.

Each is told once in each way, counted in working days as for steps of cases (`escalation` in
config/casework.yaml).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from config.bureaus import bureau_above, bureau_name
from config.casework import casework
from config.platforms import platforms
from config.settings import CHINA
from config.workdays import workdays
from store.announcements import Header, header
from store.deliveries import ABOVE, NOTICE_ABOVE, NOTICE_LATE, REMINDED
from store.models import Bureau, Delivery
from store.notice_models import DeliveryNotice, NoticeItem, NoticeReply, PlatformNotice
from store.notice_reminders import open_items, reminders
from store.notices import ISSUED

_STEP: Final = {NOTICE_LATE: REMINDED, NOTICE_ABOVE: ABOVE}
"""Kind of news → the step of cases that is told as late as this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LateNotice:
    number: str
    bureau: str
    """That issued it."""
    bureau_name: str
    platform: str
    due: date
    late: int
    """Working days since."""
    open: int
    """Ads that wait for an answer."""
    reminders: int
    """How often the operator was reminded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LateNotices(Header):
    """Notices that wait for an answer."""

    total: int
    notices: tuple[LateNotice, ...]


def late_notices(session: Session, kind: str, today: date) -> Iterator[tuple[str, str, str]]:
    """Notices of which news of this kind is due and was not told: whom to tell, who issued it, number."""
    missed = workdays().before(today, casework().escalation.days(_STEP[kind]))
    told = exists().where(DeliveryNotice.kind == kind, DeliveryNotice.notice == PlatformNotice.number)
    answered = exists().where(NoticeReply.notice == NoticeItem.notice, NoticeReply.place == NoticeItem.place)
    waits = exists().where(NoticeItem.notice == PlatformNotice.number, ~answered)
    query = select(PlatformNotice).where(
        PlatformNotice.state == ISSUED, PlatformNotice.due <= missed, ~told, waits
    )
    for notice in session.scalars(query.order_by(PlatformNotice.number)).all():
        if open_items(session, notice):
            bureau = bureau_above(notice.bureau) if kind == NOTICE_ABOVE else notice.bureau
            yield bureau, notice.bureau, notice.number


def take_back_answered(session: Session, delivery: Delivery) -> None:
    """Take out of a delivery what was answered, or fell, since it was planned."""
    mine = DeliveryNotice.delivery_id == delivery.id
    done = [each.number for each in _notices(session, delivery) if not open_items(session, each)]
    session.execute(delete(DeliveryNotice).where(mine, DeliveryNotice.notice.in_(done)))


def late_news(session: Session, delivery: Delivery, bureau: Bureau) -> LateNotices:
    """The delivery as it stands now, the longest overdue first."""
    today = delivery.created_at.astimezone(CHINA).date()
    told = tuple(_told(session, each, today) for each in _notices(session, delivery))
    return LateNotices(**header(delivery, bureau), total=len(told), notices=told)


def _notices(session: Session, delivery: Delivery) -> list[PlatformNotice]:
    query = (
        select(PlatformNotice)
        .join(DeliveryNotice, DeliveryNotice.notice == PlatformNotice.number)
        .where(DeliveryNotice.delivery_id == delivery.id)
        .order_by(PlatformNotice.due, PlatformNotice.number)
    )
    return list(session.scalars(query))


def _told(session: Session, notice: PlatformNotice, today: date) -> LateNotice:
    board, due = platforms().boards.get(notice.source), notice.due or today
    return LateNotice(
        number=notice.number,
        bureau=notice.bureau,
        bureau_name=bureau_name(notice.bureau),
        platform=board.name if board else notice.source,
        due=due,
        late=max(workdays().between(due, today), 0),
        open=len(open_items(session, notice)),
        reminders=len(reminders(session, notice.number)),
    )
