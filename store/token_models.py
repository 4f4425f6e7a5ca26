"""The tables of the JSON API: what programs show instead of a password, and what they did under which key."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from store.account_models import Account
from store.models import Base, Id

__all__ = ["AccountToken", "ApiDeed", "Base", "BoardToken"]


class AccountToken(Base):
    """Whoever bears this token is taken for its account."""

    __tablename__ = "account_tokens"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey(Account.name), index=True)
    program: Mapped[str] = mapped_column(String(100))
    """What it was given to."""
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    """The token itself was shown once; it has 256 random bits, so that a plain hash is enough."""
    reads_only: Mapped[bool]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class ApiDeed(Base):
    """What was done under an idempotency key; the same request again gets the same answer."""

    __tablename__ = "api_deeds"
    account: Mapped[str] = mapped_column(ForeignKey(Account.name), primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(String(200), primary_key=True)
    asked_sha256: Mapped[str] = mapped_column(String(64))
    """Of the address and the body."""
    at: Mapped[datetime]
    answer: Mapped[dict[str, Any]]


class BoardToken(Base):
    """Whoever bears this token answers for a board, and is let in nowhere else: it stands for no account."""

    __tablename__ = "board_tokens"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    board: Mapped[str] = mapped_column(String(200), index=True)
    """The source of its ads, as in config/platforms.yaml."""
    program: Mapped[str] = mapped_column(String(100))
    """What it was given to."""
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    reads_only: Mapped[bool]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(100))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str] = mapped_column(String(100), default="")
