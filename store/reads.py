"""Who read what is personal or not masked: `store.access_models.Read`.

Whoever hands such a thing out adds the row, and commits it before anything leaves.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from config.divisions import NATION
from store.access_models import Read
from store.models import Case, Clue


def bureau_of(session: Session, ads: Collection[str] | Select[str]) -> str:
    """Whose matter these ads are, by their ids: the bureau of all their cases, or else the nation's."""
    query = select(Case.bureau).join(Clue, Clue.case_id == Case.id).where(Clue.ad_id.in_(ads)).distinct()
    found = session.scalars(query).all()
    return found[0] if len(found) == 1 else NATION


def reads_within(
    session: Session, bureaus: Collection[str], *, limit: int, after: int | None = None
) -> Sequence[Read]:
    """What was read of the matters of the bureaus, the newest first; with `after`, what is older."""
    query = select(Read).where(Read.bureau.in_(bureaus))
    if after is not None:
        query = query.where(Read.number < after)
    return session.scalars(query.order_by(Read.number.desc()).limit(limit)).all()
