"""How a board fares, as its runs tell, and since when.

live: its last run was complete; partial: it ended when a host had been sent as many requests as it gets;
degraded: it was incomplete, discarded, or its fields are filled less than before; held: it waits for a
person; blocked: the board sent us away; gone: its lists are not there any more; never: it was not crawled.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Final, Literal

from store.models import Run

State = Literal["live", "partial", "degraded", "held", "blocked", "gone", "never"]

STOPPED: Final = "stopped early: "
"""Begins the note of a run that did not come to its own end; why the spider closed follows."""

BUDGET: Final = "budget"
"""Why a spider closed whose host has been sent as many requests as it gets."""

ABSENT: Final = "the lists are not there"
"""Begins the note of a run whose lists answered 404 or 410, so that it listed nothing."""

GONE_AFTER: Final = 3
"""Such runs in a row after which the board counts as gone."""

FELL: Final = "fewer filled: "
"""Begins the note of a complete run in whose postings fields are filled less than before."""

_KEPT_OUT: Final = tuple(STOPPED + reason for reason in ("blocked", "board_busy"))
"""What the note says when the board sent us away (crawlers/stops.py, crawlers/backoff.py)."""


@dataclass(frozen=True, slots=True)
class Health:
    state: State = "never"
    since: datetime | None = None
    """When the first of the runs ended that have been like the last one ever since."""
    last_complete: datetime | None = None
    running: datetime | None = None
    """When the run began that is under way, or whose end nobody noted."""
    last: Run | None = None
    """The last run that ended."""


def health(runs: Iterable[Run]) -> Health:
    """The health of a board, from its runs, the newest first; only as many are read as it takes."""
    running: datetime | None = None
    ended: list[Run] = []
    complete: datetime | None = None
    for run in runs:
        if run.finished_at is not None:
            ended.append(run)
            complete = complete or (run.finished_at if run.status == "complete" else None)
            if complete and state_after(run) != state_after(ended[0]):
                break
        elif not ended:
            running = running or run.started_at
    if not ended:
        return Health(running=running)
    last = ended[0]
    alike = list(takewhile(lambda run: state_after(run) == state_after(last), ended))
    absent = list(takewhile(lambda run: run.note.startswith(ABSENT), ended))
    if len(absent) >= GONE_AFTER:
        return Health("gone", absent[-1].finished_at, complete, running, last)
    return Health(state_after(last), alike[-1].finished_at, complete, running, last)


def state_after(run: Run) -> State:
    """What the end of `run` alone says of its board."""
    if run.status == "complete":
        return "degraded" if run.note.startswith(FELL) else "live"
    if run.status == "held":
        return "held"
    if run.note.startswith(STOPPED + BUDGET):
        return "partial"
    return "blocked" if run.note.startswith(_KEPT_OUT) else "degraded"
