"""From editions and history.tsv to what each qualification was on every day."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby, pairwise

from config.catalogue.model import Edition, HistoryRow, Period, Qualification, Standing, Timeline

_DAY = timedelta(days=1)
_UNRECORDED = "国家职业资格目录公布之前，没有查到它的记载"


def timelines(
    qualifications: Iterable[Qualification], editions: tuple[Edition, ...], records: Iterable[HistoryRow]
) -> dict[str, Timeline]:
    """What each qualification was, from date.min on: its editions first, then history.tsv, then `outside`."""
    by_id: dict[str, list[HistoryRow]] = {}
    for row in records:
        by_id.setdefault(row.id, []).append(row)
    listed = {each for edition in editions for each in edition.listings}
    # Most papers stand in no list and no row: those of one kind share a timeline.
    plain: dict[str, Timeline] = {}
    found = {}
    for each in qualifications:
        if each.id in listed or each.id in by_id:
            found[each.id] = _timeline(each, editions, tuple(by_id.get(each.id, ())))
        else:
            plain[each.outside] = plain.get(each.outside) or _timeline(each, editions, ())
            found[each.id] = plain[each.outside]
    return found


def _timeline(
    qualification: Qualification, editions: tuple[Edition, ...], rows: tuple[HistoryRow, ...]
) -> Timeline:
    starts = {edition.row.start for edition in editions}
    starts |= {row.start or date.min for row in rows} | {row.until + _DAY for row in rows if row.until}
    days = tuple(sorted(starts))
    return Timeline(days, tuple(_standing(qualification, day, editions, rows) for day in days))


def _standing(
    qualification: Qualification, day: date, editions: tuple[Edition, ...], rows: tuple[HistoryRow, ...]
) -> Standing:
    edition = next(each for each in reversed(editions) if each.row.start <= day)
    item = edition.listings.get(qualification.id)
    if item is not None:
        return Standing(item.kind, edition, item, item.listed == "pending", None)
    record = next((row for row in rows if covers(row, day)), None)
    return Standing(record.kind if record else qualification.outside, edition, None, False, record)  # noqa: FBT003


def covers(row: HistoryRow, day: date) -> bool:
    """Whether `day` lies in the period of `row`; both ends belong to it."""
    return (row.start or date.min) <= day <= (row.until or date.max)


def periods(life: Timeline, qualification: Qualification) -> tuple[Period, ...]:
    """The timeline with what is the same in law joined; open at both ends."""
    stretches = [
        tuple(group)
        for _, group in groupby(zip(life.starts, life.standings, strict=True), key=lambda each: _law(each[1]))
    ]
    ends = [stretch[0][0] - _DAY for stretch in stretches[1:]]
    return tuple(
        _period(stretch[0], until, qualification)
        for stretch, until in zip(stretches, [*ends, None], strict=True)
    )


def _law(standing: Standing) -> tuple[object, ...]:
    """Two standings with the same answer say the same in law, though a state may have begun between them."""
    item, record = standing.item, standing.record
    if item is not None:
        return item.listed, item.ref, standing.edition.origin
    return standing.kind, record.line if record else standing.edition.items == ()


def _period(stretch: tuple[date, Standing], until: date | None, qualification: Qualification) -> Period:
    day, standing = stretch
    start = None if day == date.min else day
    item, record, edition = standing.item, standing.record, standing.edition.row
    dated = start.isoformat() if start else ""
    if item is not None:
        dated = edition.dated if edition.dated and start == edition.start else dated
        known = edition.verified and item.is_verified("class")
        said = (edition.document, dated, known, (*edition.source, *item.source), item.note)
    elif record is not None:
        dated = record.dated if start == record.start else dated
        said = (record.document, dated, record.verified, record.source, record.note)
    elif not standing.edition.items:
        said = ("", dated, False, qualification.source, _UNRECORDED)
    else:
        known = qualification.verified
        said = (qualification.decision, dated, known, qualification.source, qualification.note)
    document, dated, verified, sources, note = said
    return Period(
        start, until, standing.kind, standing.pending, item, edition.title,
        document, dated, verified, tuple(dict.fromkeys(sources)), note,
    )  # fmt: skip


def misdated(rows: Iterable[HistoryRow], editions: tuple[Edition, ...]) -> Iterator[str]:
    """Rows that end before they begin, say two things of one day, or speak where an edition does."""
    ordered = sorted(rows, key=lambda row: (row.id, row.start or date.min))
    for row in ordered:
        if row.start and row.until and row.until < row.start:
            yield row.problem("until", f"{row.until} is before {row.start}")
        if not (row.start.isoformat() if row.start else "").startswith(row.dated):
            yield row.problem("dated", f"{row.dated!r} does not fit the first day {row.start}")
        yield from _overlaps_with_editions(row, editions)
    for earlier, later in pairwise(ordered):
        if earlier.id == later.id and (earlier.until or date.max) >= (later.start or date.min):
            yield later.problem("from", f"overlaps line {earlier.line}")


def _overlaps_with_editions(row: HistoryRow, editions: tuple[Edition, ...]) -> Iterator[str]:
    ends = [*(edition.row.start - _DAY for edition in editions[1:]), date.max]
    for edition, end in zip(editions, ends, strict=True):
        apart = (row.until or date.max) < edition.row.start or (row.start or date.min) > end
        if row.id in edition.listings and not apart:
            yield row.problem("from", f"{row.id!r} is listed by {edition.id} on some of these days")
