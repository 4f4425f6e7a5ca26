"""What an ad says beside its wording: its terms, all its places, and for whom its poster hires.

Revision ID: 0014
Revises: 0013
"""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0014"
down_revision: str | None = "0013"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("ad_versions", sa.Column("divisions", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("ad_versions", sa.Column("acting_for", sa.Text(), server_default="", nullable=False))
    op.add_column("ad_versions", sa.Column("terms", sa.JSON(), server_default="{}", nullable=False))
    op.add_column("sightings", sa.Column("valid_through", sa.Date(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("evidence is never migrated away; restore a backup instead")
