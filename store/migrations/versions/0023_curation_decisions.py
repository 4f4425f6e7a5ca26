"""What people decided about the names in the curation tray, append-only.

Revision ID: 0023
Revises: 0022
"""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0023"
down_revision: str | None = "0022"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

REFUSE = "BEGIN SELECT RAISE(ABORT, 'curation_decisions is append-only'); END"
APPEND_ONLY = {
    "sqlite": (
        f"CREATE TRIGGER curation_decisions_no_update BEFORE UPDATE ON curation_decisions {REFUSE}",
        f"CREATE TRIGGER curation_decisions_no_delete BEFORE DELETE ON curation_decisions {REFUSE}",
    ),
    "postgresql": (
        """CREATE TRIGGER curation_decisions_append_only BEFORE UPDATE OR DELETE ON curation_decisions
           FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
        """CREATE TRIGGER curation_decisions_no_truncate BEFORE TRUNCATE ON curation_decisions
           FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
    ),
}


def upgrade() -> None:
    op.create_table(
        "curation_decisions",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("choice", sa.String(length=16), nullable=False),
        sa.Column("qualification", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_curation_decisions")),
    )
    op.create_index("ix_curation_decisions_name", "curation_decisions", ["name", "number"])
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("evidence is never migrated away; restore a backup instead")
