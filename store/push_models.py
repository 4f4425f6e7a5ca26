"""The tables of pushed ads: who may push, and what became of each batch.

No fact about an ad is in them. `store.models` says what holds for all tables.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.models import Base, Id

__all__ = ["ApiKey", "Base", "Receipt"]


class ApiKey(Base):
    """Whoever bears this key may push ads of one source."""

    __tablename__ = "api_keys"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    """Who it was given to."""
    source: Mapped[str] = mapped_column(String(200))
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    """The token itself was shown once; it has 256 random bits, so that a plain hash is enough."""
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Receipt(Base):
    """What became of a batch; the same batch again gets the same receipt."""

    __tablename__ = "receipts"
    __table_args__ = (UniqueConstraint("source", "idempotency_key"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    source: Mapped[str] = mapped_column(String(200))
    idempotency_key: Mapped[str] = mapped_column(String(200))
    body_sha256: Mapped[str] = mapped_column(String(64))
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id"))
    received_at: Mapped[datetime]
    result: Mapped[dict[str, Any]]
    """Counts, and the errors of single ads."""
