"""Rules that are suspended for what people decided, and the clues that wait for a person because of it.

Revision ID: 0021
Revises: 0020
"""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0021"
down_revision: str | None = "0020"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

REFUSE = "BEGIN SELECT RAISE(ABORT, 'rule_changes is append-only'); END"
APPEND_ONLY = {
    "sqlite": (
        f"CREATE TRIGGER rule_changes_no_update BEFORE UPDATE ON rule_changes {REFUSE}",
        f"CREATE TRIGGER rule_changes_no_delete BEFORE DELETE ON rule_changes {REFUSE}",
    ),
    "postgresql": (
        """CREATE TRIGGER rule_changes_append_only BEFORE UPDATE OR DELETE ON rule_changes
           FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
        """CREATE TRIGGER rule_changes_no_truncate BEFORE TRUNCATE ON rule_changes
           FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
    ),
}


def upgrade() -> None:
    op.create_table(
        "rule_changes",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rule", sa.String(length=100), nullable=False),
        sa.Column("policy_row", sa.String(length=32), nullable=False),
        sa.Column("cue", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_rule_changes")),
    )
    op.create_index("ix_rule_changes_rule", "rule_changes", ["rule", "policy_row", "cue", "number"])
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)
    op.add_column("clues", sa.Column("held_by", sa.Integer(), nullable=True))
    _partial_index("ix_clues_held_by", ["held_by"], where="held_by IS NOT NULL")
    decided = ["rule", "policy_row", "cue", "human_verdict", "case_id"]
    _partial_index("ix_clues_decided", decided, where="human_verdict IS NOT NULL")


def _partial_index(name: str, columns: list[str], *, where: str) -> None:
    op.create_index(name, "clues", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    raise NotImplementedError("evidence is never migrated away; restore a backup instead")
