"""Proof that nothing was lost: every event of a window is done, dead or still in flight.

Nothing is taken on trust from a counter: each event in the log is looked up in the database, among what the
next stage was sent and among the dead letters; each case and hint in the ledger of deliveries. What is found
nowhere, though its stage has gone past it, is missing. Events are told apart by their ids, so that one sent
twice counts once.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from pydantic_core import from_json
from sqlalchemy import Engine, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from consumers.letters import dead_letters
from events.ids import stable_id
from events.log import Log, Record, TopicPartition
from events.topics import CHECKED, COLLECTED
from store.database import snapshot
from store.gaps import noted_gaps
from store.models import AdVersion, Run, StoredReading
from store.outbox import waiting_values
from store.told import told

_PAGE: Final = 500
_SKEW: Final = timedelta(minutes=10)
"""The machines that keep a log may disagree about the time by so much."""
_WRONG_CLOCK: Final = timedelta(days=1)
"""The same for those that bring ads in, whose runs bear their own time."""


@dataclass(frozen=True, slots=True)
class Window:
    """From `since` on, up to and without `until`, by the time at which the log took an event."""

    since: datetime
    until: datetime | None = None

    def holds(self, moment: datetime) -> bool:
        return self.since <= moment and (self.until is None or moment < self.until)

    def is_past(self, moment: datetime) -> bool:
        """Whether nothing that comes after `moment` in the log is in the window any more."""
        return self.until is not None and moment >= self.until + _SKEW


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What became of what one stage was given: `taken` is the sum of all that follow."""

    stage: str
    taken: int
    done: int
    filtered: int = 0
    """Refused or known before, at the door; events sent more than once, at check and record; news that needed
    no telling any more, at alert."""
    dead: int = 0
    in_flight: int = 0
    skipped: int = 0
    """Records that had left the log, and that a person sent the stage past (consumers/gaps.py)."""
    missing: tuple[str, ...] = ()
    """Places and ids of what was found nowhere; at the door, the run of each ad; at alert, who should have
    been told what."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A record, as far as it matters here."""

    place: TopicPartition
    offset: int
    event_id: str
    """Empty for a record that is no event."""
    run_id: str

    def __str__(self) -> str:
        where = f"{self.place.topic}[{self.place.partition}]@{self.offset}"
        return f"{where} {self.event_id or 'no event'}"


def reconcile(log: Log, engine: Engine, window: Window) -> Iterator[Account]:
    """The accounts of the door, of check, of record and of alert."""
    # Outcomes come after what they are outcomes of, so they are looked at last; and what is in flight now
    # may be done by then, so how far the stages have come is asked before.
    reached = {group: log.committed(group, topic) for group, topic in _TOPICS.items()}
    collected = list(_entries(log, COLLECTED, window))
    checked = list(_entries(log, CHECKED, window))
    sent = {_of_ad(record) for record in _records(log, CHECKED, Window(window.since))}
    buried = {letter.event_id for letter in dead_letters(log)}
    with snapshot(engine) as session:
        yield _door(session, log, window)
        read = sent | _known(session, AdVersion.id, collected)
        recorded = _known(session, StoredReading.id, checked)
        skipped = _skipped(session, window)
        alert = _alert(session, window)
    check = _account("check", collected, done=read, dead=buried, reached=reached["check"])
    yield _with_skipped(check, skipped["check"])
    stored = _account("record", checked, done=recorded, dead=buried, reached=reached["record"])
    yield _with_skipped(stored, skipped["record"])
    yield alert


_TOPICS: Final = {"check": COLLECTED, "record": CHECKED}


def begins(log: Log) -> datetime | None:
    """Since when the log is complete, where it was trimmed; None if nothing has left it."""
    starts = {**log.start_offsets(COLLECTED), **log.start_offsets(CHECKED)}
    firsts = [
        record.timestamp
        for place, start in starts.items()
        if start
        for record in log.read(place, start=start, max_records=1)
    ]
    return max(firsts, default=None)


def _account(
    stage: str,
    entries: Iterable[_Entry],
    *,
    done: set[str],
    dead: set[str],
    reached: Mapping[TopicPartition, int],
) -> Account:
    fates: Counter[str] = Counter(done=0, filtered=0, dead=0, in_flight=0)
    missing: list[str] = []
    seen: set[str] = set()
    for entry in entries:
        if stable_id("dead-letter", *entry.place, entry.offset, stage) in dead:
            fates["dead"] += 1
        elif entry.event_id in seen:
            fates["filtered"] += 1
        elif entry.event_id in done:
            fates["done"] += 1
            seen.add(entry.event_id)
        elif entry.offset >= reached[entry.place]:
            fates["in_flight"] += 1
        else:
            missing.append(str(entry))
    return Account(stage=stage, taken=fates.total() + len(missing), missing=tuple(missing), **fates)


