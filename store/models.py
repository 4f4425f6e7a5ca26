"""The tables. Nothing in them that PostgreSQL or SQLite cannot do.

Ids of facts are deterministic (`events.ids`), so that replaying the log writes the same rows again and
changes nothing. Instants are stored in UTC and come back in China's time zone.
"""

from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from config.settings import CHINA


class Instant(TypeDecorator[datetime]):
    """A moment in time; refuses naive values, which would mean something else on every machine."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: give it a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(CHINA)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Instant, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012


Id = String(32)
Division = String(6)

BEFORE_RELEASES: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for the release of a reading that names none: every release came later."""
_FIRST: Final = "1970-01-01 00:00:00.000000"
"""The same, for the rows that were written before the column was."""


class Run(Base):
    """One crawl or intake run, with its counts."""

    __tablename__ = "runs"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(String(16), default="running")
    """running | complete | incomplete | held | discarded"""
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    note: Mapped[str] = mapped_column(Text, default="")


class Rejection(Base):
    """Something handed in or fetched that is no ad, kept for inspection."""

    __tablename__ = "rejections"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id"), index=True)
    place: Mapped[str] = mapped_column(Text)
    """File and line, or URL."""
    field: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(Text)
    excerpt: Mapped[str] = mapped_column(Text, default="")
    """At most 200 characters, contacts masked."""


class Sighting(Base):
    """The door's ledger: which content of which posting was last let in."""

    __tablename__ = "sightings"
    ad_id: Mapped[str] = mapped_column(Id, primary_key=True)
    content_hash: Mapped[str] = mapped_column(Id)
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    """When it was last met; pages that said they had not changed count."""
    valid_through: Mapped[date | None]
    """Until when it last claimed to hold; boards move that day on without a new version."""


class Employer(Base):
    __tablename__ = "employers"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    poster: Mapped[str] = mapped_column(String(16), default="unknown")
    first_seen: Mapped[datetime]


class Ad(Base):
    """One posting at one source; its wording is in its versions."""

    __tablename__ = "ads"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    source: Mapped[str] = mapped_column(String(200), index=True)
    source_ad_id: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text, default="")
    employer_id: Mapped[str | None] = mapped_column(ForeignKey("employers.id"), index=True)
    division: Mapped[str | None] = mapped_column(Division)
    city: Mapped[str] = mapped_column(Text, default="")
    posted: Mapped[date | None]
    first_seen: Mapped[datetime] = mapped_column(index=True)
    latest_at: Mapped[datetime]
    """When the newest version was observed."""
    version_id: Mapped[str] = mapped_column(Id)
    """The newest version."""
    reading_id: Mapped[str] = mapped_column(Id)
    """The newest reading of the newest version."""
    rules_since: Mapped[datetime] = mapped_column(server_default=_FIRST, default=BEFORE_RELEASES)
    """Since when the rules of that reading were in use: what makes it the newest (docs/releases.md)."""
    verdict: Mapped[str] = mapped_column(String(16), index=True)
    """The gravest verdict of that reading."""


class AdVersion(Base):
    """One wording of an ad, with all that `store.rereading` needs to make its JobAd event; it has its id."""

    __tablename__ = "ad_versions"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    ad_id: Mapped[str] = mapped_column(ForeignKey("ads.id"), index=True)
    run_id: Mapped[str] = mapped_column(Id)
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    observed_at: Mapped[datetime] = mapped_column(index=True)
    raw_sha256: Mapped[str] = mapped_column(String(64), default="")
    masked: Mapped[int] = mapped_column(default=0)
    content_hash: Mapped[str] = mapped_column(String(64), server_default="", default="")
    source_kind: Mapped[str] = mapped_column(String(16), server_default="file", default="file")
    url: Mapped[str] = mapped_column(Text, server_default="", default="")
    company: Mapped[str] = mapped_column(Text, server_default="", default="")
    city: Mapped[str] = mapped_column(Text, server_default="", default="")
    division: Mapped[str | None] = mapped_column(Division)
    posted: Mapped[date | None]
    valid_through: Mapped[date | None]
    salary: Mapped[str] = mapped_column(Text, server_default="", default="")
    poster: Mapped[str] = mapped_column(String(16), server_default="unknown", default="unknown")
    divisions: Mapped[list[Any]] = mapped_column(server_default="[]", default=list)
    acting_for: Mapped[str] = mapped_column(Text, server_default="", default="")
    terms: Mapped[dict[str, Any]] = mapped_column(server_default="{}", default=dict)
    """As in the event (`events.types.Terms`), without what says nothing."""
    fingerprint_id: Mapped[str | None] = mapped_column(Id, index=True)
    """See `store.likeness_models`."""


