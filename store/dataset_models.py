"""The table of the open dataset: what people decided about it."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.models import Base

__all__ = ["Base", "DatasetDecision"]


class DatasetDecision(Base):
    """A version released, an ad or employer erased. Append-only: triggers refuse every UPDATE and DELETE."""

    __tablename__ = "dataset_decisions"
    __table_args__ = (Index("ix_dataset_decisions_subject", "what", "subject"),)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(100))
    what: Mapped[str] = mapped_column(String(16))
    """released | erased_ad | erased_employer"""
    subject: Mapped[str] = mapped_column(String(64))
    """Name of the version, or id of the ad or employer."""
    why: Mapped[str] = mapped_column(Text)
