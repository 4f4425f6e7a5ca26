"""Key points of issued reports, for the letters about them.

Revision ID: 0032
Revises: 0031
"""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0032"
down_revision: str | None = "0031"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("issued_reports", sa.Column("key_points", sa.JSON(), server_default="[]", nullable=False))
    op.create_index("ix_issued_reports_at", "issued_reports", ["at"])


def downgrade() -> None:
    raise NotImplementedError("what was issued is never migrated away; restore a backup instead")
