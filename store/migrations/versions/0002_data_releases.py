"""Data releases, re-readings, withdrawn clues, and versions from which their event can be built again.

Revision ID: 0002
Revises: 0001
"""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BEFORE_RELEASES = "1970-01-01 00:00:00.000000"

FILL_VERSIONS = (
    # What older versions did not keep is taken from their ad, as its newest version left it; the bytes'
    # content hash is known for the newest version alone, and salary and end of validity for none.
    """UPDATE ad_versions SET
         url = (SELECT ads.url FROM ads WHERE ads.id = ad_versions.ad_id),
         city = (SELECT ads.city FROM ads WHERE ads.id = ad_versions.ad_id),
         division = (SELECT ads.division FROM ads WHERE ads.id = ad_versions.ad_id),
         posted = (SELECT ads.posted FROM ads WHERE ads.id = ad_versions.ad_id)""",
    """UPDATE ad_versions SET
         company = COALESCE((SELECT employers.name FROM ads JOIN employers ON employers.id = ads.employer_id
                             WHERE ads.id = ad_versions.ad_id), ''),
         poster = COALESCE((SELECT employers.poster FROM ads JOIN employers ON employers.id = ads.employer_id
                            WHERE ads.id = ad_versions.ad_id), 'unknown')""",
    """UPDATE ad_versions SET
         source_kind = COALESCE((SELECT runs.kind FROM runs WHERE runs.id = ad_versions.run_id), 'file'),
         content_hash = COALESCE((SELECT sightings.content_hash
                                  FROM sightings JOIN ads ON ads.id = sightings.ad_id
                                  WHERE ads.version_id = ad_versions.id), '')""",
)


def upgrade() -> None:
    op.create_table(
        "releases",
        sa.Column("rules_version", sa.String(length=64), nullable=False),
        sa.Column("catalogue_version", sa.String(length=64), nullable=False),
        sa.Column("policy_version", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("rules_version", name=op.f("pk_releases")),
    )
    op.create_index(op.f("ix_releases_loaded_at"), "releases", ["loaded_at"], unique=False)
    for name, kind in (("content_hash", sa.String(64)), ("url", sa.Text()), ("company", sa.Text())):
        op.add_column("ad_versions", _filled(name, kind))
    op.add_column("ad_versions", _filled("city", sa.Text()))
    op.add_column("ad_versions", _filled("salary", sa.Text()))
    op.add_column("ad_versions", _filled("source_kind", sa.String(16), "file"))
    op.add_column("ad_versions", _filled("poster", sa.String(16), "unknown"))
    op.add_column("ad_versions", sa.Column("division", sa.String(length=6), nullable=True))
    op.add_column("ad_versions", sa.Column("posted", sa.Date(), nullable=True))
    op.add_column("ad_versions", sa.Column("valid_through", sa.Date(), nullable=True))
    for table in ("ads", "readings"):
        op.add_column(table, _filled("rules_since", sa.DateTime(timezone=True), BEFORE_RELEASES))
    for table, name in (
        ("readings", "catalogue_version"),
        ("readings", "policy_version"),
        ("clues", "policy_version"),
        ("clues", "withdrawn_rules"),
    ):
        op.add_column(table, _filled(name, sa.String(64)))
    op.add_column("clues", _filled("policy_row", sa.String(32)))
    op.add_column("clues", _filled("measure", sa.Text()))
    op.add_column("clues", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    for statement in FILL_VERSIONS:
        op.execute(statement)


def _filled(name: str, kind: Any, default: str = "") -> sa.Column[Any]:  # noqa: ANN401 - any column type
    """A column that old rows need a value for."""
    return sa.Column(name, kind, server_default=default, nullable=False)


def downgrade() -> None:
    raise NotImplementedError("evidence is never migrated away; restore a backup instead")
