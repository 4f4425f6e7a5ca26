"""The tables of evidence: what was received, and which ads it shows.

`store.models` says what holds for all tables.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.models import Base, Id

__all__ = ["AdCapture", "Base", "Capture", "EvidencePiece"]


class Capture(Base):
    """One time that something was received which gave ads: a page, an answer, a file, a pushed item.

    It outlives its bytes: what remains says what was received, when and from where.
    """

    __tablename__ = "captures"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    """Of the bytes, under which they are kept."""
    length: Mapped[int] = mapped_column(BigInteger)
    """How many bytes."""
    media_type: Mapped[str] = mapped_column(String(200))
    charset: Mapped[str] = mapped_column(String(64))
    """As which they were read; empty where they are no text."""
    run_id: Mapped[str] = mapped_column(Id)
    name: Mapped[str] = mapped_column(Text)
    """Of a file; empty for what came otherwise."""
    sender: Mapped[str] = mapped_column(Id)
    """Id of the key with which it was pushed; empty for what came otherwise."""
    url: Mapped[str] = mapped_column(Text, index=True)
    """The address asked for; empty for what was handed in."""
    answered_url: Mapped[str] = mapped_column(Text)
    """The address that answered, after redirects."""
    status: Mapped[int | None]
    """Of HTTP."""
    tls: Mapped[bool | None]
    """Was the connection encrypted, and the certificate verified?"""
    address: Mapped[str] = mapped_column(String(45))
    """The IP address that answered."""
    request: Mapped[dict[str, Any]]
    """How it was asked for: method, the headers that matter, the body of a POST."""
    headers: Mapped[dict[str, Any]]
    """Of the answer, from a closed list."""
    fetched_at: Mapped[datetime] = mapped_column(index=True)
    seen_at: Mapped[datetime]
    """When the same bytes were last known to be there: the board answered 304, or sent them again."""
    removed_at: Mapped[datetime | None]
    """When the bytes were given up; None while they are kept."""


class EvidencePiece(Base):
    """A part of the bytes that captures name by their hash, compressed with zstd.

    Set one behind the other, the pieces of a hash are what `zstd -d` reads.
    """

    __tablename__ = "evidence_pieces"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Of all bytes of the content, as they were received."""
    number: Mapped[int] = mapped_column(primary_key=True)
    """From 0 on."""
    packed: Mapped[bytes] = mapped_column(LargeBinary)


class AdCapture(Base):
    """A capture that shows one version of an ad, and where in it the ad stands."""

    __tablename__ = "ad_captures"
    __table_args__ = (Index("ix_ad_captures_capture_id", "capture_id"),)
    version_id: Mapped[str] = mapped_column(ForeignKey("ad_versions.id"), primary_key=True)
    capture_id: Mapped[str] = mapped_column(Id, primary_key=True)
    number: Mapped[int]
    """Its place among those of the version; 0 is what says most."""
    locator: Mapped[str] = mapped_column(Text)
