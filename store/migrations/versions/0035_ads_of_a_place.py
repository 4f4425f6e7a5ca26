"""The ads of a place that were seen lately, for the reports of its bureau.

Revision ID: 0035
Revises: 0034
"""

from collections.abc import Sequence
from typing import Final

from alembic import op

revision: Final = "0035"
down_revision: str | None = "0034"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_ads_place", "ads", ["division", "latest_at"])
    op.drop_index("ix_ads_division", "ads")


def downgrade() -> None:
    op.create_index("ix_ads_division", "ads", ["division"])
    op.drop_index("ix_ads_place", "ads")
