"""The tables of platform notices (平台函): what operators of boards are asked, and what they answer."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.issued_models import KeptFile
from store.models import Ad, Base, Bureau, Clue, Delivery

__all__ = [
    "Base",
    "DeliveryNotice",
    "NoticeAd",
    "NoticeClue",
    "NoticeFile",
    "NoticeItem",
    "NoticeReminder",
    "NoticeReply",
    "PlatformNotice",
]


class PlatformNotice(Base):
    """A notice; by trigger it changes only while it is a draft, and is never deleted."""

    __tablename__ = "platform_notices"
    __table_args__ = (UniqueConstraint("bureau", "year", "sequence"),)
    number: Mapped[str] = mapped_column(String(32), primary_key=True)
    """<bureau>-P-<year>-<sequence>; that of a draft that was dropped is not given out again."""
    bureau: Mapped[str] = mapped_column(ForeignKey(Bureau.code))
    year: Mapped[int]
    sequence: Mapped[int]
    source: Mapped[str] = mapped_column(String(200), index=True)
    """The board."""
    state: Mapped[str] = mapped_column(String(16), index=True)
    """draft | issued | dropped"""
    cites: Mapped[str] = mapped_column(String(32))
    """Number of the notice that this one follows; empty for a first one."""
    reason: Mapped[str] = mapped_column(Text)
    """Why it was drafted, as who did wrote it."""
    drafted_at: Mapped[datetime]
    drafted_by: Mapped[str] = mapped_column(String(100))
    decided_at: Mapped[datetime | None]
    """When it was issued or dropped."""
    decided_by: Mapped[str] = mapped_column(String(100), default="")
    decided_why: Mapped[str] = mapped_column(Text, default="")
    due: Mapped[date | None]
    """Last day for the answer; set when it is issued."""


class NoticeItem(Base):
    """An ad in a notice, in the words that it had when the notice was drafted; append-only."""

    __tablename__ = "platform_notice_items"
    notice: Mapped[str] = mapped_column(ForeignKey(PlatformNotice.number), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    """From 1."""
    ad_id: Mapped[str] = mapped_column(ForeignKey(Ad.id), index=True)
    measure: Mapped[str] = mapped_column(String(16))
    """What is asked for (config/platforms.yaml)."""
    told: Mapped[dict[str, Any]]
    """See `store.notices.Told`."""


class NoticeClue(Base):
    """A clue that an item rests on; append-only."""

    __tablename__ = "platform_notice_clues"
    __table_args__ = (
        ForeignKeyConstraint(
            ["notice", "place"], ["platform_notice_items.notice", "platform_notice_items.place"]
        ),
    )
    notice: Mapped[str] = mapped_column(String(32), primary_key=True)
    clue_id: Mapped[str] = mapped_column(ForeignKey(Clue.id), primary_key=True, index=True)
    place: Mapped[int]


class NoticeAd(Base):
    """In which notice an ad stands now: in one only, whatever two people draft at the same moment."""

    __tablename__ = "platform_notice_ads"
    ad_id: Mapped[str] = mapped_column(ForeignKey(Ad.id), primary_key=True)
    notice: Mapped[str] = mapped_column(ForeignKey(PlatformNotice.number), index=True)


class NoticeFile(KeptFile, Base):
    """A file of a notice: what was issued, and the lists that came back, as they came; append-only."""

    __tablename__ = "platform_notice_files"
    number: Mapped[str] = mapped_column(ForeignKey(PlatformNotice.number), primary_key=True)


class NoticeReply(Base):
    """What an operator answered of one ad; append-only, the newest counts."""

    __tablename__ = "platform_notice_replies"
    __table_args__ = (
        ForeignKeyConstraint(
            ["notice", "place"], ["platform_notice_items.notice", "platform_notice_items.place"]
        ),
        Index("ix_platform_notice_replies_item", "notice", "place"),
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    notice: Mapped[str] = mapped_column(String(32))
    place: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(16))
    """One of config/platforms.yaml."""
    done_on: Mapped[date]
    """When it was done, as the operator says."""
    said_by: Mapped[str] = mapped_column(String(100))
    """Who says so there."""
    why: Mapped[str] = mapped_column(Text)
    noted_at: Mapped[datetime]
    noted_by: Mapped[str] = mapped_column(String(100))
    file: Mapped[str] = mapped_column(String(100))
    """Name of the list that said it (`NoticeFile`); empty where it was written down by hand."""


class NoticeReminder(Base):
    """A letter that reminds the operator of what it has not answered; append-only."""

    __tablename__ = "platform_notice_reminders"
    __table_args__ = (UniqueConstraint("notice", "sequence"),)
    number: Mapped[str] = mapped_column(String(32), primary_key=True)
    """<notice>-R<sequence>"""
    notice: Mapped[str] = mapped_column(ForeignKey(PlatformNotice.number))
    sequence: Mapped[int]
    """From 1."""
    due: Mapped[date]
    """The day that it gives for the answer; there is no other reminder before it is past."""
    places: Mapped[list[int]] = mapped_column(JSON)
    """The items that were open."""
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(100))
    """Who released it."""
    why: Mapped[str] = mapped_column(Text)


class DeliveryNotice(Base):
    """A late notice that a delivery tells of: once for each kind of message."""

    __tablename__ = "delivery_notices"
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    """As in `store.deliveries`."""
    notice: Mapped[str] = mapped_column(ForeignKey(PlatformNotice.number), primary_key=True)
    delivery_id: Mapped[str] = mapped_column(ForeignKey(Delivery.id), index=True)
