"""What people do with cases: what is due, and the chain that shows that no history was changed.

Revision ID: 0015
Revises: 0014
"""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0015"
down_revision: str | None = "0014"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

REFUSE = "BEGIN SELECT RAISE(ABORT, 'audit_links is append-only'); END"
APPEND_ONLY = {
    "sqlite": (
        f"CREATE TRIGGER audit_links_no_update BEFORE UPDATE ON audit_links {REFUSE}",
        f"CREATE TRIGGER audit_links_no_delete BEFORE DELETE ON audit_links {REFUSE}",
    ),
    "postgresql": (
        """CREATE TRIGGER audit_links_append_only BEFORE UPDATE OR DELETE ON audit_links
           FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
        """CREATE TRIGGER audit_links_no_truncate BEFORE TRUNCATE ON audit_links
           FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
    ),
}


def upgrade() -> None:
    op.add_column(
        "case_events", sa.Column("to_status", sa.String(length=16), server_default="", nullable=False)
    )
    op.add_column("case_events", sa.Column("given", sa.JSON(), server_default="{}", nullable=False))
    op.create_table(
        "case_clocks",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("arranged", sa.Boolean(), nullable=False),
        sa.Column("paused_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_clocks")),
    )
    op.create_index("ix_case_clocks_due", "case_clocks", ["due"], unique=False)
    op.create_table(
        "audit_links",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_links")),
        sa.UniqueConstraint("event_id", name=op.f("uq_audit_links_event_id")),
    )
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("evidence is never migrated away; restore a backup instead")
