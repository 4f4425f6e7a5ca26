"""PostgreSQL refuses to empty the history of cases, and refuses changes the way SQLite does.

Revision ID: 0003
Revises: 0002
"""

from collections.abc import Sequence
from typing import Final

from alembic import op

revision: Final = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# As a violated constraint, so that a stage takes it for what it is: a row that no repetition makes good.
REFUSE = "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'"
POSTGRESQL = (
    f"""CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN {REFUSE}; END $$""",
    """CREATE TRIGGER case_events_no_truncate BEFORE TRUNCATE ON case_events
       FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for statement in POSTGRESQL:
            op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("evidence is never migrated away; restore a backup instead")
