"""The tables of objections (异议): what somebody brings forward against a case, and what was answered."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.models import Base, Delivery

__all__ = ["Base", "DeliveryObjection", "Objection", "ObjectionContact"]


class Objection(Base):
    """One objection. Triggers refuse to delete one, and to change one that is answered."""

    __tablename__ = "objections"
    __table_args__ = (Index("ix_objections_state", "state", "number"),)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    receipt_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    """Of the receipt, which only whoever objects has."""
    received_at: Mapped[datetime]
    about: Mapped[str] = mapped_column(Text)
    """Number of a case or a document, or the address of an ad, as it was written."""
    case_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id"), index=True)
    """None until it is known which case is meant."""
    organisation: Mapped[str] = mapped_column(Text)
    """Who objects, in their own words."""
    reasons: Mapped[str] = mapped_column(Text)
    """Contacts that stood in it are masked, as in `organisation`."""
    due: Mapped[date]
    """The last day for an answer."""
    state: Mapped[str] = mapped_column(String(16))
    """open | upheld | rejected"""
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str] = mapped_column(String(100), default="")
    answer: Mapped[str] = mapped_column(Text, default="")


class ObjectionContact(Base):
    """How to reach whoever objects; deleted when its time is over."""

    __tablename__ = "objection_contacts"
    objection: Mapped[int] = mapped_column(ForeignKey(Objection.number), primary_key=True)
    contact: Mapped[str] = mapped_column(Text)
    """Encrypted (store/seal.py)."""
    delete_at: Mapped[datetime] = mapped_column(index=True)


class DeliveryObjection(Base):
    """An objection that a delivery tells of; a bureau is told of it once for each kind of message."""

    __tablename__ = "delivery_objections"
    __table_args__ = (UniqueConstraint("bureau", "kind", "objection"),)
    delivery_id: Mapped[str] = mapped_column(ForeignKey(Delivery.id), primary_key=True)
    objection: Mapped[int] = mapped_column(ForeignKey(Objection.number), primary_key=True)
    bureau: Mapped[str] = mapped_column(String(6))
    kind: Mapped[str] = mapped_column(String(16))