class StoredReading(Base):
    """What nlp said about one version under one set of rules. Its id is that of the CheckedAd event."""

    __tablename__ = "readings"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version_id: Mapped[str] = mapped_column(ForeignKey("ad_versions.id"), index=True)
    on: Mapped[date]
    edition: Mapped[str] = mapped_column(String(32))
    rules_version: Mapped[str] = mapped_column(String(64))
    catalogue_version: Mapped[str] = mapped_column(String(64), server_default="", default="")
    policy_version: Mapped[str] = mapped_column(String(64), server_default="", default="")
    rules_since: Mapped[datetime] = mapped_column(server_default=_FIRST, default=BEFORE_RELEASES)
    """Since when the rules were in use, the last time they read this version."""
    verdict: Mapped[str] = mapped_column(String(16), index=True)
    occupation: Mapped[str] = mapped_column(String(32), server_default="", default="")
    """Family of posts (`events.types.Reading.occupation`)."""
    mentions: Mapped[list[Any]] = mapped_column(default=list)
    """The mentions as in the event (`events.types.Mention`)."""


class Finding(Base):
    """What one rule of a pack showed to one reading (`events.types.PackFinding`).

    Append-only: triggers refuse every UPDATE and DELETE. Which findings stand follows from the readings
    (`store.findings`).
    """

    __tablename__ = "findings"
    reading_id: Mapped[str] = mapped_column(ForeignKey("readings.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """Place among the findings of its reading, from 0."""
    ad_id: Mapped[str] = mapped_column(ForeignKey("ads.id"), index=True)
    pack: Mapped[str] = mapped_column(String(32), index=True)
    rule: Mapped[str] = mapped_column(String(100))
    field: Mapped[str] = mapped_column(String(8))
    start: Mapped[int]
    end: Mapped[int]
    quote: Mapped[str] = mapped_column(Text)
    """The evidence in the ad's words; empty for what was recorded when only its being there was kept."""
    basis: Mapped[list[Any]] = mapped_column(default=list)


class Case(Base):
    """Employer × qualification × jurisdiction, holding all its clues (DESIGN, "Words")."""

    __tablename__ = "cases"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    """Never reused: QD-<division>-<year>-<sequence>."""
    employer_id: Mapped[str | None] = mapped_column(ForeignKey("employers.id"), index=True)
    """None where the ad names no employer; such a case holds one ad."""
    qualification: Mapped[str] = mapped_column(String(200), index=True)
    """Catalogue id, or the name as found for one the catalogue does not know."""
    name: Mapped[str] = mapped_column(Text)
    """Canonical name of the qualification."""
    division: Mapped[str | None] = mapped_column(Division, index=True)
    bureau: Mapped[str] = mapped_column(ForeignKey("bureaus.code"))
    """Bureau that the case belongs to: the nearest one up the division tree."""
    status: Mapped[str] = mapped_column(String(16), index=True)
    """One of config/casework.yaml; a machine only ever writes `suspected`."""
    opened_at: Mapped[datetime]
    follows: Mapped[str | None] = mapped_column(Id)
    """Id of the case that had ended before this one began, of the same employer, qualification and place."""


class Clue(Base):
    """疑似线索: one mention whose verdict is violation, in one ad, with its evidence."""

    __tablename__ = "clues"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    ad_id: Mapped[str] = mapped_column(ForeignKey("ads.id"), index=True)
    version_id: Mapped[str] = mapped_column(ForeignKey("ad_versions.id"))
    reading_id: Mapped[str] = mapped_column(ForeignKey("readings.id"))
    employer_id: Mapped[str | None] = mapped_column(ForeignKey("employers.id"), index=True)
    division: Mapped[str | None] = mapped_column(Division, index=True)
    source: Mapped[str] = mapped_column(String(200), index=True)
    field: Mapped[str] = mapped_column(String(8))
    start: Mapped[int]
    end: Mapped[int]
    quote: Mapped[str] = mapped_column(Text)
    clause: Mapped[str] = mapped_column(Text)
    clause_start: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    qualification: Mapped[str] = mapped_column(String(200), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    strength: Mapped[str] = mapped_column(String(16))
    cue: Mapped[str] = mapped_column(Text, default="")
    rule: Mapped[str] = mapped_column(String(100))
    basis: Mapped[list[Any]] = mapped_column(default=list)
    ended_by: Mapped[str] = mapped_column(Text, server_default="", default="")
    """What to cite where `basis` says that the paper was cancelled (`events.types.Mention.ended_by`)."""
    edition: Mapped[str] = mapped_column(String(32))
    rules_version: Mapped[str] = mapped_column(String(64))
    policy_version: Mapped[str] = mapped_column(String(64), server_default="", default="")
    policy_row: Mapped[str] = mapped_column(String(32), server_default="", default="")
    """Row of the policy that decided (`events.types.Mention.row`)."""
    severity: Mapped[str] = mapped_column(String(8))
    measure: Mapped[str] = mapped_column(Text, server_default="", default="")
    suggestion: Mapped[str] = mapped_column(Text, default="")
    first_seen: Mapped[datetime] = mapped_column(index=True)
    withdrawn_at: Mapped[datetime | None]
    """Set while the newest reading of the ad no longer accuses it; such a clue counts nowhere."""
    withdrawn_rules: Mapped[str] = mapped_column(String(64), server_default="", default="")
    """Version of the rules that withdrew it."""
    held_by: Mapped[int | None]
    """Number of the suspension of its rule that has it wait for a person (`store.feedback`)."""
    human_verdict: Mapped[str | None] = mapped_column(String(16))
    """What a person decided; outranks everything above and is never written by the machine."""


class CaseEvent(Base):
    """Append-only history of a case: triggers refuse every UPDATE and DELETE."""

    __tablename__ = "case_events"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(100))
    action: Mapped[str] = mapped_column(String(32))
    """opened | clue_added, _changed, _withdrawn, _reinstated, _released | one of config/casework.yaml"""
    clue_id: Mapped[str | None] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(Text, default="")
    to_status: Mapped[str] = mapped_column(String(16), server_default="", default="")
    """Status that a person's action led to; empty for what the machine did."""
    given: Mapped[dict[str, Any]] = mapped_column(server_default="{}", default=dict)
    """What the action asked for: bureau, inspectors, document, outcome …"""


class Bureau(Base):
    """The authority for a division-code subtree; loaded from config/bureaus.csv."""

    __tablename__ = "bureaus"
    code: Mapped[str] = mapped_column(Division, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    parent: Mapped[str | None] = mapped_column(Division)
    email: Mapped[str] = mapped_column(Text)


class Delivery(Base):
    """One message to one bureau, written before anything leaves the house."""

    __tablename__ = "deliveries"
    __table_args__ = (UniqueConstraint("bureau", "kind", "period", "content_id"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    bureau: Mapped[str] = mapped_column(ForeignKey("bureaus.code"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    """As in `store.deliveries`."""
    period: Mapped[str] = mapped_column(String(16))
    content_id: Mapped[str] = mapped_column(Id)
    """Hash over what the message is about: the same content is never sent twice."""
    status: Mapped[str] = mapped_column(String(16), index=True)
    """pending | sent | dead | skipped"""
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    place: Mapped[str] = mapped_column(Text, default="")
    """Where it went: a file in the outbox, or a channel's receipt."""
    error: Mapped[str] = mapped_column(Text, default="")


class DeliveryItem(Base):
    """A case announced by a delivery; a case is announced to a bureau once for each kind of message."""

    __tablename__ = "delivery_items"
    __table_args__ = (UniqueConstraint("bureau", "kind", "case_id"),)
    delivery_id: Mapped[str] = mapped_column(ForeignKey("deliveries.id"), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    bureau: Mapped[str] = mapped_column(Division)
    kind: Mapped[str] = mapped_column(String(16))


class DeliveryHint(Base):
    """A hint announced by a delivery: what a pack found in an ad is told once, and to one bureau."""

    __tablename__ = "delivery_hints"
    ad_id: Mapped[str] = mapped_column(ForeignKey("ads.id"), primary_key=True)
    pack: Mapped[str] = mapped_column(String(32), primary_key=True)
    delivery_id: Mapped[str] = mapped_column(ForeignKey("deliveries.id"), index=True)


class UnknownCredential(Base):
    """Curation tray: a named credential that the catalogue does not know, and an ad that names it."""

    __tablename__ = "unknown_credentials"
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    ad_id: Mapped[str] = mapped_column(ForeignKey("ads.id"), primary_key=True)


class ConsumerOffset(Base):
    """How far a stage's effects reach: written in the same transaction as the effects."""

    __tablename__ = "consumer_offsets"
    group: Mapped[str] = mapped_column(String(100), primary_key=True)
    topic: Mapped[str] = mapped_column(String(200), primary_key=True)
    partition: Mapped[int] = mapped_column(primary_key=True)
    next_offset: Mapped[int] = mapped_column(BigInteger)


class Release(Base):
    """Rules that a stage took into use, or refused (docs/releases.md)."""

    __tablename__ = "releases"
    rules_version: Mapped[str] = mapped_column(String(64), primary_key=True)
    catalogue_version: Mapped[str] = mapped_column(String(64), default="")
    policy_version: Mapped[str] = mapped_column(String(64), default="")
    status: Mapped[str] = mapped_column(String(16))
    """good | refused"""
    stage: Mapped[str] = mapped_column(String(32))
    loaded_at: Mapped[datetime] = mapped_column(index=True)
    """When a stage last found these rules in the folder, and took or refused them."""
    since: Mapped[datetime | None]
    """Since when they are in use, or were until the next ones came; None for refused ones."""
    problems: Mapped[list[Any]] = mapped_column(default=list)


Index("ix_clues_week", Clue.first_seen, Clue.division)
# What a bureau's report of a week asks for: one of many bureaus must not read the week of the whole nation.
Index("ix_ads_place", Ad.division, Ad.latest_at)
