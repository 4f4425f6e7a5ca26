"""The tables that crawls keep for their own sake: what each board lists, and what may be crawled just now.

No fact about an ad is in them. `store.models` says what holds for all tables.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.models import Base, Id

__all__ = ["Base", "BoardStop", "HostLease", "HostRequests", "Target"]


class Target(Base):
    """What a board lists: the page of a posting, or a posting where the list says it all."""

    __tablename__ = "targets"
    __table_args__ = (Index("ix_targets_due", "source", "due_at"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    source: Mapped[str] = mapped_column(String(200))
    key: Mapped[str] = mapped_column(Text)
    """The posting's id where the list gives one, else the address of its page."""
    url: Mapped[str] = mapped_column(Text)
    """Address of the page; empty where the list says it all."""
    said: Mapped[dict[str, Any]]
    """Field → what the list said that the reader of the page needs; contacts masked."""
    list_hash: Mapped[str] = mapped_column(Id)
    """Over what the list said; another one means that the page has to be read again."""
    etag: Mapped[str] = mapped_column(Text)
    last_modified: Mapped[str] = mapped_column(Text)
    """The page's own words for its version, to ask whether it has changed; empty where it has none."""
    ads: Mapped[list[Any]]
    """Ids of the ads that it gave when it last gave any."""
    postings: Mapped[int]
    """How many these are."""
    state: Mapped[str] = mapped_column(String(8))
    """live | suspect | gone"""
    missing: Mapped[int]
    """Complete runs in a row that did not list it."""
    first_listed: Mapped[datetime]
    last_listed: Mapped[datetime]
    run_id: Mapped[str] = mapped_column(Id)
    """The last run that listed it."""
    tried: Mapped[str] = mapped_column(Id)
    """The last run that asked for its page."""
    fetched_at: Mapped[datetime | None]
    """When it last answered."""
    due_at: Mapped[datetime | None]
    """When its page is to be asked for; None where there is nothing to ask for."""


class BoardStop(Base):
    """A person's word that a board is not to be crawled for the time being."""

    __tablename__ = "board_stops"
    board: Mapped[str] = mapped_column(String(64), primary_key=True)
    actor: Mapped[str] = mapped_column(String(100))
    why: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime]


class HostLease(Base):
    """The run that speaks to a host; no other run does so before the lease has run out."""

    __tablename__ = "host_leases"
    host: Mapped[str] = mapped_column(String(255), primary_key=True)
    run_id: Mapped[str] = mapped_column(Id)
    until: Mapped[datetime]


class HostRequests(Base):
    """How many requests a host was sent in one hour, whatever the run and the board."""

    __tablename__ = "host_requests"
    host: Mapped[str] = mapped_column(String(255), primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    """When the hour began."""
    requests: Mapped[int]
