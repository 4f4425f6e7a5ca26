"""Reports that were issued, with their files.

Revision ID: 0029
Revises: 0028
"""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0029"
down_revision: str | None = "0028"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TABLES = ("issued_reports", "issued_files")
REFUSE = "BEGIN SELECT RAISE(ABORT, 'what was issued stays as it is'); END"
SQLITE = """CREATE TRIGGER {table}_no_{deed} BEFORE {deed} ON {table} {refuse}"""
POSTGRESQL = (
    """CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
       FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
    """CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
       FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
)


def upgrade() -> None:
    op.create_table(
        "issued_reports",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("bureau", sa.String(length=6), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("edition", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("corrects", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_issued_reports")),
    )
    op.create_index("ix_issued_reports_bureau", "issued_reports", ["bureau", "period"])
    op.create_table(
        "issued_files",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["issued_reports.number"], name=op.f("fk_issued_files_number_issued_reports")
        ),
        sa.PrimaryKeyConstraint("number", "name", name=op.f("pk_issued_files")),
    )
    for table in TABLES:
        for statement in _triggers(table, op.get_bind().dialect.name):
            op.execute(statement)


def _triggers(table: str, dialect: str) -> list[str]:
    if dialect == "sqlite":
        return [SQLITE.format(table=table, deed=deed, refuse=REFUSE) for deed in ("UPDATE", "DELETE")]
    return [statement.format(table=table) for statement in POSTGRESQL]


def downgrade() -> None:
    raise NotImplementedError("what was issued is never migrated away; restore a backup instead")
