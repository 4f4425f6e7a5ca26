"""What a run knows of its board's pages: which there are, which are due, what became of them.

The ledger is the frontier of a run too. Lists are noted in it, and pages are taken from it a hundred at a
time, so that a board of any size takes the same memory, and a run that is killed has lost nothing.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy import Engine

from crawlers.board import Board
from crawlers.masking import mask
from store.crawl_status import last_status
from store.database import snapshot, transaction
from store.staging import stage_visits, take_over
from store.targets import Due, Entry, Noted, RunMark, Visit, count_due, note_listed, note_visits, take_due

BATCH: Final = 500
"""Entries of a list that are noted together."""

_WORDS: Final = ("title", "text", "company", "city", "salary")
"""What a list says in words, where people put contacts."""


class Ledger(Protocol):
    """What a spider asks of a ledger."""

    remembers: bool
    """Does it want to be told about visits?"""
    caught_up: bool
    """Was the run before this one complete, so that nothing is missing behind what is known?"""

    def listed(self, entries: Sequence[Entry]) -> Noted:
        """Note what a list names, at most a `BATCH`."""

    def take(self, most: int) -> list[Due]:
        """Up to `most` pages to be asked for now; none is taken twice in a run."""


class PassingLedger:
    """For a trial: everything is new, and forgotten with the run."""

    remembers = False
    caught_up = False

    def __init__(self) -> None:
        self._waiting: dict[str, Due] = {}
        self._listed: set[str] = set()

    def listed(self, entries: Sequence[Entry]) -> Noted:
        fresh = {entry.key: entry for entry in entries if entry.key not in self._listed}
        self._listed |= fresh.keys()
        pages = (entry for entry in fresh.values() if entry.url)
        self._waiting |= {entry.key: Due(key=entry.key, url=entry.url, said=entry.said) for entry in pages}
        return Noted(frozenset(fresh), unread=len(fresh))

    def take(self, most: int) -> list[Due]:
        return [self._waiting.pop(key) for key in list(self._waiting)[:most]]


class StoredLedger:
    """The ledger of one run, in the database."""

    remembers = True

    def __init__(self, engine: Engine, board: Board, *, run_id: str, clock: Callable[[], datetime]) -> None:
        self.counts: Counter[str] = Counter(unchanged=0, gone=0, back=0)
        """Pages that did not change, and ads that have gone or are back by what their pages answered."""
        self.taken_over: int | None = None
        """Ads that waited because the run before broke off; None before the first page is taken."""
        self._engine = engine
        self._run = (board.id, run_id)
        self._recheck = timedelta(days=board.recheck)
        self._clock = clock
        self._began = clock()
        self._took_over = False
        with snapshot(engine) as session:
            self.caught_up = last_status(session, board.id) == "complete"

    def listed(self, entries: Sequence[Entry]) -> Noted:
        with transaction(self._engine) as session:
            noted = note_listed(session, self.mark(), [_masked(entry) for entry in entries])
        self.counts["unchanged"] += noted.resting
        return noted

    def take(self, most: int) -> list[Due]:
        with transaction(self._engine) as session:
            if self.taken_over is None:
                # Only now: lists were read, so the hosts are ours, and no other run over this board goes on.
                self.taken_over = take_over(session, self.mark())
            return take_due(session, self._at_begin(), most=most)

    def left(self) -> int:
        """How many pages are due and were not taken."""
        with snapshot(self._engine) as session:
            return count_due(session, self._at_begin())

    def visited(self, visits: Sequence[Visit]) -> None:
        """Keep what pages answered until the run is judged; call it when everything they gave is let in."""
        mark = self.mark()
        due_at = mark.now + self._recheck
        # That a page has not changed is so whatever becomes of the run.
        unchanged = [visit for visit in visits if visit.answer == "unchanged"]
        others = [visit for visit in visits if visit.answer != "unchanged"]
        with transaction(self._engine) as session:
            self.counts.update(note_visits(session, mark, unchanged, due_at=due_at))
            stage_visits(session, mark, others, due_at=due_at)
        self.counts["unchanged"] += len(unchanged)

    def mark(self) -> RunMark:
        """The run, at this moment."""
        return RunMark(*self._run, self._clock())

    def _at_begin(self) -> RunMark:
        # What becomes due while the run goes on is for the next one; otherwise a run might never end.
        return RunMark(*self._run, self._began)


def _masked(entry: Entry) -> Entry:
    said = {name: mask(value)[0] if name in _WORDS else value for name, value in entry.said.items()}
    return replace(entry, said=said)
