"""Deciding many cases at once over the interface."""

import pytest
from sqlalchemy import Engine

from tests.reports.api.conftest import Bear
from tests.reports.console import test_batch
from tests.reports.console.test_batch import ELSEWHERE, NUMBERS, deeds, statuses

engine = test_batch.engine


def test_cases_are_decided_and_what_is_refused_holds_up_no_other(bear: Bear, engine: Engine) -> None:
    one, other = bear(), bear("李复核")
    one.act(NUMBERS[0], "confirm")
    numbers = [*NUMBERS, ELSEWHERE, "QD-1"]
    told = other.post("/decisions", action="confirm", numbers=numbers, why="属实")
    errors = {each["number"]: [fault["field"] for fault in each["errors"]] for each in told.body["outcomes"]}
    assert errors == {
        NUMBERS[0]: ["status"], NUMBERS[1]: [], NUMBERS[2]: [], ELSEWHERE: [], "QD-1": ["number"],
    }  # fmt: skip
    assert statuses(engine, *NUMBERS, ELSEWHERE) == ["reviewed"] * 4
    assert deeds(engine, NUMBERS[1]) == ["confirm"]


def test_the_same_request_does_its_work_once(bear: Bear, engine: Engine) -> None:
    program = bear(bureau="310000")
    for _ in range(2):
        told = program.post("/decisions", action="dismiss", numbers=NUMBERS, why="不是录用条件")
        assert [each["errors"] for each in told.body["outcomes"]] == [[], [], []]
    assert [deeds(engine, number) for number in NUMBERS] == [["dismiss"]] * 3


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"action": "dispatch", "numbers": NUMBERS, "why": "属实"}, "action"),
        ({"action": "confirm", "numbers": [], "why": "属实"}, "numbers"),
        ({"action": "confirm", "numbers": list(map(str, range(51))), "why": "属实"}, "numbers"),
        ({"action": "confirm", "numbers": NUMBERS, "why": ""}, "why"),
    ],
)
def test_what_is_no_choice_changes_nothing(
    bear: Bear, engine: Engine, body: dict[str, object], field: str
) -> None:
    answer = bear().post("/decisions", **body)
    assert (answer.status, answer.fields) == (422, [field])
    assert statuses(engine) == ["suspected"] * 3
