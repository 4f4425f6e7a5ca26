"""Requests that hosts were asked in each hour, for their budgets; cases that follow one that has ended.

Revision ID: 0018
Revises: 0017
"""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0018"
down_revision: str | None = "0017"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "host_requests",
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("host", "hour", name=op.f("pk_host_requests")),
    )
    op.add_column("cases", sa.Column("follows", sa.String(length=32), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("evidence is never migrated away; restore a backup instead")
