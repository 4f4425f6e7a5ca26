"""What a message about hints is made of: by employer and pack, the ads of one delivery and their words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, select, tuple_
from sqlalchemy.orm import Session

from config.divisions import known
from store.announcements import QUOTES, Evidence, Header, header
from store.findings import hints
from store.models import Ad, Bureau, Delivery, DeliveryHint, Finding

ENTRIES: Final = 20
"""Employers set out in one message; of the others it says how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncedHint:
    """What one pack found in the ads of one employer at one place, or in one ad that names none."""

    number: str
    """Id of the first of the ads."""
    pack: str
    division: str | None
    employer: str
    poster: str
    ads: int
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints(Header):
    """Hints, of which nobody was told. `hints` holds those with most ads; `total` and `ads` count all."""

    total: int
    ads: int
    hints: tuple[AnnouncedHint, ...]


def announced_hints(session: Session, delivery: Delivery, bureau: Bureau, *, limit: int = ENTRIES) -> Hints:
    """The delivery as it stands now, without hints that a re-reading no longer shows."""
    planned = select(DeliveryHint.ad_id, DeliveryHint.pack).where(DeliveryHint.delivery_id == delivery.id)
    found = hints(only=tuple_(Finding.ad_id, Finding.pack).in_(planned))
    query = select(found, Ad.source).join(Ad, Ad.id == found.c.ad_id)
    rows = session.execute(query.order_by(found.c.first_seen, found.c.ad_id, found.c.pack, found.c.number))
    groups: dict[tuple[str, ...], list[Row[Any]]] = {}
    for row in rows:
        who = (row.company, row.division or "") if row.company else (row.ad_id,)
        groups.setdefault((row.pack, *who), []).append(row)
    told = sorted(map(_announced, groups.values()), key=lambda hint: (-hint.ads, hint.pack, hint.number))
    ads = len({row.ad_id for group in groups.values() for row in group})
    return Hints(**header(delivery, bureau), total=len(told), ads=ads, hints=tuple(told[:limit]))


def _announced(group: Sequence[Row[Any]]) -> AnnouncedHint:
    first = group[0]
    different = {row.quote: row for row in reversed(group)}
    return AnnouncedHint(
        number=first.ad_id,
        pack=first.pack,
        division=known(first.division),
        employer=first.company,
        poster=first.poster if first.company else "unknown",
        ads=len({row.ad_id for row in group}),
        evidence=tuple(_quoted(row) for row in reversed(different.values()))[:QUOTES],
    )


def _quoted(row: Row[Any]) -> Evidence:
    return Evidence(
        title=row.title,
        clause=row.quote,
        quote=row.quote,
        cue="",
        basis=tuple(str(part) for part in row.basis),
        ended_by="",
        measure="",
        suggestion="",
        source=row.source,
        url=row.url,
        posted=row.posted,
        first_seen=row.first_seen,
    )
