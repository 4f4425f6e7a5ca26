"""What rule packs found in ads (docs/packs.md): a finding for each rule, a hint for each ad and pack.

A finding belongs to a reading and never changes. A hint is what people are told: it rests on the oldest
version of its ad whose newest reading shows the pack. All of it follows from the stored readings, so a
re-reading that shows nothing any more supersedes what was found, and nothing need be withdrawn.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Subquery, exists, func, select, true, tuple_
from sqlalchemy.orm import Session, aliased

from config.packs import LEASING
from events.types import CheckedAd, PackFinding, Reading, Span
from store.models import AdVersion, Finding, StoredReading

EARLIER: Final = "leasing.earlier"
"""Rule of a leasing that was read before the rules of packs had names."""


def finding_rows(events: Iterable[CheckedAd]) -> Iterator[dict[str, Any]]:
    """The findings of the readings of `events`, in their order."""
    return (
        {
            "reading_id": event.event_id,
            "number": number,
            "ad_id": event.ad.ad_id,
            "pack": found.pack,
            "rule": found.rule,
            "field": found.evidence.field,
            "start": found.evidence.start,
            "end": found.evidence.end,
            "quote": found.evidence.text,
            "basis": list(found.basis),
        }
        for event in events
        for number, found in enumerate(_found(event.reading))
    )


def _found(reading: Reading) -> tuple[PackFinding, ...]:
    """Its findings; older producers tell of leasing alone, and not by which rule."""
    if reading.findings or reading.leasing_evidence is None:
        return reading.findings
    return (PackFinding(pack=LEASING, rule=EARLIER, evidence=reading.leasing_evidence),)


def findings_of(session: Session, reading_ids: Collection[str]) -> Mapping[str, tuple[PackFinding, ...]]:
    """The findings of these readings as in their events, by reading; nothing for one without."""
    found: dict[str, tuple[PackFinding, ...]] = defaultdict(tuple)
    query = select(Finding).where(Finding.reading_id.in_(reading_ids))
    for row in session.scalars(query.order_by(Finding.reading_id, Finding.number)):
        evidence = Span.model_validate(
            {"field": row.field, "start": row.start, "end": row.end, "text": row.quote}
        )
        basis = tuple(str(each) for each in row.basis)
        finding = PackFinding(pack=row.pack, rule=row.rule, evidence=evidence, basis=basis)
        found[row.reading_id] += (finding,)
    return found


def hints(*, only: ColumnElement[bool] | None = None) -> Subquery:
    """The findings that hints rest on, each with its ad's version and reading.

    Columns: those of `Finding`; title, url, company, poster, division and posted of the version; first_seen,
    the moment at which it was first observed; edition and rules_version of the reading.

    `only` narrows the ads and packs. What has no words to show is told to nobody.
    """
    return _all_hints() if only is None else _hints(only)


@cache  # it says the same every time, and takes milliseconds to put together
def _all_hints() -> Subquery:
    return _hints(true())


def _hints(only: ColumnElement[bool]) -> Subquery:
    age = func.rank().over(
        partition_by=(Finding.ad_id, Finding.pack), order_by=(AdVersion.observed_at, AdVersion.id)
    )
    shown = (
        select(
            *Finding.__table__.columns,
            AdVersion.title,
            AdVersion.url,
            AdVersion.company,
            AdVersion.poster,
            AdVersion.division,
            AdVersion.posted,
            AdVersion.observed_at.label("first_seen"),
            StoredReading.edition,
            StoredReading.rules_version,
            age.label("age"),
        )
        .join(StoredReading, StoredReading.id == Finding.reading_id)
        .join(AdVersion, AdVersion.id == StoredReading.version_id)
        .where(_of_newest_reading(), Finding.quote != "", only)
        .subquery()
    )
    return select(shown).where(shown.c.age == 1).subquery("hints")


def _of_newest_reading() -> ColumnElement[bool]:
    """Whether the reading is the newest of its version, in the order of `store.rereading`."""
    other = aliased(StoredReading)
    later = tuple_(other.rules_since, other.on, other.id) > tuple_(
        StoredReading.rules_since, StoredReading.on, StoredReading.id
    )
    return ~exists().where(other.version_id == StoredReading.version_id, later)
