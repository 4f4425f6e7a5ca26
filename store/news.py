"""What a delivery has to say, read at the moment at which it is said."""

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.announced_hints import Hints, announced_hints
from store.announcements import Announcement, announcement
from store.deliveries import (
    DUE_OBJECTIONS,
    DUTIES,
    FOUND_AGAIN,
    LATE_NOTICES,
    NEW_CASES,
    NEW_HINTS,
    NEW_OBJECTIONS,
    PENDING,
    REPORT,
    RETURNED_CASES,
    WITHDRAWN_CASES,
)
from store.duty_news import Duties, duties
from store.found_again import FoundAgain, found_again_news
from store.issued_news import ReportNews, report_news
from store.late_notices import LateNotices, late_news
from store.models import Bureau, Delivery
from store.objection_news import ObjectionNews, objection_news
from store.planning import take_back_settled
from store.withdrawals import Withdrawals, withdrawals

News = Announcement | Withdrawals | FoundAgain | Hints | ObjectionNews | Duties | LateNotices | ReportNews

_READ: Final[Mapping[str, Callable[[Session, Delivery, Bureau], News]]] = {
    NEW_CASES: announcement,
    RETURNED_CASES: announcement,
    WITHDRAWN_CASES: withdrawals,
    FOUND_AGAIN: found_again_news,
    NEW_HINTS: announced_hints,
    NEW_OBJECTIONS: objection_news,
    DUE_OBJECTIONS: objection_news,
    REPORT: report_news,
    **dict.fromkeys(DUTIES, duties),
    **dict.fromkeys(LATE_NOTICES, late_news),
}


def news_of(session: Session, delivery_id: str) -> News:
    """What the delivery says as things stand; `total` is 0 where nothing is left to say."""
    query = select(Delivery, Bureau).join(Bureau, Bureau.code == Delivery.bureau)
    delivery, bureau = session.execute(query.where(Delivery.id == delivery_id)).one()
    return _READ[delivery.kind](session, delivery, bureau)


def last_look(session: Session, delivery_id: str) -> News | None:
    """The same right before it is sent, with what no longer holds taken out of the ledger too.

    None where it is not pending: another process sent it meanwhile.
    """
    delivery = session.get_one(Delivery, delivery_id)
    if delivery.status != PENDING:
        return None
    take_back_settled(session, delivery)
    return news_of(session, delivery_id)
