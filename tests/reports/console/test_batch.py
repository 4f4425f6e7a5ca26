"""Deciding many cases of the work list at once."""

from typing import get_args

import pytest
from sqlalchemy import Engine

from config.casework import casework
from reports.console.words import ERRORS, REFUSALS
from store.audit import breaks
from store.case_file import open_case_file
from store.database import snapshot
from store.together import Together
from tests.recorded import add, violation
from tests.reports.console.conftest import LogIn

NUMBERS = [f"QD-310000-2026-{number:06d}" for number in range(1, 4)]
ELSEWHERE = "QD-330100-2026-000001"
ALL = "/cases?view=all"


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """Three cases in Shanghai and one in Hangzhou."""
    add(engine, *(violation(number, company=f"第{number}公司") for number in range(1, 4)))
    add(engine, violation(4, company="杭州公司", division="330100"))
    return engine


def ticked(*numbers: str) -> dict[str, str]:
    return {f"case:{number}": "yes" for number in numbers}


def statuses(engine: Engine, *numbers: str) -> list[str]:
    with snapshot(engine) as session:
        assert not list(breaks(session))
        files = [open_case_file(session, number) for number in numbers or NUMBERS]
        return [found.line.status for found in files if found is not None]


def deeds(engine: Engine, number: str) -> list[str]:
    with snapshot(engine) as session:
        found = open_case_file(session, number)
        assert found is not None
        return [deed.action for deed in found.history if deed.actor != "machine"]


def test_ticked_cases_are_decided_and_no_others(log_in: LogIn, engine: Engine) -> None:
    browser = log_in()
    assert f'name="case:{NUMBERS[0]}"' in browser.get(ALL).text
    told = browser.post(ALL, action="confirm", why="原文确有此要求", **ticked(*NUMBERS[:2]))
    assert "已办理 2 件。" in told.words
    assert statuses(engine) == ["reviewed", "reviewed", "suspected"]
    assert "王初核 初核确认 ：原文确有此要求" in browser.get(f"/cases/{NUMBERS[0]}").words


def test_the_whole_page_is_what_the_page_listed(log_in: LogIn, engine: Engine) -> None:
    browser = log_in()
    listed = " ".join(NUMBERS)
    assert listed.split() == sorted(
        browser.get(f"{ALL}&bureau=310000").text.split('name="listed" value="')[1].split('"')[0].split()
    )
    add(engine, violation(5, company="后来的公司"))
    told = browser.post(ALL, action="dismiss", why="表述不是录用条件", whole="yes", listed=listed)
    assert "已办理 3 件。" in told.words
    assert statuses(engine) == ["false_alarm"] * 3
    assert statuses(engine, "QD-310000-2026-000004") == ["suspected"]


def test_who_confirmed_does_not_approve_and_the_others_are_done(log_in: LogIn, engine: Engine) -> None:
    one, other = log_in(), log_in("李复核")
    one.post(ALL, action="confirm", why="属实", **ticked(NUMBERS[0]))
    other.post(ALL, action="confirm", why="属实", **ticked(*NUMBERS[1:]))
    told = one.post(ALL, action="approve", why="同意", **ticked(*NUMBERS))
    assert f"已办理 2 件，下列 1 件没有办理。 {NUMBERS[0]}：{REFUSALS['by']}" in told.words
    assert statuses(engine) == ["reviewed", "filed", "filed"]


def test_a_form_sent_twice_does_its_work_once(log_in: LogIn, engine: Engine) -> None:
    browser, other = log_in(), log_in("李复核")
    first, second = (
        browser.post(ALL, action="confirm", why="属实", **ticked(*NUMBERS)).words for _ in range(2)
    )
    assert "已办理 3 件。" in first
    assert "已办理 3 件。" in second
    assert [deeds(engine, number) for number in NUMBERS] == [["confirm"]] * 3
    # Somebody else's confirmation is not that of this person.
    refused = other.post(ALL, action="confirm", why="属实", **ticked(NUMBERS[0])).words
    assert f"{NUMBERS[0]}：{REFUSALS['status']}" in refused


def test_cases_outside_the_area_are_not_found_and_those_inside_are_done(
    log_in: LogIn, engine: Engine
) -> None:
    browser = log_in(bureau="330100")
    told = browser.post(ALL, action="confirm", why="属实", **ticked(NUMBERS[0], ELSEWHERE, "QD-1"))
    for number in (NUMBERS[0], "QD-1"):
        assert f"{number}：{ERRORS[404]}" in told.words
    assert statuses(engine, NUMBERS[0], ELSEWHERE) == ["suspected", "reviewed"]


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"action": "confirm", "why": "属实"}, 400),
        ({"action": "confirm", "why": "属实", "whole": "yes"}, 400),
        ({"action": "dispatch", "why": "属实", **ticked(NUMBERS[0])}, 400),
        ({"why": "属实", **ticked(NUMBERS[0])}, 400),
        ({"action": "confirm", "why": "属实", "whole": "yes", "listed": "QD-1 " + "QD-2 " * 99}, 200),
        ({"action": "confirm", "why": "属实", "whole": "yes", "listed": " ".join(map(str, range(51)))}, 400),
        ({"action": "confirm", "why": " ", **ticked(NUMBERS[0])}, 200),
    ],
)
def test_what_is_no_choice_changes_nothing(
    log_in: LogIn, engine: Engine, form: dict[str, str], status: int
) -> None:
    assert log_in().post(ALL, **form).status == status
    assert statuses(engine) == ["suspected"] * 3


def test_filters_and_place_are_kept(log_in: LogIn) -> None:
    browser = log_in()
    query = "/cases?view=new&employer=%E5%85%AC%E5%8F%B8"
    assert f'action="{query.replace("&", "&amp;")}"' in browser.get(query).text
    assert (
        NUMBERS[0]
        not in browser.post(
            "/cases?view=new&bureau=330100", action="confirm", why="属实", **ticked(NUMBERS[1])
        ).text
    )


def test_only_who_decides_sees_boxes(log_in: LogIn) -> None:
    for role in ("reader", "officer", "admin"):
        browser = log_in(f"{role}甲", role)
        assert "批量办理" not in browser.get(ALL).words
        assert browser.post(ALL, action="confirm", why="属实", **ticked(NUMBERS[0])).status == 403


def test_what_is_done_together_needs_no_more_than_a_reason_of_a_reviewer() -> None:
    for action in map(casework().actions.__getitem__, get_args(Together)):
        assert (action.who, action.asks) == ("reviewer", ())
