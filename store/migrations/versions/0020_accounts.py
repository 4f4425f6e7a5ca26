"""Accounts of the console, who is logged in, the append-only record of it; deeds in cases by person.

Revision ID: 0020
Revises: 0018
"""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0020"
down_revision: str | None = "0018"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

REFUSE = "BEGIN SELECT RAISE(ABORT, 'account_events is append-only'); END"
APPEND_ONLY = {
    "sqlite": (
        f"CREATE TRIGGER account_events_no_update BEFORE UPDATE ON account_events {REFUSE}",
        f"CREATE TRIGGER account_events_no_delete BEFORE DELETE ON account_events {REFUSE}",
    ),
    "postgresql": (
        """CREATE TRIGGER account_events_append_only BEFORE UPDATE OR DELETE ON account_events
           FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
        """CREATE TRIGGER account_events_no_truncate BEFORE TRUNCATE ON account_events
           FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
    ),
}


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("bureau", sa.String(length=6), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["bureau"], ["bureaus.code"], name=op.f("fk_accounts_bureau_bureaus")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_accounts")),
    )
    op.create_table(
        "console_sessions",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["accounts.name"], name=op.f("fk_console_sessions_account_accounts")
        ),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_console_sessions")),
    )
    op.create_index(op.f("ix_console_sessions_account"), "console_sessions", ["account"], unique=False)
    op.create_table(
        "account_events",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_account_events")),
    )
    op.create_index("ix_account_events_account", "account_events", ["account", "number"], unique=False)
    op.create_index(
        "ix_case_events_people",
        "case_events",
        ["actor", "case_id"],
        unique=False,
        postgresql_where=sa.text("to_status != ''"),
        sqlite_where=sa.text("to_status != ''"),
    )
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("evidence is never migrated away; restore a backup instead")
