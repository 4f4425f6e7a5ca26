"""What the public reported, by which receipts, and how to reach who did.

Revision ID: 0012
Revises: 0011
"""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0012"
down_revision: str | None = "0011"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "reported_matters",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("ads", sa.JSON(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reported_matters")),
    )
    op.create_index(op.f("ix_reported_matters_state"), "reported_matters", ["state"])
    op.create_table(
        "public_reports",
        sa.Column("receipt", sa.String(length=32), nullable=False),
        sa.Column("matter_id", sa.String(length=32), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("repeated", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("board", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["reported_matters.id"], name=op.f("fk_public_reports_matter_id_reported_matters")
        ),
        sa.PrimaryKeyConstraint("receipt", name=op.f("pk_public_reports")),
    )
    op.create_index(op.f("ix_public_reports_matter_id"), "public_reports", ["matter_id"])
    op.create_index(op.f("ix_public_reports_received_at"), "public_reports", ["received_at"])
    _tables_of_one_report()


def _tables_of_one_report() -> None:
    op.create_table(
        "report_contacts",
        sa.Column("receipt", sa.String(length=32), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("delete_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt"], ["public_reports.receipt"], name=op.f("fk_report_contacts_receipt_public_reports")
        ),
        sa.PrimaryKeyConstraint("receipt", name=op.f("pk_report_contacts")),
    )
    op.create_index(op.f("ix_report_contacts_delete_at"), "report_contacts", ["delete_at"])
    op.create_table(
        "report_actions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("receipt", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt"], ["public_reports.receipt"], name=op.f("fk_report_actions_receipt_public_reports")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_actions")),
    )
    op.create_index(op.f("ix_report_actions_receipt"), "report_actions", ["receipt"])


def downgrade() -> None:
    raise NotImplementedError("evidence is never migrated away; restore a backup instead")
