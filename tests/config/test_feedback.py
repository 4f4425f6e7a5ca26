"""When decisions speak against a rule: floors, and that a rule does not go to and fro."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from config.feedback import Floor, Precision, change_due, feedback
from config.tables import DataError

FLOOR = Floor(floor=0.8, cases=10)
counts = st.integers(0, 500)


@pytest.mark.parametrize(
    ("confirmed", "cases", "suspended", "due"),
    [
        (0, 9, False, None),  # too few
        (0, 10, False, "suspended"),
        (5, 10, False, "suspended"),  # up to 0.763
        (6, 10, False, None),  # up to 0.832
        (6, 10, True, None),
        (8, 10, True, "lifted"),
        (8, 10, False, None),
        (0, 0, True, None),
    ],
)
def test_what_is_due(confirmed: int, cases: int, *, suspended: bool, due: str | None) -> None:
    assert change_due(Precision(confirmed, cases), FLOOR, suspended=suspended) == due


@example(0, 161)
@example(161, 0)
@given(counts, counts)
def test_what_suspends_a_rule_never_lifts_it(confirmed: int, false: int) -> None:
    found = Precision(confirmed, confirmed + false)
    if change_due(found, FLOOR, suspended=False):
        assert change_due(found, FLOOR, suspended=True) is None
    low, high = found.interval
    assert 0 <= low <= found.share <= high <= 1 or not found.cases


@given(st.lists(st.booleans(), max_size=200))
def test_one_decision_never_turns_a_rule_twice(decisions: list[bool]) -> None:
    """From a suspension to the next there are decisions enough for the whole band."""
    found, suspended, turns = Precision(), False, []
    for number, confirmed in enumerate(decisions):
        found = Precision(found.confirmed + confirmed, found.cases + 1)
        if change_due(found, FLOOR, suspended=suspended):
            suspended = not suspended
            turns.append(number)
    assert all(later - earlier > 1 for earlier, later in pairwise(turns))


def test_a_rule_may_have_a_floor_of_its_own(tmp_path: Path) -> None:
    assert feedback().of("required.word").floor == 0.8
    file = tmp_path / "feedback.yaml"
    file.write_text("floor: 0.8\ncases: 10\nrules: {required.listed: {floor: 0.95, cases: 30}}\n")
    assert feedback(file).of("required.listed") == Floor(floor=0.95, cases=30)
    feedback.cache_clear()
    file.write_text("floor: 1.8\ncases: 10\n")
    with pytest.raises(DataError, match=r"feedback\.yaml, line 1: floor"):
        feedback(file)
    feedback.cache_clear()
