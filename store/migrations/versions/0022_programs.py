"""Programs that work with cases: their tokens, what they did, and how far their webhooks were told.

Revision ID: 0022
Revises: 0021
"""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0022"
down_revision: str | None = "0021"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "account_tokens",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("program", sa.String(length=100), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("reads_only", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account"], ["accounts.name"], name=op.f("fk_account_tokens_account_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_tokens")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_account_tokens_token_sha256")),
    )
    op.create_index(op.f("ix_account_tokens_account"), "account_tokens", ["account"], unique=False)
    op.create_table(
        "api_deeds",
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("idempotency_key", sa.String(length=200), nullable=False),
        sa.Column("asked_sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.name"], name=op.f("fk_api_deeds_account_accounts")),
        sa.PrimaryKeyConstraint("account", "idempotency_key", name=op.f("pk_api_deeds")),
    )
    op.create_table(
        "webhook_positions",
        sa.Column("bureau", sa.String(length=6), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau"], ["bureaus.code"], name=op.f("fk_webhook_positions_bureau_bureaus")
        ),
        sa.PrimaryKeyConstraint("bureau", name=op.f("pk_webhook_positions")),
    )


def downgrade() -> None:
    raise NotImplementedError("evidence is never migrated away; restore a backup instead")
