"""How a board fares, from the ends of its runs."""

from datetime import timedelta

import pytest

from crawlers.health import Health, health
from store.models import Run
from tests.factory import WEDNESDAY

HOUR = timedelta(hours=1)
NOTES = {
    "B": "stopped early: blocked; 1 pages or lists could not be had",
    "U": "stopped early: board_busy",
    "F": "fewer filled: company is filled in 10% of the postings, 90% before",
    "P": "stopped early: budget; 1 pages or lists could not be had",
    "A": "the lists are not there (1 of them); 1 pages or lists could not be had",
}
STATUSES = {"C": "complete", "F": "complete", "R": "running", "H": "held", "D": "discarded"}


def runs(history: str) -> list[Run]:
    """Runs, the newest first, one each hour, by the letters of `STATUSES` and `NOTES`, and I: incomplete."""
    made = []
    for number, letter in enumerate(history):
        begin = WEDNESDAY + number * HOUR
        status = STATUSES.get(letter, "incomplete")
        end = None if letter == "R" else begin + HOUR / 2
        note = NOTES.get(letter, "")
        made.append(Run(id=str(number), started_at=begin, finished_at=end, status=status, note=note))
    return made[::-1]


@pytest.mark.parametrize(
    ("history", "state", "since", "complete"),
    [
        ("", "never", None, None),
        ("R", "never", None, None),
        ("C", "live", 0, 0),
        ("ICC", "live", 1, 2),
        ("CICRC", "live", 2, 4),
        ("CCI", "degraded", 2, 1),
        ("CBII", "degraded", 2, 0),
        ("IIBB", "blocked", 2, None),
        ("CIU", "blocked", 2, 0),
        ("CBIBB", "blocked", 3, 0),
        ("CPP", "partial", 1, 0),
        ("CPI", "degraded", 2, 0),
        ("CH", "held", 1, 0),
        ("CIHHR", "held", 2, 0),
        ("CHD", "degraded", 2, 0),
        ("CCF", "degraded", 2, 2),
        ("CIFF", "degraded", 1, 3),
        ("CFC", "live", 2, 2),
        ("CAA", "degraded", 1, 0),
        ("CIAAA", "gone", 2, 0),
        ("CAAAC", "live", 4, 4),
    ],
)
def test_state_and_since_when(history: str, state: str, since: int | None, complete: int | None) -> None:
    found = health(runs(history))
    moments = [None if hour is None else WEDNESDAY + hour * HOUR + HOUR / 2 for hour in (since, complete)]
    assert (found.state, [found.since, found.last_complete]) == (state, moments)


def test_a_run_under_way_counts_when_it_is_the_last_one() -> None:
    assert health(runs("CR")).running == WEDNESDAY + HOUR
    assert health(runs("RC")).running is None
    assert health(runs("R")) == Health(running=WEDNESDAY)
