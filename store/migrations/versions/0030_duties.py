"""Of which assignments and late steps bureaus were told.

Revision ID: 0030
Revises: 0029
"""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0030"
down_revision: str | None = "0029"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "delivery_duties",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("occasion", sa.String(length=32), nullable=False),
        sa.Column("delivery_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_delivery_duties_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_delivery_duties_delivery_id_deliveries")
        ),
        sa.PrimaryKeyConstraint("kind", "case_id", "occasion", name=op.f("pk_delivery_duties")),
    )
    op.create_index(op.f("ix_delivery_duties_delivery_id"), "delivery_duties", ["delivery_id"])


def downgrade() -> None:
    raise NotImplementedError("evidence is never migrated away; restore a backup instead")
