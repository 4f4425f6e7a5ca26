"""The tables of reports that were issued: append-only by triggers, so that none of them ever changes."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.models import Base, Division

__all__ = ["Base", "IssuedFile", "IssuedReport", "KeptFile"]


class KeptFile:
    """The columns of a table of files that are kept as the bytes that were handed out."""

    number: Mapped[str]
    """Of what it belongs to."""
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    length: Mapped[int]
    """Bytes."""
    content: Mapped[bytes] = mapped_column(LargeBinary)
    """Compressed (zstd)."""


class IssuedReport(Base):
    """A report that was issued."""

    __tablename__ = "issued_reports"
    __table_args__ = (
        Index("ix_issued_reports_bureau", "bureau", "period"),
        Index("ix_issued_reports_at", "at"),
    )
    number: Mapped[str] = mapped_column(String(40), primary_key=True)
    """It follows from what the report is about, so two who issue the same meet here."""
    bureau: Mapped[str] = mapped_column(Division)
    period: Mapped[str] = mapped_column(String(8))
    """Week or month."""
    edition: Mapped[str] = mapped_column(String(8))
    version: Mapped[int]
    """From 1; each further one corrects the one before."""
    corrects: Mapped[str] = mapped_column(String(40))
    """Number of that one; empty for the first, as is the reason."""
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(100))
    """A person, or `machine`."""
    key_points: Mapped[list[Any]] = mapped_column(server_default="[]", default=list)
    """The lines of its section 1, for letters; empty for what was issued before they were kept."""


class IssuedFile(KeptFile, Base):
    """A file of a report that was issued."""

    __tablename__ = "issued_files"
    number: Mapped[str] = mapped_column(ForeignKey(IssuedReport.number), primary_key=True)
