"""The table by which cases are searched for.

`store.models` says what holds for all tables.
"""

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.models import Base, Case

__all__ = ["Base", "CaseWords"]


class CaseWords(Base):
    """What a case can be found by, in the letters that `store.search.folded` gives.

    On PostgreSQL its three texts share an index of their characters and pairs of characters; it follows from
    the migration that made the table.
    """

    __tablename__ = "case_words"
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    employer: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    """Of the qualification."""
    words: Mapped[str] = mapped_column(Text)
    """Number, employer, qualification, and the clauses of the clues that stand; one a line."""


# In the order in which lists show them, so that a page is read without sorting all cases.
Index("ix_cases_opened_at", Case.opened_at, Case.number)
Index("ix_cases_bureau", Case.bureau, Case.opened_at, Case.number)
