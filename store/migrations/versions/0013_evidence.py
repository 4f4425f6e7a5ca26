"""What was received, which ads it shows, and who has looked at the bytes.

Revision ID: 0013
Revises: 0012
"""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0013"
down_revision: str | None = "0012"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

REFUSE = "BEGIN SELECT RAISE(ABORT, 'evidence_accesses is append-only'); END"
APPEND_ONLY = {
    "sqlite": (
        f"CREATE TRIGGER evidence_accesses_no_update BEFORE UPDATE ON evidence_accesses {REFUSE}",
        f"CREATE TRIGGER evidence_accesses_no_delete BEFORE DELETE ON evidence_accesses {REFUSE}",
    ),
    "postgresql": (
        """CREATE TRIGGER evidence_accesses_append_only BEFORE UPDATE OR DELETE ON evidence_accesses
           FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
        """CREATE TRIGGER evidence_accesses_no_truncate BEFORE TRUNCATE ON evidence_accesses
           FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
    ),
}


def upgrade() -> None:
    op.create_table(
        "captures",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=200), nullable=False),
        sa.Column("charset", sa.String(length=64), nullable=False),
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sender", sa.String(length=32), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("answered_url", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("tls", sa.Boolean(), nullable=True),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_captures")),
    )
    for column in ("sha256", "url", "fetched_at"):
        op.create_index(op.f(f"ix_captures_{column}"), "captures", [column])
    op.create_table(
        "ad_captures",
        sa.Column("version_id", sa.String(length=32), nullable=False),
        sa.Column("capture_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("locator", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["ad_versions.id"], name=op.f("fk_ad_captures_version_id_ad_versions")
        ),
        sa.PrimaryKeyConstraint("version_id", "capture_id", name=op.f("pk_ad_captures")),
    )
    op.create_index("ix_ad_captures_capture_id", "ad_captures", ["capture_id"])
    op.create_table(
        "evidence_accesses",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("capture_id", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_accesses")),
    )
    op.create_index(op.f("ix_evidence_accesses_capture_id"), "evidence_accesses", ["capture_id"])
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("evidence is never migrated away; restore a backup instead")
