"""Which objections a bureau was told of.

Revision ID: 0028
Revises: 0027
"""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0028"
down_revision: str | None = "0027"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "delivery_objections",
        sa.Column("delivery_id", sa.String(length=32), nullable=False),
        sa.Column("objection", sa.Integer(), nullable=False),
        sa.Column("bureau", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_delivery_objections_delivery_id_deliveries")
        ),
        sa.ForeignKeyConstraint(
            ["objection"], ["objections.number"], name=op.f("fk_delivery_objections_objection_objections")
        ),
        sa.PrimaryKeyConstraint("delivery_id", "objection", name=op.f("pk_delivery_objections")),
        sa.UniqueConstraint("bureau", "kind", "objection", name=op.f("uq_delivery_objections_bureau")),
    )


def downgrade() -> None:
    raise NotImplementedError("evidence is never migrated away; restore a backup instead")