def _skipped(session: Session, window: Window) -> Counter[str]:
    """How many records each stage was sent past by decisions of the window."""
    skipped: Counter[str] = Counter()
    for gap in noted_gaps(session):
        if window.holds(gap.at):
            # Where the log has lost its end there are no records to skip.
            skipped[gap.group] += max(gap.next_offset - gap.first_offset, 0)
    return skipped


def _with_skipped(account: Account, skipped: int) -> Account:
    return replace(account, taken=account.taken + skipped, skipped=skipped)


def _alert(session: Session, window: Window) -> Account:
    """The news about cases and hints whose ads were first observed in the window."""
    fates: Counter[str] = Counter(done=0, filtered=0, dead=0, in_flight=0)
    missing = []
    for news in told(session, window.since, window.until):
        if news.fate == "missing":
            missing.append(str(news))
        else:
            fates[news.fate] += 1
    return Account(stage="alert", taken=fates.total() + len(missing), missing=tuple(missing), **fates)


def _door(session: Session, log: Log, window: Window) -> Account:
    """Each run that lies in the window against what the log and the outbox hold of it."""
    published: dict[str, set[str]] = defaultdict(set)
    for entry in _entries(log, COLLECTED, Window(window.since - _WRONG_CLOCK)):
        published[entry.run_id].add(entry.event_id)
    waiting: dict[str, set[str]] = defaultdict(set)
    for value in waiting_values(session, COLLECTED):
        event_id, run_id = _ids(value)
        if event_id not in published[run_id]:
            waiting[run_id].add(event_id)
    fates: Counter[str] = Counter(done=0, filtered=0, in_flight=0)
    missing: list[str] = []
    for run in _runs(session, window):
        accepted, found, waits = run.counts.get("accepted", 0), len(published[run.id]), len(waiting[run.id])
        filtered = run.counts.get("duplicate", 0) + run.counts.get("rejected", 0)
        # A run that was killed may have published more than it came to count.
        fates.update(done=found, in_flight=waits, filtered=filtered)
        if found + waits < accepted:
            missing += [f"run {run.id} of {run.source}"] * (accepted - found - waits)
    return Account(stage="door", taken=fates.total() + len(missing), missing=tuple(missing), **fates)


def _runs(session: Session, window: Window) -> Iterator[Run]:
    """The runs that began in the window and have ended in it."""
    for run in session.scalars(select(Run).where(Run.started_at >= window.since).order_by(Run.started_at)):
        if run.finished_at is not None and window.holds(run.finished_at):
            yield run


def _known(session: Session, column: InstrumentedAttribute[str], entries: Iterable[_Entry]) -> set[str]:
    """Which of the events have a row with their id in `column`."""
    ids = iter(sorted({entry.event_id for entry in entries if entry.event_id}))
    known: set[str] = set()
    while page := list(islice(ids, _PAGE)):
        known.update(session.scalars(select(column).where(column.in_(page))))
    return known


def _entries(log: Log, topic: str, window: Window) -> Iterator[_Entry]:
    for record in _records(log, topic, window):
        event_id, run_id = _ids(record.value)
        yield _Entry(record.place, record.offset, event_id, run_id)


def _ids(value: bytes) -> tuple[str, str]:
    """Id and run of a collected ad, or id of a checked one; empty for what is no event."""
    event = _parsed(value)
    return _text(event, "event_id"), _text(event, "run_id")


def _of_ad(record: Record) -> str:
    """Id of the collected event that a checked one answers."""
    return _text(_parsed(record.value).get("ad"), "event_id")


def _parsed(value: bytes) -> dict[str, object]:
    try:
        event = from_json(value)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}


def _text(event: object, name: str) -> str:
    found = event.get(name) if isinstance(event, dict) else None
    return found if isinstance(found, str) else ""


def _records(log: Log, topic: str, window: Window) -> Iterator[Record]:
    for place, end in sorted(log.end_offsets(topic).items()):
        offset = _first(log, place, window.since - _SKEW, end)
        while offset < end and (page := log.read(place, start=offset, max_records=_PAGE)):
            yield from (record for record in page if window.holds(record.timestamp))
            if window.is_past(page[0].timestamp):
                break
            offset = page[-1].offset + 1


def _first(log: Log, place: TopicPartition, moment: datetime, end: int) -> int:
    """The first offset whose record is not older than `moment`, found by halving."""
    low, high = 0, end
    while low < high:
        middle = (low + high) // 2
        found = log.read(place, start=middle, max_records=1)
        if not found or found[0].timestamp >= moment:
            high = middle
        else:
            low = found[0].offset + 1
    return low
