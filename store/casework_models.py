"""The tables of what people do with cases: what is due, and the chain that shows that nothing was changed."""

from datetime import date

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.models import Base, CaseEvent, Division, Id

__all__ = ["AuditLink", "Base", "CaseClock", "CaseNumber"]


class CaseNumber(Base):
    """The last sequence number given out for one division and year; numbers are never reused."""

    __tablename__ = "case_numbers"
    division: Mapped[str] = mapped_column(Division, primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class CaseClock(Base):
    """What is due in a case that people have taken up."""

    __tablename__ = "case_clocks"
    __table_args__ = (Index("ix_case_clocks_due", "due"),)
    case_id: Mapped[str] = mapped_column(Id, primary_key=True)
    due: Mapped[date | None]
    step: Mapped[str] = mapped_column(Text)
    """The next step, in Chinese; empty where nothing is due."""
    arranged: Mapped[bool]
    """Whether the holidays until `due` were known when it was reckoned."""
    paused_on: Mapped[date | None]


class AuditLink(Base):
    """One link of the chain over the history of all cases; append-only by triggers, as the history itself."""

    __tablename__ = "audit_links"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1, without gaps."""
    event_id: Mapped[str] = mapped_column(Id, unique=True)
    hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 over the hash before it and the event (`store.audit`)."""


# What people did, without the many events that the machine noted.
Index(
    "ix_case_events_people",
    CaseEvent.actor,
    CaseEvent.case_id,
    postgresql_where=CaseEvent.to_status != "",
    sqlite_where=CaseEvent.to_status != "",
)
