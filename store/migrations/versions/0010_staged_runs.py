"""Runs are judged before anything of them is published.

Revision ID: 0010
Revises: 0009
"""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0010"
down_revision: str | None = "0009"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    _staged_tables()
    op.create_table(
        "run_profiles",
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("ads", "accepted", "postings", "rejected")
        ),
        sa.Column("filled", sa.JSON(), nullable=False),
        sa.Column("good", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_profiles_run_id_runs")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_run_profiles")),
    )
    op.create_index(op.f("ix_run_profiles_source"), "run_profiles", ["source"])
    op.create_table(
        "run_decisions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_decisions_run_id_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_decisions")),
    )
    op.create_index(op.f("ix_run_decisions_run_id"), "run_decisions", ["run_id"])


def _staged_tables() -> None:
    """What waits for the verdict; no number is given out again, because who publishes deletes by number."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "staged_ads",
        sa.Column("number", number, autoincrement=True, nullable=False),
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("ad_id", sa.String(length=32), nullable=False),
        sa.Column("content_hash", sa.String(length=32), nullable=False),
        sa.Column("event", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_staged_ads")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_staged_ads_run", "staged_ads", ["run_id", "ad_id"])
    op.create_table(
        "staged_visits",
        sa.Column("number", number, autoincrement=True, nullable=False),
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("target", sa.String(length=32), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("last_modified", sa.Text(), nullable=False),
        sa.Column("ads", sa.JSON(), nullable=False),
        sa.Column("postings", sa.Integer(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_staged_visits")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_staged_visits_run", "staged_visits", ["run_id", "target"])


def downgrade() -> None:
    raise NotImplementedError("evidence is never migrated away; restore a backup instead")
