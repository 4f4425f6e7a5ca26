"""Deliveries that were given up, taken up again by a person; and when the last letter left the house."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from store.deliveries import DEAD, LETTERS, PENDING, SENT, delivery_key
from store.models import Delivery


def take_up_again(session: Session, *, bureau: str | None = None, keys: Collection[str] = ()) -> list[str]:
    """Make dead deliveries pending as if never tried: all, those of a bureau, those of `keys`; their keys.

    They go out under the same key, so that a receiver that took one after all takes none twice.
    """
    query = select(Delivery).where(Delivery.status == DEAD).order_by(Delivery.created_at, Delivery.id)
    dead = session.scalars(query if bureau is None else query.where(Delivery.bureau == bureau))
    taken = {d.id: delivery_key(d) for d in dead if not keys or delivery_key(d) in keys}
    again = update(Delivery).where(Delivery.id.in_(taken))
    session.execute(again.values(status=PENDING, attempts=0, error=""))
    return list(taken.values())


def last_letter(session: Session) -> datetime | None:
    """When a letter was last taken by a channel; None where none ever was."""
    return session.scalar(
        select(func.max(Delivery.sent_at)).where(Delivery.kind.in_(LETTERS), Delivery.status == SENT)
    )
