"""What people decided about the open dataset.

Revision ID: 0031
Revises: 0030
"""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0031"
down_revision: str | None = "0030"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TABLE = "dataset_decisions"
REFUSE = f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
KEEP = {
    "sqlite": tuple(
        f"CREATE TRIGGER {TABLE}_no_{change.lower()} BEFORE {change} ON {TABLE} {REFUSE}"
        for change in ("UPDATE", "DELETE")
    ),
    "postgresql": (
        f"""CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE ON {TABLE}
            FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
        f"""CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
    ),
}


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_dataset_decisions")),
    )
    op.create_index("ix_dataset_decisions_subject", TABLE, ["what", "subject"])
    for statement in KEEP[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("evidence is never migrated away; restore a backup instead")
