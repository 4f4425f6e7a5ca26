"""The list of hints an inspector works through: one line for each ad and pack, the newest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.bureaus import nearest_bureau
from config.divisions import known
from store.findings import hints


@dataclass(frozen=True, slots=True)
class HintLine:
    """What one pack found in one ad."""

    pack: str
    ad_id: str
    employer: str
    """Empty where the ad names none."""
    division: str | None
    title: str
    url: str
    first_seen: datetime
    quotes: tuple[str, ...]
    """The words that each rule goes by."""


def list_hints(session: Session, *, bureau: str | None = None, limit: int = 50) -> list[HintLine]:
    """The newest hints, those of one bureau if given."""
    lines = _lines(session)
    wanted = (line for line in lines if bureau is None or nearest_bureau(line.division) == bureau)
    return list(islice(wanted, limit))


def _lines(session: Session) -> Iterator[HintLine]:
    found = hints()
    order = found.c.first_seen.desc(), found.c.ad_id, found.c.pack, found.c.number
    rows = session.execute(select(found).order_by(*order).execution_options(yield_per=500))
    for (ad_id, pack), group in groupby(rows, key=lambda row: (row.ad_id, row.pack)):
        shown = list(group)
        first = shown[0]
        yield HintLine(
            pack=pack,
            ad_id=ad_id,
            employer=first.company,
            division=known(first.division),
            title=first.title,
            url=first.url,
            first_seen=first.first_seen,
            quotes=tuple(row.quote for row in shown),
        )
