"""The tables of public reports (群众举报): what was reported, by which receipts, and how to reach who did.

No fact about an ad is in them: an ad that was reported takes the way of all ads. `store.models` says what
holds for all tables.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.models import Base, Id

__all__ = ["Base", "PublicReport", "ReportAction", "ReportContact", "ReportedMatter"]


class ReportedMatter(Base):
    """A page, or the text of an ad, that the public reported, however often."""

    __tablename__ = "reported_matters"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    """page | text"""
    url: Mapped[str] = mapped_column(Text)
    """Of a page; empty for a text."""
    excerpt: Mapped[str] = mapped_column(Text)
    """What was pasted, or what the page says where no ad could be read from it; contacts masked."""
    state: Mapped[str] = mapped_column(String(16), index=True)
    """waiting | collected | known | manual | failed | dismissed (`store.public_reports`)"""
    why: Mapped[str] = mapped_column(Text)
    """Why a page gave no ad; empty where it did, or was not asked for."""
    ads: Mapped[list[Any]]
    """Ids of the ads that it gave, or of those known from elsewhere."""
    tries: Mapped[int]
    """Runs that asked for the page."""
    due_at: Mapped[datetime | None]
    """When the page is to be asked for; None where there is nothing to ask for."""
    first_at: Mapped[datetime]


class PublicReport(Base):
    """One report and what came with it; contacts that stood in its words are masked."""

    __tablename__ = "public_reports"
    receipt: Mapped[str] = mapped_column(String(32), primary_key=True)
    """The number that the reporter was given, which nobody can guess."""
    matter_id: Mapped[str] = mapped_column(ForeignKey("reported_matters.id"), index=True)
    received_at: Mapped[datetime] = mapped_column(index=True)
    channel: Mapped[str] = mapped_column(String(8))
    """web | staff"""
    repeated: Mapped[bool]
    """Somebody had reported the same before."""
    note: Mapped[str] = mapped_column(Text)
    employer: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    board: Mapped[str] = mapped_column(Text)


class ReportContact(Base):
    """How to reach a reporter; deleted when its time is over, and in no event, report or dataset."""

    __tablename__ = "report_contacts"
    receipt: Mapped[str] = mapped_column(ForeignKey("public_reports.receipt"), primary_key=True)
    contact: Mapped[str] = mapped_column(Text)
    """Encrypted (store/seal.py)."""
    delete_at: Mapped[datetime] = mapped_column(index=True)


class ReportAction(Base):
    """What a person did with a report; only ever added to."""

    __tablename__ = "report_actions"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    receipt: Mapped[str] = mapped_column(ForeignKey("public_reports.receipt"), index=True)
    action: Mapped[str] = mapped_column(String(16))
    """retried | admitted | dismissed"""
    actor: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime]
    why: Mapped[str] = mapped_column(Text)
