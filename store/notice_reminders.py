"""Reminders (催办): what an operator has not answered is asked for once more, when a person says so.

A reminder gives a day of its own; until that is past there is no other. It says of no ad anything that the
notice did not say, so one person releases it, and only what people have decided still stands is in it.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from config.platforms import platforms
from config.settings import CHINA
from config.workdays import Deadline, workdays
from events.ids import stable_id
from store.audit import seal_one
from store.database import one_at_a_time
from store.dead_letters import Decision
from store.deliveries import NOTICE_REMINDER, new_delivery
from store.issued import keep_files
from store.jurisdiction import within
from store.models import Case, Clue, Delivery
from store.notice_models import (
    NoticeAd,
    NoticeClue,
    NoticeFile,
    NoticeItem,
    NoticeReminder,
    NoticeReply,
    PlatformNotice,
)
from store.notice_replies import case_event
from store.notices import ISSUED, NoticeError, decided, refuse_unnamed
from store.upsert import insert_new

PLATFORM_REMINDED: Final = "platform_reminded"
"""What the history of a case calls it."""


def open_items(session: Session, notice: PlatformNotice) -> Sequence[NoticeItem]:
    """The ads that wait for an answer, by place: not taken up by a later notice, their cases as they were."""
    answered = exists().where(NoticeReply.notice == NoticeItem.notice, NoticeReply.place == NoticeItem.place)
    here = exists().where(NoticeAd.ad_id == NoticeItem.ad_id, NoticeAd.notice == NoticeItem.notice)
    fallen = _clues(notice).where(NoticeClue.place == NoticeItem.place, ~_stands(notice)).exists()
    query = select(NoticeItem).where(NoticeItem.notice == notice.number, ~answered, here, ~fallen)
    return session.scalars(query.order_by(NoticeItem.place)).all()


def reminders(session: Session, number: str) -> Sequence[NoticeReminder]:
    """Those of a notice, the oldest first."""
    query = select(NoticeReminder).where(NoticeReminder.notice == number)
    return session.scalars(query.order_by(NoticeReminder.sequence)).all()


def reminder_due(today: date) -> Deadline:
    """The day for the answer that a reminder of `today` gives."""
    return workdays().after(today, platforms().remind_days)


def next_reminder(session: Session, notice: PlatformNotice, decision: Decision) -> NoticeReminder:
    """The reminder that would leave now; other deeds about notices wait until the transaction ends.

    Raises:
        NoticeError: it is not past its day, or the reminder before is not; nothing is open; nobody is named.
    """
    one_at_a_time(session.connection(), "platform notices")
    refuse_unnamed(decision)
    before = reminders(session, notice.number)
    due = before[-1].due if before else notice.due
    today = decision.at.astimezone(CHINA).date()
    if notice.state != ISSUED or due is None or today <= due:
        raise NoticeError(f"due: {notice.number} is not past its day ({due or notice.state})")
    places = [item.place for item in open_items(session, notice)]
    if not places:
        raise NoticeError(f"open: nothing of {notice.number} waits for an answer")
    sequence = len(before) + 1
    return NoticeReminder(
        number=f"{notice.number}-R{sequence}",
        notice=notice.number,
        sequence=sequence,
        due=reminder_due(today).day,
        places=places,
        at=decision.at,
        by=decision.actor,
        why=decision.why,
    )


def remind(
    session: Session, notice: PlatformNotice, reminder: NoticeReminder, files: Mapping[str, bytes]
) -> None:
    """Release a reminder with its files, into the ledger of deliveries; each of its cases tells it."""
    session.add(reminder)
    session.flush()
    keep_files(session, NoticeFile, notice.number, files.items())
    insert_new(session, Delivery, [_delivery(notice, reminder)])
    cases = _clues(notice).where(NoticeClue.place.in_(reminder.places)).with_only_columns(Clue.case_id)
    decision = Decision(reminder.by, reminder.why, reminder.at)
    for case_id in session.scalars(cases.distinct().order_by(Clue.case_id)).all():
        given = {"notice": notice.number, "reminder": reminder.number}
        seal_one(session, case_event(case_id, PLATFORM_REMINDED, reminder.number, decision, given))


def still_open(session: Session, delivery: Delivery) -> bool:
    """Does anything in the reminder of this delivery still wait for an answer?"""
    reminder = session.get_one(NoticeReminder, delivery.content_id)
    notice = session.get_one(PlatformNotice, reminder.notice)
    return any(item.place in reminder.places for item in open_items(session, notice))


def _clues(notice: PlatformNotice) -> Select[str]:
    return (
        select(NoticeClue.clue_id)
        .join(Clue, Clue.id == NoticeClue.clue_id)
        .where(NoticeClue.notice == notice.number)
    )


def _stands(notice: PlatformNotice) -> Any:  # noqa: ANN401 - SQLAlchemy's own type for it
    return exists().where(Case.id == Clue.case_id, *decided(), within(notice.bureau))


def _delivery(notice: PlatformNotice, reminder: NoticeReminder) -> dict[str, Any]:
    period = reminder.at.astimezone(CHINA).date().isoformat()
    return {
        "id": stable_id("delivery", notice.bureau, NOTICE_REMINDER, reminder.number),
        **new_delivery(notice.bureau, NOTICE_REMINDER, period, reminder.number, reminder.at),
    }
