"""The tables of runs that are judged: what waits for a verdict, how each run measured, what people decided.

What waits is no fact about an ad yet. `store.models` says what holds for all tables.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.models import Base, Id

__all__ = ["Base", "RunDecision", "RunProfile", "StagedAd", "StagedVisit"]

_NUMBER: Final = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself in a column of this very type only."""


class StagedAd(Base):
    """An ad that a run let in and that is not published before the run is judged."""

    __tablename__ = "staged_ads"
    # A number is not given out again: who publishes deletes by number, and may come late.
    __table_args__ = (Index("ix_staged_ads_run", "run_id", "ad_id"), {"sqlite_autoincrement": True})
    number: Mapped[int] = mapped_column(_NUMBER, primary_key=True, autoincrement=True)
    run_id: Mapped[str] = mapped_column(Id)
    ad_id: Mapped[str] = mapped_column(Id)
    content_hash: Mapped[str] = mapped_column(Id)
    event: Mapped[bytes] = mapped_column(LargeBinary)
    """The whole event, as it will be published."""


class StagedVisit(Base):
    """What a page answered, to be noted in `targets` together with the ads it gave."""

    __tablename__ = "staged_visits"
    __table_args__ = (Index("ix_staged_visits_run", "run_id", "target"), {"sqlite_autoincrement": True})
    number: Mapped[int] = mapped_column(_NUMBER, primary_key=True, autoincrement=True)
    run_id: Mapped[str] = mapped_column(Id)
    target: Mapped[str] = mapped_column(Id)
    """Id of the row in `targets`."""
    key: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(String(10))
    """read | empty | gone"""
    etag: Mapped[str] = mapped_column(Text)
    last_modified: Mapped[str] = mapped_column(Text)
    ads: Mapped[list[Any]]
    postings: Mapped[int]
    """How many these are."""
    noted_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """When the page is to be asked for again, once the visit counts."""


class RunProfile(Base):
    """How a run measured, for its own verdict and as a standard for the next ones."""

    __tablename__ = "run_profiles"
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    source: Mapped[str] = mapped_column(String(200), index=True)
    status: Mapped[str] = mapped_column(String(16))
    """complete | incomplete: how the run ended, whatever its verdict."""
    whole: Mapped[bool]
    """Every list was walked to its end."""
    ads: Mapped[int]
    """Ads that the source holds by this run, those on pages that rest included."""
    accepted: Mapped[int]
    """New and changed ads."""
    postings: Mapped[int]
    """Postings read in this run, those known before included."""
    rejected: Mapped[int]
    filled: Mapped[dict[str, Any]]
    """Field → in how many of these postings it is filled."""
    good: Mapped[bool]
    """Complete, within its expectations, no field filled less than before: a standard for others."""


class RunDecision(Base):
    """What became of a run that was held, and who decided it."""

    __tablename__ = "run_decisions"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id"), index=True)
    action: Mapped[str] = mapped_column(String(16))
    """held | released | discarded | superseded"""
    actor: Mapped[str] = mapped_column(String(100))
    why: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
