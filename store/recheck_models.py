"""The table of looking again (回头看) at ads whose case was reported as corrected.

`store.models` says what holds for all tables.
"""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.models import Base, Id

__all__ = ["Base", "Recheck"]


class Recheck(Base):
    """One ad of a case, to be looked at once so many days have passed since the correction was reported."""

    __tablename__ = "rechecks"
    __table_args__ = (Index("ix_rechecks_next_on", "next_on"),)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    days: Mapped[int] = mapped_column(primary_key=True)
    """After which it is due, as the rule was on the day of the correction."""
    ad_id: Mapped[str] = mapped_column(ForeignKey("ads.id"), primary_key=True, index=True)
    url: Mapped[str] = mapped_column(Text, index=True)
    """Of the ad's page; empty where it has none."""
    since: Mapped[datetime]
    """When the correction was reported."""
    due_on: Mapped[date]
    next_on: Mapped[date | None]
    """When the machine looks next; None once it has done with it."""
    outcome: Mapped[str] = mapped_column(String(16), default="")
    """What the last look came to (`store.rechecks`); empty before the first."""
    found_ad: Mapped[str | None] = mapped_column(Id)
    """The ad in which the posting was published again."""
    misses: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    """Looks that were begun."""
    looked_at: Mapped[datetime | None] = mapped_column(index=True)
