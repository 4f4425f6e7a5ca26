"""What may be done with a case, and when the next step is due."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.casework import Clock, Given, Standing, casework, clock_after
from config.tables import DataError
from config.workdays import workdays

MONDAY = date(2026, 11, 23)


def asked(**fields: Any) -> Given:
    settings: dict[str, Any] = {"by": "王初核", "why": "属实", "asked": {}}
    return Given(**settings | fields)


def at(status: str, *done: tuple[str, str], clock: Clock | None = None) -> Standing:
    return Standing(status, clock or Clock(), done)


def refusals(name: str, standing: Standing, **fields: Any) -> list[str]:
    return list(casework().refusals(name, standing, asked(**fields)))


def test_a_case_goes_from_suspicion_to_its_end() -> None:
    status, way = "suspected", []
    for name in ("confirm", "approve", "dispatch", "sign", "verify", "order", "correct", "close"):
        assert name in set(casework().allowed(at(status)))
        status = casework().actions[name].to
        way.append(status)
    assert way == [
        "reviewed", "filed", "dispatched", "signed", "verifying", "ordered", "corrected", "closed"
    ]  # fmt: skip
    assert not set(casework().allowed(at("closed")))


def test_every_status_is_reached_and_every_open_one_left() -> None:
    reached = {action.to for action in casework().actions.values()} - {""}
    assert reached == set(casework().statuses)
    for name, status in casework().statuses.items():
        leads_on = any(
            action.to not in {"", name} for action in casework().actions.values() if name in action.start
        )
        assert leads_on or not status.open


@pytest.mark.parametrize(
    ("name", "standing", "fields", "message"),
    [
        ("sign", at("suspected"), {}, "status: sign is for dispatched; the case is suspected"),
        (
            "approve",
            at("reviewed", ("confirm", "王初核")),
            {},
            "by: 王初核 did confirm; approve is for somebody else",
        ),
        ("confirm", at("suspected"), {"why": " "}, "why: a reason has to be given"),
        ("confirm", at("suspected"), {"by": ""}, "by: who acts has to be named"),
        ("confirm", at("suspected"), {"days": 5}, "days: confirm does not let"),
        ("confirm", at("suspected"), {"asked": {"document": "1号"}}, "document: confirm does not ask for it"),
        ("order", at("verifying"), {}, "document: order needs it"),
        ("order", at("verifying"), {"days": 0, "asked": {"document": "1号"}}, "days: order does not let"),
        ("verify", at("signed"), {"asked": {"inspectors": "王五"}}, "inspectors: 2 different persons"),
        ("verify", at("signed"), {"asked": {"inspectors": "王五、王五"}}, "inspectors: 2 different persons"),
        ("hand_over", at("signed"), {"asked": {"bureau": "999999"}}, "bureau: "),
        ("no_action", at("signed"), {"asked": {"outcome": "whim"}}, "outcome: no such outcome of no_action"),
        ("extend", at("verifying", ("extend", "李四")), {"asked": {"approver": "赵局"}}, "can be done once"),
        ("pause", at("verifying"), {}, "action: the clock is paused already, or nothing is due"),
        ("resume", at("verifying", clock=Clock(due=MONDAY)), {}, "action: the clock is not paused"),
        ("forget", at("suspected"), {}, "no such action: forget; there are confirm"),
    ],
)
def test_what_does_not_fit_is_refused_by_field(
    name: str, standing: Standing, fields: dict[str, Any], message: str
) -> None:
    (found,) = refusals(name, standing, **fields)
    assert message in found


def test_all_reasons_are_told_at_once() -> None:
    assert len(refusals("verify", at("suspected"), by="", why="")) == 4


def test_a_second_person_may_approve() -> None:
    assert refusals("approve", at("reviewed", ("confirm", "李四"))) == []


@pytest.mark.parametrize(
    ("name", "days", "due", "step"),
    [
        ("dispatch", None, date(2026, 11, 25), "签收"),
        ("sign", None, date(2026, 11, 30), "开始核查"),
        ("order", None, date(2026, 12, 7), "整改反馈"),
        ("order", 3, date(2026, 11, 26), "整改反馈"),
    ],
)
def test_the_next_step_is_due_in_working_days(name: str, days: int | None, due: date, step: str) -> None:
    clock = clock_after(casework().actions[name], Clock(), MONDAY, days=days)
    assert (clock.due, clock.step, clock.arranged) == (due, step, True)


def test_an_extension_counts_from_the_day_that_was_due() -> None:
    due = Clock(due=date(2026, 6, 1), step="查结")
    longer = clock_after(casework().actions["extend"], due, date(2026, 5, 20))
    assert longer.due == workdays().after(date(2026, 6, 1), 30).day


def test_a_step_that_ends_something_stops_the_clock() -> None:
    assert clock_after(casework().actions["dismiss"], Clock(due=MONDAY, step="复核"), MONDAY) == Clock()


@given(held=st.integers(0, 30), due=st.integers(1, 60))
def test_a_clock_that_was_held_has_as_many_working_days_left_as_before(held: int, due: int) -> None:
    start = date(2026, 3, 2)
    before = Clock(due=workdays().after(start, due).day, step="查结")
    paused = clock_after(casework().actions["pause"], before, start)
    assert paused.paused_on == start
    later = start if held == 0 else workdays().after(start, held).day
    after = clock_after(casework().actions["resume"], paused, later)
    assert after.paused_on is None
    assert after.due is not None
    assert workdays().between(later, after.due) == due


def refused(folder: Path, action: str, *, above: int = 3) -> str:
    """What is said of a file with one action."""
    file = folder / "casework.yaml"
    statuses = "statuses: {a: {name: 甲, open: true}}"
    rest = (
        "outcomes: {}\nrechecks: {days: [1], misses: 2, tries: 2}\nobjections: {days: 1, remind: 1}\n"
        f"escalation: {{reminded: 1, to_section: 2, to_above: {above}}}\n"
    )
    file.write_text(f"{statuses}\nactions:\n  x: {{name: 乙, {action}}}\n{rest}", encoding="utf-8")
    with pytest.raises(DataError) as error:
        casework.__wrapped__(file)
    return str(error.value)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("from: [b], who: officer", "actions.x: no such status: b"),
        ("from: [a], who: officer, not_by: y", "actions.x.not_by: no such action: y"),
        ("from: [a], who: officer, asks: [outcome]", "actions.x.asks: there are no outcomes.x"),
        ("from: [a], who: nobody", "casework.yaml, line 3: actions.x.who"),
        ("from: [], who: officer", "casework.yaml, line 3: actions.x.from"),
        ("from: [a], who: officer, clock: stop, due: {days: 1, for: 丙}", "actions.x: either due or clock"),
    ],
)
def test_a_wrong_file_is_refused_by_line_and_field(tmp_path: Path, action: str, message: str) -> None:
    assert message in refused(tmp_path, action)


def test_a_late_step_goes_upwards(tmp_path: Path) -> None:
    told = refused(tmp_path, "from: [a], who: officer", above=2)
    assert "escalation: reminded, to_section, to_above: each later than the one before" in told
