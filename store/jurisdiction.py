"""Which cases a bureau may see: its own, and those of the bureaus below it."""

from functools import lru_cache
from typing import Final

from sqlalchemy import ColumnElement, func, literal_column, select, true
from sqlalchemy.orm import Session

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


def is_within(session: Session, number: str, root: str, *, lock: bool = False) -> bool:
    """Is there a case of this number within `root`? With `lock` it stays so until the transaction ends."""
    query = select(Case.bureau).where(Case.number == number)
    found = session.scalar(query.with_for_update() if lock else query)
    return found is not None and found in bureaus_within(root)
