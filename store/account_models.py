"""The tables of the console's accounts: who may log in, who is logged in, and what became of each attempt."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from store.models import Base

__all__ = ["Account", "AccountEvent", "Base", "ConsoleSession"]


class Account(Base):
    """A person who works with the console; never deleted, since the history of cases names it."""

    __tablename__ = "accounts"
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    """The person as the history of cases names them; what they log in with."""
    role: Mapped[str] = mapped_column(String(16))
    """admin | reviewer | officer | reader (`store.accounts.ROLES`)"""
    bureau: Mapped[str] = mapped_column(ForeignKey("bureaus.code"))
    """The person sees the cases of this bureau and of those below it."""
    password: Mapped[str] = mapped_column(Text)
    """Argon2id hash with its parameters; empty for a program, which bears tokens."""
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    """To log in, since it last succeeded or was last locked."""
    locked_until: Mapped[datetime | None]


class ConsoleSession(Base):
    """A browser in which somebody is logged in."""

    __tablename__ = "console_sessions"
    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    """The token itself is in the browser's cookie only."""
    account: Mapped[str] = mapped_column(ForeignKey("accounts.name"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    by_provider: Mapped[bool] = mapped_column(server_default=false(), default=False)
    """The account service of the organisation let them in, and not a password."""


class AccountEvent(Base):
    """What was done with an account; append-only by triggers."""

    __tablename__ = "account_events"
    __table_args__ = (Index("ix_account_events_account", "account", "number"),)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    account: Mapped[str] = mapped_column(String(100))
    """Empty where the name was none of ours: people type passwords there by mistake."""
    action: Mapped[str] = mapped_column(String(16))
    """added | enabled | disabled | password | logged_in | refused | locked | logged_out |
    token_added | token_revoked | factor_set | factor_off | recovery | provider"""
    actor: Mapped[str] = mapped_column(String(100))
    """Who did it: an account, or the user of the machine where a command was given."""
    address: Mapped[str] = mapped_column(String(64), default="")
    """Of the browser; empty for a command."""
