"""Which ads are publications of one posting. Ads that are stored already: `qingdan db fingerprint`.

Revision ID: 0011
Revises: 0010
"""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0011"
down_revision: str | None = "0010"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "fingerprints",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("gate", sa.String(length=32), nullable=False),
        sa.Column("known_by", sa.String(length=8), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cluster_id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fingerprints")),
    )
    op.create_index(op.f("ix_fingerprints_cluster_id"), "fingerprints", ["cluster_id"])
    op.create_index(op.f("ix_fingerprints_gate"), "fingerprints", ["gate"])
    op.create_table(
        "fingerprint_bands",
        sa.Column("band", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint_id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("band", "fingerprint_id", name=op.f("pk_fingerprint_bands")),
        sqlite_with_rowid=False,
    )
    op.add_column("ad_versions", sa.Column("fingerprint_id", sa.String(length=32), nullable=True))
    op.create_index(op.f("ix_ad_versions_fingerprint_id"), "ad_versions", ["fingerprint_id"])


def downgrade() -> None:
    raise NotImplementedError("evidence is never migrated away; restore a backup instead")
