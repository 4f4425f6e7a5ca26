"""Who read personal data, in one append-only table; second factors of accounts; sessions begun elsewhere.

Revision ID: 0024
Revises: 0023
"""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0024"
down_revision: str | None = "0023"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

REFUSE = "BEGIN SELECT RAISE(ABORT, 'reads is append-only'); END"
APPEND_ONLY = {
    "sqlite": (
        f"CREATE TRIGGER reads_no_update BEFORE UPDATE ON reads {REFUSE}",
        f"CREATE TRIGGER reads_no_delete BEFORE DELETE ON reads {REFUSE}",
    ),
    "postgresql": (
        """CREATE TRIGGER reads_append_only BEFORE UPDATE OR DELETE ON reads
           FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
        """CREATE TRIGGER reads_no_truncate BEFORE TRUNCATE ON reads
           FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
    ),
}
MOVED = (
    """INSERT INTO reads (at, actor, what, subject, sha256, bureau, why)
       SELECT at, actor, 'evidence', capture_id, sha256, '000000', why FROM evidence_accesses
       ORDER BY at, id""",
    """INSERT INTO reads (at, actor, what, subject, sha256, bureau, why)
       SELECT at, actor, 'contact', receipt, '', '000000', why FROM report_actions
       WHERE action = 'contact_seen' ORDER BY at, id""",
    "DELETE FROM report_actions WHERE action = 'contact_seen'",
    "DROP TABLE evidence_accesses",
)


def upgrade() -> None:
    _create_reads()
    _create_factors()
    op.add_column(
        "console_sessions", sa.Column("by_provider", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    for statement in (*MOVED, *APPEND_ONLY[op.get_bind().dialect.name]):
        op.execute(statement)


def _create_reads() -> None:
    op.create_table(
        "reads",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("bureau", sa.String(length=6), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_reads")),
    )
    op.create_index("ix_reads_bureau", "reads", ["bureau", "number"])


def _create_factors() -> None:
    op.create_table(
        "second_factors",
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["accounts.name"], name=op.f("fk_second_factors_account_accounts")
        ),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["accounts.name"], name=op.f("fk_recovery_codes_account_accounts")
        ),
        sa.PrimaryKeyConstraint("account", "sha256", name=op.f("pk_recovery_codes")),
    )


def downgrade() -> None:
    raise NotImplementedError("evidence is never migrated away; restore a backup instead")
