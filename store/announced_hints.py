"""What a message about hints is made of: by employer and pack, the ads of one delivery and their words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from config.divisions import known
from store.announcements import QUOTES, Header, header
from store.findings import hints
from store.hints import Hint, by_employer, load_hints
from store.models import Bureau, Delivery, DeliveryHint, Finding

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
    basis: tuple[str, ...]
    """Ids of the texts that the hints rest on, each once."""
    evidence: tuple[Hint, ...]
    """Some of the ads, each with the words that none before it has."""


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
    groups = by_employer(load_hints(session, found))
    told = sorted(map(_announced, groups), key=lambda hint: (-hint.ads, hint.pack, hint.number))
    ads = len({hint.ad_id for group in groups for hint in group})
    return Hints(**header(delivery, bureau), total=len(told), ads=ads, hints=tuple(told[:limit]))


def _announced(group: Sequence[Hint]) -> AnnouncedHint:
    first = group[0]
    return AnnouncedHint(
        number=first.ad_id,
        pack=first.pack,
        division=known(first.division),
        employer=first.employer,
        poster=first.poster if first.employer else "unknown",
        ads=len(group),
        basis=tuple(dict.fromkeys(text for hint in group for text in hint.basis)),
        evidence=tuple(islice(_different(group), QUOTES)),
    )


def _different(group: Iterable[Hint]) -> Iterator[Hint]:
    shown: set[str] = set()
    for hint in group:
        new = tuple(quote for quote in hint.quotes if quote not in shown)
        if new:
            yield replace(hint, quotes=new)
        shown.update(new)
