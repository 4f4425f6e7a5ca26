"""The tables of access: who read what is personal, and what people log in with besides a password."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.account_models import Account
from store.models import Base

__all__ = ["Base", "Read", "RecoveryCode", "SecondFactor"]


class Read(Base):
    """Somebody read what is personal or not masked. Append-only: triggers refuse every UPDATE and DELETE."""

    __tablename__ = "reads"
    __table_args__ = (Index("ix_reads_bureau", "bureau", "number"),)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(100))
    """An account, or the name that was given with a command."""
    what: Mapped[str] = mapped_column(String(16))
    """evidence | contact | pack | objection: of a capture, a report, a case, an objection."""
    subject: Mapped[str] = mapped_column(Text)
    """Its id or number."""
    sha256: Mapped[str] = mapped_column(String(64), default="")
    """Of the bytes that were handed out; empty where it were none."""
    bureau: Mapped[str] = mapped_column(String(6))
    """Whose administrators see it; the nation's where it is nobody else's."""
    why: Mapped[str] = mapped_column(Text)


class SecondFactor(Base):
    """The secret that an account shares with a telephone (TOTP, RFC 6238)."""

    __tablename__ = "second_factors"
    account: Mapped[str] = mapped_column(ForeignKey(Account.name), primary_key=True)
    secret: Mapped[str] = mapped_column(Text)
    """Encrypted (store/seal.py)."""
    since: Mapped[datetime]
    last_step: Mapped[int] = mapped_column(BigInteger)
    """Number of the half minute whose code was taken last: that one and those before are used up."""


class RecoveryCode(Base):
    """A code that does for one log in without the telephone; deleted when it is used."""

    __tablename__ = "recovery_codes"
    account: Mapped[str] = mapped_column(ForeignKey(Account.name), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
