"""Objections against cases, and how to reach who objects.

Revision ID: 0027
Revises: 0026
"""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0027"
down_revision: str | None = "0026"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

REFUSE = "BEGIN SELECT RAISE(ABORT, 'an answered objection stays as it is'); END"
KEEP = {
    "sqlite": (
        f"CREATE TRIGGER objections_answered BEFORE UPDATE ON objections WHEN OLD.state <> 'open' {REFUSE}",
        f"CREATE TRIGGER objections_no_delete BEFORE DELETE ON objections {REFUSE}",
    ),
    "postgresql": (
        """CREATE TRIGGER objections_answered BEFORE UPDATE ON objections
           FOR EACH ROW WHEN (OLD.state <> 'open') EXECUTE FUNCTION refuse_change()""",
        """CREATE TRIGGER objections_no_delete BEFORE DELETE ON objections
           FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
        """CREATE TRIGGER objections_no_truncate BEFORE TRUNCATE ON objections
           FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
    ),
}


def upgrade() -> None:
    op.create_table(
        "objections",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("receipt_sha256", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=100), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_objections_case_id_cases")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_objections")),
        sa.UniqueConstraint("receipt_sha256", name=op.f("uq_objections_receipt_sha256")),
    )
    op.create_index(op.f("ix_objections_case_id"), "objections", ["case_id"])
    op.create_index("ix_objections_state", "objections", ["state", "number"])
    op.create_table(
        "objection_contacts",
        sa.Column("objection", sa.Integer(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("delete_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["objection"], ["objections.number"], name=op.f("fk_objection_contacts_objection_objections")
        ),
        sa.PrimaryKeyConstraint("objection", name=op.f("pk_objection_contacts")),
    )
    op.create_index(op.f("ix_objection_contacts_delete_at"), "objection_contacts", ["delete_at"])
    for statement in KEEP[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("evidence is never migrated away; restore a backup instead")
