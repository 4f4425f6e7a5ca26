"""What rule packs find, told like clues; and the document that ended a clue's paper.

Revision ID: 0004
Revises: 0003
"""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

REFUSE = "BEGIN SELECT RAISE(ABORT, 'findings is append-only'); END"
APPEND_ONLY = {
    "sqlite": (
        f"CREATE TRIGGER findings_no_update BEFORE UPDATE ON findings {REFUSE}",
        f"CREATE TRIGGER findings_no_delete BEFORE DELETE ON findings {REFUSE}",
    ),
    "postgresql": (
        """CREATE TRIGGER findings_append_only BEFORE UPDATE OR DELETE ON findings
           FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
        """CREATE TRIGGER findings_no_truncate BEFORE TRUNCATE ON findings
           FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
    ),
}


def upgrade() -> None:
    findings = op.create_table(
        "findings",
        sa.Column("reading_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ad_id", sa.String(length=32), nullable=False),
        sa.Column("pack", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.String(length=100), nullable=False),
        sa.Column("field", sa.String(length=8), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("basis", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["ad_id"], ["ads.id"], name=op.f("fk_findings_ad_id_ads")),
        sa.ForeignKeyConstraint(
            ["reading_id"], ["readings.id"], name=op.f("fk_findings_reading_id_readings")
        ),
        sa.PrimaryKeyConstraint("reading_id", "number", name=op.f("pk_findings")),
    )
    op.create_index(op.f("ix_findings_ad_id"), "findings", ["ad_id"], unique=False)
    op.create_index(op.f("ix_findings_pack"), "findings", ["pack"], unique=False)
    _move_leasing(findings)
    op.drop_column("readings", "leasing")
    op.create_table(
        "delivery_hints",
        sa.Column("ad_id", sa.String(length=32), nullable=False),
        sa.Column("pack", sa.String(length=32), nullable=False),
        sa.Column("delivery_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["ad_id"], ["ads.id"], name=op.f("fk_delivery_hints_ad_id_ads")),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_delivery_hints_delivery_id_deliveries")
        ),
        sa.PrimaryKeyConstraint("ad_id", "pack", name=op.f("pk_delivery_hints")),
    )
    op.create_index(op.f("ix_delivery_hints_delivery_id"), "delivery_hints", ["delivery_id"], unique=False)
    op.add_column("clues", sa.Column("ended_by", sa.Text(), server_default="", nullable=False))
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def _move_leasing(findings: sa.Table) -> None:
    """Until now a reading kept whether it saw leasing, and not in which words."""
    readings = sa.table(
        "readings", sa.column("id"), sa.column("version_id"), sa.column("leasing", sa.Boolean())
    )
    versions = sa.table("ad_versions", sa.column("id"), sa.column("ad_id"))
    known = sa.literal("leasing"), sa.literal("leasing.earlier"), sa.literal("text")
    unknown = sa.literal(0), sa.literal(0), sa.literal(""), sa.literal([], sa.JSON())
    seen = (
        sa.select(readings.c.id, sa.literal(0), versions.c.ad_id, *known, *unknown)
        .join_from(readings, versions, versions.c.id == readings.c.version_id)
        .where(readings.c.leasing)
    )
    op.execute(findings.insert().from_select([column.name for column in findings.columns], seen))


def downgrade() -> None:
    raise NotImplementedError("evidence is never migrated away; restore a backup instead")
