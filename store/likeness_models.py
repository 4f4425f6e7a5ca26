"""The tables that tell which ads are publications of one posting (docs/deduplication.md).

`store.models` says what holds for all tables.
"""

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from store.models import Base, Id

__all__ = ["Base", "FingerprintBand", "KnownFingerprint"]


class KnownFingerprint(Base):
    """What ads of the very same posting have in common (`store.likeness.Fingerprint`), and its cluster.

    A cluster is all that is connected by likeness. It only ever grows, so that its members do not depend on
    the order in which ads come.
    """

    __tablename__ = "fingerprints"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    gate: Mapped[str] = mapped_column(String(32), index=True)
    """Stands for employer, area and title, the same throughout a cluster; empty without an employer."""
    known_by: Mapped[str] = mapped_column(String(8))
    """text | words | title | ad"""
    first_seen: Mapped[datetime]
    """When the first ad with this fingerprint was observed."""
    cluster_id: Mapped[str] = mapped_column(Id, index=True)
    """The fingerprint of the cluster that was seen first."""


class FingerprintBand(Base):
    """A stretch of a text's MinHash signature: texts that share one are compared in full.

    Only where a gate holds more than one text; most hold one, and signatures cost more than all the rest.
    """

    __tablename__ = "fingerprint_bands"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own form
    band: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    """Hash over the stretch, its place in the signature and the gate."""
    fingerprint_id: Mapped[str] = mapped_column(Id, primary_key=True)
