"""The family of posts that an ad is for.

Revision ID: 0033
Revises: 0032
"""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0033"
down_revision: str | None = "0032"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "readings", sa.Column("occupation", sa.String(length=32), server_default="", nullable=False)
    )


def downgrade() -> None:
    raise NotImplementedError("evidence is never migrated away; restore a backup instead")
