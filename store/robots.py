"""What the robots of chat groups tell: each letter to a bureau once more, in brief.

Each is a delivery of the ledger whose content is the letter's delivery. Letters older than a day when a robot
is first met are not told.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from events.ids import stable_id
from store.database import one_at_a_time
from store.deliveries import LETTERS, SKIPPED, new_delivery
from store.models import Delivery
from store.upsert import insert_new

Sort = Literal["wecom", "dingtalk", "feishu"]
"""企业微信, 钉钉, 飞书; also the kind of such a delivery."""

YOUNG: Final = timedelta(days=1)


def plan_robots(session: Session, robots: Collection[tuple[str, str]], now: datetime) -> None:
    """Write one pending delivery for each letter and each robot of its bureau."""
    one_at_a_time(session.connection(), "planning robots")
    for bureau, sort in sorted(robots):
        rows = [_delivery(letter, sort, now) for letter in _untold(session, bureau, sort, now)]
        insert_new(session, Delivery, rows)


def _untold(session: Session, bureau: str, sort: str, now: datetime) -> Collection[Delivery]:
    robot = aliased(Delivery)
    told = exists().where(robot.bureau == bureau, robot.kind == sort, robot.content_id == Delivery.id)
    mine = Delivery.bureau == bureau, Delivery.kind.in_(LETTERS), Delivery.status != SKIPPED
    query = select(Delivery).where(*mine, Delivery.created_at > now - YOUNG, ~told)
    return session.scalars(query).all()


def _delivery(letter: Delivery, sort: str, now: datetime) -> dict[str, Any]:
    return {
        "id": stable_id("delivery", letter.bureau, sort, letter.id),
        **new_delivery(letter.bureau, sort, letter.period, letter.id, now),
    }
