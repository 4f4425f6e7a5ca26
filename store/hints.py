"""Hints as people are told them: one for each ad and pack, with the words that its rules go by."""

from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, islice
from typing import Any

from sqlalchemy import ColumnElement, Row, Subquery, select
from sqlalchemy.orm import Session

from config.bureaus import nearest_bureau
from store.findings import hints
from store.models import Ad


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """What one pack found in one ad."""

    ad_id: str
    pack: str
    quotes: tuple[str, ...]
    """Words of the ad, in its order; none of them is part of another."""
    basis: tuple[str, ...]
    """Ids of the texts that its rules rest on, each once."""
    employer: str
    """Empty where the ad names none."""
    poster: str
    division: str | None
    """As the ad was placed; the list of divisions need not have it."""
    title: str
    url: str
    source: str
    posted: date | None
    first_seen: datetime


def load_hints(
    session: Session, found: Subquery, *where: ColumnElement[bool], newest_first: bool = False
) -> Generator[Hint]:
    """The hints that rest on `found` (from `store.findings.hints`), in the order their ads were seen."""
    seen = found.c.first_seen.desc() if newest_first else found.c.first_seen
    query = select(found, Ad.source).join(Ad, Ad.id == found.c.ad_id).where(*where)
    ordered = query.order_by(seen, found.c.ad_id, found.c.pack, found.c.number)
    # Closed also when the caller wants no more of them, or a cursor stays open in the server.
    with session.execute(ordered.execution_options(yield_per=500)) as rows:
        for _, findings in groupby(rows, key=lambda row: (row.ad_id, row.pack)):
            yield _hint(list(findings))


def by_employer(found: Iterable[Hint]) -> list[list[Hint]]:
    """The hints of each pack at one employer and place; one whose ad names no employer stands alone."""
    groups: dict[tuple[str, ...], list[Hint]] = {}
    for hint in found:
        who = (hint.employer, hint.division or "") if hint.employer else (hint.ad_id,)
        groups.setdefault((hint.pack, *who), []).append(hint)
    return list(groups.values())


def list_hints(session: Session, *, bureau: str | None = None, limit: int = 50) -> list[Hint]:
    """The newest hints, those of one bureau if given."""
    with closing(load_hints(session, hints(), newest_first=True)) as newest:
        wanted = (hint for hint in newest if bureau is None or nearest_bureau(hint.division) == bureau)
        return list(islice(wanted, limit))


def _hint(findings: Sequence[Row[Any]]) -> Hint:
    first = findings[0]
    return Hint(
        ad_id=first.ad_id,
        pack=first.pack,
        quotes=apart(_joined(findings)),
        basis=tuple(dict.fromkeys(str(text) for row in findings for text in row.basis)),
        employer=first.company,
        poster=first.poster,
        division=first.division,
        title=first.title,
        url=first.url,
        source=first.source,
        posted=first.posted,
        first_seen=first.first_seen,
    )


def _joined(findings: Iterable[Row[Any]]) -> list[str]:
    """The stretches of the ad that `findings` show; those that overlap are one."""
    joined: list[tuple[str, int, str]] = []
    for row in sorted(findings, key=lambda row: (row.field, row.start)):
        words, end = row.quote, row.end
        if joined and joined[-1][0] == row.field and row.start < joined[-1][1]:
            _, last, before = joined.pop()
            words, end = before + words[last - row.start :], max(end, last)
        joined.append((row.field, end, words))
    return [words for _, _, words in joined]


def apart(quotes: Iterable[str]) -> tuple[str, ...]:
    """Each of `quotes` once, without those that stand within another."""
    each = tuple(dict.fromkeys(quotes))
    return tuple(quote for quote in each if not any(quote in other for other in each if other != quote))
