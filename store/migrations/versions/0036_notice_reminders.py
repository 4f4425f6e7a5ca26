"""Reminders of platform notices, and what bureaus were told of late ones.

Revision ID: 0036
Revises: 0035
"""

from collections.abc import Iterator, Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0036"
down_revision: str | None = "0035"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

REMINDERS = "platform_notice_reminders"
REFUSE = "BEGIN SELECT RAISE(ABORT, 'a reminder stays as it was released'); END"


def upgrade() -> None:
    op.create_table(
        REMINDERS,
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("notice", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice"],
            ["platform_notices.number"],
            name=op.f("fk_platform_notice_reminders_notice_platform_notices"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_platform_notice_reminders")),
        sa.UniqueConstraint("notice", "sequence", name=op.f("uq_platform_notice_reminders_notice")),
    )
    op.create_table(
        "delivery_notices",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("notice", sa.String(length=32), nullable=False),
        sa.Column("delivery_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice"], ["platform_notices.number"], name=op.f("fk_delivery_notices_notice_platform_notices")
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_delivery_notices_delivery_id_deliveries")
        ),
        sa.PrimaryKeyConstraint("kind", "notice", name=op.f("pk_delivery_notices")),
    )
    op.create_index(op.f("ix_delivery_notices_delivery_id"), "delivery_notices", ["delivery_id"])
    for statement in _triggers(op.get_bind().dialect.name):
        op.execute(statement)


def _triggers(dialect: str) -> Iterator[str]:
    sqlite = dialect == "sqlite"
    for deed in ("UPDATE", "DELETE"):
        name = f"CREATE TRIGGER {REMINDERS}_no_{deed.lower()} BEFORE {deed} ON {REMINDERS}"
        yield f"{name} {REFUSE}" if sqlite else f"{name} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    if not sqlite:
        yield f"""CREATE TRIGGER {REMINDERS}_no_truncate BEFORE TRUNCATE ON {REMINDERS}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"""


def downgrade() -> None:
    raise NotImplementedError("what was released is never migrated away; restore a backup instead")
