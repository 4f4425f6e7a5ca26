"""The table of what people decided about the names in the curation tray."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.models import Base

__all__ = ["Base", "CurationDecision"]


class CurationDecision(Base):
    """Somebody decided what a name is; append-only by triggers. The newest about a name holds."""

    __tablename__ = "curation_decisions"
    __table_args__ = (Index("ix_curation_decisions_name", "name", "number"),)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1, without gaps."""
    name: Mapped[str] = mapped_column(String(200))
    choice: Mapped[str] = mapped_column(String(16))
    """alias | row | ignore"""
    qualification: Mapped[str] = mapped_column(String(200))
    """Id of the catalogue row that an alias is to name; empty for the other choices."""
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(100))
    why: Mapped[str] = mapped_column(Text)
