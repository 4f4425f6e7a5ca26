"""The table of what was decided about rules: which are suspended, since when, by whom and why."""

from datetime import datetime
from typing import Final

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.models import Base, Clue

__all__ = ["Base", "RuleChange"]


class RuleChange(Base):
    """A rule was suspended, or its suspension lifted; append-only by triggers. The newest of a rule holds."""

    __tablename__ = "rule_changes"
    __table_args__ = (Index("ix_rule_changes_rule", "rule", "policy_row", "cue", "number"),)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1, without gaps."""
    rule: Mapped[str] = mapped_column(String(100))
    policy_row: Mapped[str] = mapped_column(String(32))
    cue: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(String(16))
    """suspended | lifted"""
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(100))
    """A person, or `machine`."""
    reason: Mapped[str] = mapped_column(Text)
    confirmed: Mapped[int]
    """Of the cases decided until then, those that were confirmed."""
    cases: Mapped[int]


_DECIDED: Final = Clue.human_verdict.is_not(None)
Index(
    "ix_clues_decided",
    Clue.rule, Clue.policy_row, Clue.cue, Clue.human_verdict, Clue.case_id,
    sqlite_where=_DECIDED, postgresql_where=_DECIDED,
)  # fmt: skip
_HELD: Final = Clue.held_by.is_not(None)
Index("ix_clues_held_by", Clue.held_by, sqlite_where=_HELD, postgresql_where=_HELD)
