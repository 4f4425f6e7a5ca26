"""Platform notices, their files and what is answered to them.

Revision ID: 0034
Revises: 0033
"""

from collections.abc import Iterator, Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0034"
down_revision: str | None = "0033"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

NOTICES = "platform_notices"
APPEND_ONLY = (
    "platform_notice_items",
    "platform_notice_clues",
    "platform_notice_files",
    "platform_notice_replies",
)
REFUSE = "BEGIN SELECT RAISE(ABORT, 'a notice stays as it was issued'); END"


def upgrade() -> None:
    _create_notices()
    _create_files()
    _create_replies()
    for statement in _triggers(op.get_bind().dialect.name):
        op.execute(statement)


def _create_notices() -> None:
    op.create_table(
        NOTICES,
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("bureau", sa.String(length=6), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("cites", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drafted_by", sa.String(length=100), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=100), nullable=False),
        sa.Column("decided_why", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bureau"], ["bureaus.code"], name=op.f("fk_platform_notices_bureau_bureaus")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_platform_notices")),
        sa.UniqueConstraint("bureau", "year", "sequence", name=op.f("uq_platform_notices_bureau")),
    )
    op.create_index(op.f("ix_platform_notices_source"), NOTICES, ["source"])
    op.create_index(op.f("ix_platform_notices_state"), NOTICES, ["state"])
    op.create_table(
        "platform_notice_items",
        sa.Column("notice", sa.String(length=32), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ad_id", sa.String(length=32), nullable=False),
        sa.Column("measure", sa.String(length=16), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice"],
            ["platform_notices.number"],
            name=op.f("fk_platform_notice_items_notice_platform_notices"),
        ),
        sa.ForeignKeyConstraint(["ad_id"], ["ads.id"], name=op.f("fk_platform_notice_items_ad_id_ads")),
        sa.PrimaryKeyConstraint("notice", "place", name=op.f("pk_platform_notice_items")),
    )
    op.create_index(op.f("ix_platform_notice_items_ad_id"), "platform_notice_items", ["ad_id"])
    op.create_table(
        "platform_notice_clues",
        sa.Column("notice", sa.String(length=32), nullable=False),
        sa.Column("clue_id", sa.String(length=32), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clue_id"], ["clues.id"], name=op.f("fk_platform_notice_clues_clue_id_clues")
        ),
        _of_item("platform_notice_clues"),
        sa.PrimaryKeyConstraint("notice", "clue_id", name=op.f("pk_platform_notice_clues")),
    )
    op.create_index(op.f("ix_platform_notice_clues_clue_id"), "platform_notice_clues", ["clue_id"])
    op.create_table(
        "platform_notice_ads",
        sa.Column("ad_id", sa.String(length=32), nullable=False),
        sa.Column("notice", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["ad_id"], ["ads.id"], name=op.f("fk_platform_notice_ads_ad_id_ads")),
        sa.ForeignKeyConstraint(
            ["notice"],
            ["platform_notices.number"],
            name=op.f("fk_platform_notice_ads_notice_platform_notices"),
        ),
        sa.PrimaryKeyConstraint("ad_id", name=op.f("pk_platform_notice_ads")),
    )
    op.create_index(op.f("ix_platform_notice_ads_notice"), "platform_notice_ads", ["notice"])


def _of_item(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["notice", "place"],
        ["platform_notice_items.notice", "platform_notice_items.place"],
        name=op.f(f"fk_{table}_notice_platform_notice_items"),
    )


def _create_files() -> None:
    op.create_table(
        "platform_notice_files",
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"],
            ["platform_notices.number"],
            name=op.f("fk_platform_notice_files_number_platform_notices"),
        ),
        sa.PrimaryKeyConstraint("number", "name", name=op.f("pk_platform_notice_files")),
    )


def _create_replies() -> None:
    op.create_table(
        "platform_notice_replies",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("notice", sa.String(length=32), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("said_by", sa.String(length=100), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.String(length=100), nullable=False),
        sa.Column("file", sa.String(length=100), nullable=False),
        _of_item("platform_notice_replies"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_platform_notice_replies")),
    )
    op.create_index("ix_platform_notice_replies_item", "platform_notice_replies", ["notice", "place"])


def _triggers(dialect: str) -> Iterator[str]:
    """A notice changes while it is a draft; everything else about it never does."""
    sqlite = dialect == "sqlite"
    settled = "OLD.state <> 'draft'"
    if sqlite:
        yield f"CREATE TRIGGER {NOTICES}_settled BEFORE UPDATE ON {NOTICES} WHEN {settled} {REFUSE}"
    else:
        yield f"""CREATE TRIGGER {NOTICES}_settled BEFORE UPDATE ON {NOTICES}
            FOR EACH ROW WHEN ({settled}) EXECUTE FUNCTION refuse_change()"""
    for table in (NOTICES, *APPEND_ONLY):
        deeds = ("DELETE",) if table == NOTICES else ("UPDATE", "DELETE")
        for deed in deeds:
            name = f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table}"
            yield f"{name} {REFUSE}" if sqlite else f"{name} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        if not sqlite:
            yield f"""CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"""


def downgrade() -> None:
    raise NotImplementedError("what was issued is never migrated away; restore a backup instead")
