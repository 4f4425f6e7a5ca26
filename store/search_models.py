"""The table by which cases are searched for.

`store.models` says what holds for all tables.
"""

from sqlalchemy import ForeignKey, Index, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from store.jurisdiction import province_of_bureau
from store.models import Base, Case, Clue

__all__ = ["Base", "CaseWords"]


class CaseWords(Base):
    """What a case can be found by, in the letters that `store.search.folded` gives."""

    __tablename__ = "case_words"
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    employer: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    """Of the qualification."""
    words: Mapped[str] = mapped_column(Text)
    """Number, employer, qualification, and the clauses of the clues that stand; one a line."""


# By characters and their pairs; the migration that made the table made the function too.
Index(
    "ix_case_words_grams",
    *map(func.search_grams, (CaseWords.employer, CaseWords.name, CaseWords.words)),
    postgresql_using="gin",
).ddl_if(dialect="postgresql")
# In the order in which lists show them, so that a page is read without sorting all cases.
Index("ix_cases_opened_at", Case.opened_at, Case.number)
Index("ix_cases_bureau", Case.bureau, Case.opened_at, Case.number)
Index("ix_cases_province", province_of_bureau, Case.opened_at, Case.number).ddl_if(dialect="postgresql")
# With all that lists ask about clues, so that they need not look at the clues themselves.
Index(
    "ix_clues_case_id",
    Clue.case_id,
    Clue.withdrawn_at,
    Clue.severity,
    Clue.source,
    Clue.held_by,
    Clue.human_verdict,
)
