"""The tables that stages keep for their own sake: what is at hand, what died, what is still to be published.

No fact about an ad is in them. `store.models` says what holds for all tables.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.models import Base, Id

__all__ = ["Attempt", "Base", "DeadLetterAction", "DeadLetterEntry", "LogGap", "OutboxMessage"]

_NUMBER: Final = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself in a column of this very type only."""


class Attempt(Base):
    """The first record that a group has at hand in a partition, noted before anything is done with it.

    While the stage makes progress each batch overwrites the one before. A number above 1 says that whoever
    had the record at hand ended without a word.
    """

    __tablename__ = "attempts"
    group: Mapped[str] = mapped_column(String(100), primary_key=True)
    topic: Mapped[str] = mapped_column(String(200), primary_key=True)
    partition: Mapped[int] = mapped_column(primary_key=True)
    offset: Mapped[int] = mapped_column(BigInteger)
    tries: Mapped[int]


class DeadLetterAction(Base):
    """What a person did about a dead letter, which closes it; the letter itself stays in the log."""

    __tablename__ = "dead_letter_actions"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    letter_id: Mapped[str] = mapped_column(Id, index=True)
    """Event id of the DeadLetter."""
    action: Mapped[str] = mapped_column(String(16))
    """replayed | dropped"""
    actor: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime]
    why: Mapped[str] = mapped_column(Text, default="")


class DeadLetterEntry(Base):
    """A dead letter as its stage notes it before writing it; the letter itself is in the log."""

    __tablename__ = "dead_letter_entries"
    __table_args__ = (Index("ix_dead_letter_entries_budget", "group", "source", "died_at"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    """Event id of the DeadLetter."""
    group: Mapped[str] = mapped_column(String(100))
    source: Mapped[str] = mapped_column(String(200))
    """Source of the ad; empty where the record does not tell."""
    died_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)


class OutboxMessage(Base):
    """A message for the log that a transaction has decided on; deleted once the log has it."""

    __tablename__ = "outbox"
    # A number is not given out again: who publishes deletes by number, and may come late.
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy's own form
    id: Mapped[int] = mapped_column(_NUMBER, primary_key=True, autoincrement=True)
    topic: Mapped[str] = mapped_column(String(200))
    key: Mapped[bytes] = mapped_column(LargeBinary)
    value: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class LogGap(Base):
    """Records that were gone from the log before a group had read them, and the decision to go on."""

    __tablename__ = "log_gaps"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    group: Mapped[str] = mapped_column(String(100))
    topic: Mapped[str] = mapped_column(String(200))
    partition: Mapped[int]
    first_offset: Mapped[int] = mapped_column(BigInteger)
    next_offset: Mapped[int] = mapped_column(BigInteger)
    """Where the group goes on; below `first_offset` where the log has lost its end."""
    actor: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime]
    why: Mapped[str] = mapped_column(Text)
