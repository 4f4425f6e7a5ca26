"""How a board fares, from the ends of its runs."""

from datetime import timedelta

import pytest

from crawlers.health import Health, health
from store.models import Run
from tests.factory import WEDNESDAY

HOUR = timedelta(hours=1)
NOTES = {"B": "stopped early: blocked; 1 pages or lists could not be had", "U": "stopped early: board_busy"}


def runs(history: str) -> list[Run]:
    """Runs, the newest first, one each hour: Complete, Incomplete, Blocked, bUsy or Running."""
    made = []
    for number, letter in enumerate(history):
        begin = WEDNESDAY + number * HOUR
        status = {"C": "complete", "R": "running"}.get(letter, "incomplete")
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
