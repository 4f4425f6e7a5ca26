"""What cases are found by, and indexes for the work list.

Revision ID: 0026
Revises: 0025
"""

import unicodedata
from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0026"
down_revision: str | None = "0025"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

AT_A_TIME: Final = 1000
"""Cases whose words are written together."""

# The characters of a text and their pairs. Its cost has it asked last, for rows that all else lets through.
GRAMS: Final = """
CREATE FUNCTION search_grams(words text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000
AS $$
SELECT array_agg(one) || array_agg(one || other) FILTER (WHERE other IS NOT NULL)
FROM unnest(string_to_array(words, NULL), (string_to_array(words, NULL))[2:]) AS letters (one, other)
$$
"""
INDEX: Final = """
CREATE INDEX ix_case_words_grams ON case_words
USING gin (search_grams(employer), search_grams(name), search_grams(words))
"""
PROVINCES: Final = "CREATE INDEX ix_cases_province ON cases (substr(bureau, 1, 2), opened_at, number)"
WIDER: Final = {
    "ix_cases_opened_at": ("cases", ["opened_at", "number"]),
    "ix_cases_bureau": ("cases", ["bureau", "opened_at", "number"]),
    "ix_clues_case_id": (
        "clues",
        ["case_id", "withdrawn_at", "severity", "source", "held_by", "human_verdict"],
    ),
}
"""Indexes that get further columns."""
CASES: Final = """
SELECT cases.id, number, coalesce(employers.name, ''), cases.name
FROM cases LEFT JOIN employers ON employers.id = employer_id
WHERE cases.id > :after ORDER BY cases.id LIMIT :count
"""
CLAUSES: Final = """
SELECT DISTINCT case_id, clause FROM clues
WHERE case_id > :after AND case_id <= :last AND withdrawn_at IS NULL ORDER BY 1, 2
"""


def upgrade() -> None:
    op.create_table(
        "case_words",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_words_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_words")),
    )
    write_words(op.get_bind())
    if op.get_bind().dialect.name == "postgresql":
        op.execute(GRAMS)
        op.execute(INDEX)
        op.execute(PROVINCES)
    for name, (table, columns) in WIDER.items():
        op.drop_index(name, table)
        op.create_index(name, table, columns)


def write_words(connection: sa.Connection) -> None:
    """As `store.search.index_cases` does it, for the cases that are there already."""
    written = sa.table("case_words", *map(sa.column, ("case_id", "employer", "name", "words")))
    after = ""
    while cases := connection.execute(sa.text(CASES), {"after": after, "count": AT_A_TIME}).all():
        lines = {case_id: [number, employer, name] for case_id, number, employer, name in cases}
        for case_id, clause in connection.execute(sa.text(CLAUSES), {"after": after, "last": cases[-1][0]}):
            lines[case_id].append(clause)
        rows = [
            {
                "case_id": i,
                "employer": _folded(said[1]),
                "name": _folded(said[2]),
                "words": _folded("\n".join(said)),
            }
            for i, said in lines.items()
        ]
        connection.execute(written.insert(), rows)
        after = cases[-1][0]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def downgrade() -> None:
    raise NotImplementedError("evidence is never migrated away; restore a backup instead")
