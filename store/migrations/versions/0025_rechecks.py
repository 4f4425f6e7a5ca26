"""Looking again at the ads of corrected cases; those that are corrected already are planned too.

Revision ID: 0025
Revises: 0024
"""

from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision: Final = "0025"
down_revision: str | None = "0024"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_DAYS: Final = (7, 30, 90)
_CORRECTED: Final = """
SELECT DISTINCT clues.case_id, clues.ad_id, ads.url, done.since
FROM clues JOIN ads ON ads.id = clues.ad_id JOIN cases ON cases.id = clues.case_id
JOIN (SELECT case_id, max(at) AS since FROM case_events WHERE action = 'correct' GROUP BY case_id) AS done
  ON done.case_id = clues.case_id
WHERE cases.status = 'corrected' AND clues.human_verdict = 'confirmed' AND clues.withdrawn_at IS NULL
"""


def upgrade() -> None:
    table = op.create_table(
        "rechecks",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("ad_id", sa.String(length=32), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("found_ad", sa.String(length=32), nullable=True),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ad_id"], ["ads.id"], name=op.f("fk_rechecks_ad_id_ads")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_rechecks_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "days", "ad_id", name=op.f("pk_rechecks")),
    )
    op.create_index(op.f("ix_rechecks_ad_id"), "rechecks", ["ad_id"], unique=False)
    op.create_index(op.f("ix_rechecks_url"), "rechecks", ["url"], unique=False)
    op.create_index(op.f("ix_rechecks_looked_at"), "rechecks", ["looked_at"], unique=False)
    op.create_index("ix_rechecks_next_on", "rechecks", ["next_on"], unique=False)
    if rows := planned(op.get_bind()):
        op.bulk_insert(table, rows)


def planned(connection: sa.Connection) -> list[dict[str, object]]:
    """The rows of the cases that are corrected already."""
    corrected = sa.text(_CORRECTED).columns(since=sa.DateTime(timezone=True))
    return [_planned(found, days) for found in connection.execute(corrected).mappings() for days in _DAYS]


def _planned(found: sa.RowMapping, days: int) -> dict[str, object]:
    since = found["since"] if found["since"].tzinfo else found["since"].replace(tzinfo=UTC)
    due_on = since.astimezone(ZoneInfo("Asia/Shanghai")).date() + timedelta(days=days)
    told = {"since": found["since"], "outcome": "", "misses": 0, "tries": 0}
    case = {"case_id": found["case_id"], "days": days, "ad_id": found["ad_id"], "url": found["url"]}
    return case | told | {"due_on": due_on, "next_on": due_on}


def downgrade() -> None:
    raise NotImplementedError("evidence is never migrated away; restore a backup instead")
