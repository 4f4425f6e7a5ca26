"""What a bureau may see: the cases of its own and of the bureaus below it, and what lies in its area."""

from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, func, literal_column, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from config.bureaus import load_bureaus
from config.divisions import NATION, in_subtree
from store.models import Case

_PROVINCE_ENDS: Final = "0000"

# With figures, not parameters, it is what an index has the cases of a province by.
province_of_bureau: Final = func.substr(Case.bureau, literal_column("1"), literal_column("2"))


@lru_cache(maxsize=512)
def bureaus_within(root: str) -> tuple[str, ...]:
    """Codes of the bureau `root` and of those below it."""
    return tuple(bureau.code for bureau in load_bureaus() if in_subtree(bureau.code, root))


def within(root: str) -> ColumnElement[bool]:
    """Whether a case belongs to the bureau `root` or to one below it."""
    if root == NATION:
        return true()
    if root.endswith(_PROVINCE_ENDS):
        return province_of_bureau == root[:2]
    return Case.bureau.in_(bureaus_within(root))


def lies_within(division: ColumnElement[Any] | InstrumentedAttribute[Any], root: str) -> ColumnElement[bool]:
    """Whether a place lies in the division `root`; in the nation lies also what is nowhere."""
    # A range instead of LIKE, because an index serves it in SQLite and PostgreSQL alike.
    if root == NATION:
        return true()
    if root.endswith("00"):
        significant = root[:2] if root.endswith("0000") else root[:4]
        return division.between(significant.ljust(6, "0"), significant.ljust(6, "9"))
    return division == root


def is_within(session: Session, number: str, root: str, *, lock: bool = False) -> bool:
    """Is there a case of this number within `root`? With `lock` it stays so until the transaction ends."""
    query = select(Case.bureau).where(Case.number == number)
    found = session.scalar(query.with_for_update() if lock else query)
    return found is not None and found in bureaus_within(root)
