"""The work list: what each filter and view lets through, page by page, and nothing of other areas."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from config.casework import Given
from config.sampling import sample
from config.weeks import Week
from store.casework import act
from store.database import snapshot, transaction
from store.jurisdiction import bureaus_within, is_within
from store.work_list import Asked, work_list
from tests.factory import WEDNESDAY
from tests.recorded import add, violation

TODAY = date(2026, 11, 18)


def asked(area: str = "000000", **given: Any) -> Asked:
    fields: dict[str, Any] = {"area": area, "person": "王初核", "today": TODAY}
    return Asked(**fields | given)


def listed(engine: Engine, area: str = "000000", after: str = "", limit: int = 50, **given: Any) -> list[str]:
    with snapshot(engine) as session:
        page = work_list(session, asked(area, **given), after=after, limit=limit)
        return [line.employer for line in page.lines]


def do(engine: Engine, number: str, action: str, by: str = "王初核") -> None:
    with transaction(engine) as session:
        act(session, number, action, Given(by=by, why="属实", asked={}), WEDNESDAY)


@pytest.fixture
def four(engine: Engine) -> Engine:
    """Cases of Hangzhou, Ningbo, Zhejiang and Shanghai, each a day older than the one before."""
    places = {"杭州": "330100", "宁波": "330200", "浙江": "330000", "上海": "310000"}
    for number, (name, division) in enumerate(places.items()):
        severity = "red" if name == "宁波" else "orange"
        add(
            engine,
            violation(
                number, company=f"{name}公司", division=division, source=f"board-{number}",
                observed_at=WEDNESDAY - timedelta(days=number), severity=severity,
            ),
        )  # fmt: skip
    return engine


def test_a_bureau_sees_its_own_cases_and_those_below_it(four: Engine) -> None:
    assert listed(four) == ["杭州公司", "宁波公司", "浙江公司", "上海公司"]
    assert listed(four, "330000") == ["杭州公司", "宁波公司", "浙江公司"]
    assert listed(four, "330100") == ["杭州公司"]
    assert listed(four, "330300") == []


def test_the_sample_of_a_week_is_what_its_report_draws_and_nobody_has_judged(
    four: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    week = Week.of(WEDNESDAY)
    later: dict[str, Any] = {"view": "sample", "today": TODAY + timedelta(weeks=1)}
    assert listed(four, view="sample") == ["上海公司"]
    assert (
        listed(four, **later)
        == listed(four, view="sample", week=week)
        == ["杭州公司", "宁波公司", "浙江公司"]
    )
    assert listed(four, "330100", **later) == ["杭州公司"]
    monkeypatch.setattr("config.sampling.SIZE", 1)
    (drawn,) = listed(four, **later)
    (number,) = sample(numbers(four, week=week))
    assert numbers(four, **later) == [number]
    assert numbers(four, "330100", **later) == numbers(four, "330100")
    do(four, number, "confirm")
    assert listed(four, **later) == [drawn]
    do(four, number, "approve", by="李复核")
    assert listed(four, **later) == []


def numbers(engine: Engine, area: str = "000000", **given: Any) -> list[str]:
    with snapshot(engine) as session:
        return [line.number for line in work_list(session, asked(area, **given)).lines]


def test_a_case_is_found_by_its_number(four: Engine) -> None:
    assert listed(four, words="QD-310000-2026-000001") == ["上海公司"]
    assert listed(four, words="qd-310000-2026-000001 会计") == ["上海公司"]
    assert listed(four, words="QD-310000-2026-000001 电工") == []
    assert listed(four, words="QD-310000-2026-000002") == []
    assert listed(four, "330000", words="QD-310000-2026-000001") == []


def test_no_filter_reaches_beyond_the_area(four: Engine) -> None:
    assert listed(four, "330100", bureau="330000") == ["杭州公司"]
    assert listed(four, "330100", bureau="310000") == []
    assert listed(four, "330100", words="上海") == []
    assert listed(four, "330100", after="QD-310000-2026-000001") == ["杭州公司"]
    with snapshot(four) as session:
        assert is_within(session, "QD-330200-2026-000001", "330000")
        assert not is_within(session, "QD-330200-2026-000001", "330100")
        assert not is_within(session, "QD-330000-2026-000001", "330100")
        assert not is_within(session, "none", "000000")


def test_a_bureau_has_all_below_it_and_none_beside() -> None:
    assert bureaus_within("330100") == ("330100",)
    assert {"330000", "330100"} <= set(bureaus_within("330000"))
    assert not {"000000", "310000"} & set(bureaus_within("330000"))


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"bureau": "330000"}, ["杭州公司", "宁波公司", "浙江公司"]),
        ({"employer": "海公"}, ["上海公司"]),
        ({"qualification": "会计"}, ["杭州公司", "宁波公司", "浙江公司", "上海公司"]),
        ({"qualification": "电工"}, []),
        ({"severity": "red"}, ["宁波公司"]),
        ({"severity": "orange"}, ["杭州公司", "浙江公司", "上海公司"]),
        ({"severity": "grey"}, []),
        ({"board": "board-2"}, ["浙江公司"]),
        ({"week": Week(2026, 47)}, ["杭州公司", "宁波公司", "浙江公司"]),
        ({"week": Week(2026, 46)}, ["上海公司"]),
        ({"words": "须持 杭州"}, ["杭州公司"]),
        ({"words": "qd-310000"}, ["上海公司"]),
        ({"words": "%"}, []),
    ],
)
def test_each_filter_narrows_the_list(four: Engine, given: dict[str, Any], found: list[str]) -> None:
    assert listed(four, **given) == found


def test_a_case_shows_under_its_gravest_clue_only(engine: Engine) -> None:
    add(engine, violation(1), violation(2, severity="red"))
    with snapshot(engine) as session:
        (line,) = work_list(session, asked(severity="red")).lines
    assert (line.clues, line.severity) == (2, "red")
    assert listed(engine, severity="orange") == []


def test_a_two_character_word_is_found_in_the_quoted_clause(engine: Engine) -> None:
    clause = "须持有特种作业电工证"
    add(engine, violation(1), violation(2, company="电厂", said={"text": clause, "quote": "电工证"}))
    assert listed(engine, words="电工") == ["电厂"]


def test_views_follow_what_people_do(four: Engine) -> None:
    do(four, "QD-330100-2026-000001", "confirm")
    do(four, "QD-330200-2026-000001", "dismiss")
    assert listed(four, view="new") == ["浙江公司", "上海公司"]
    assert listed(four, view="open") == ["杭州公司", "浙江公司", "上海公司"]
    assert listed(four, view="mine") == ["杭州公司"]
    assert listed(four, view="mine", person="李复核") == []
    assert listed(four, view="all") == ["杭州公司", "宁波公司", "浙江公司", "上海公司"]
    assert listed(four, view="overdue") == []
    assert listed(four, view="overdue", today=TODAY + timedelta(days=3)) == ["杭州公司"]


def test_pages_go_on_behind_the_last_case_and_repeat_none(engine: Engine) -> None:
    for number in range(7):
        add(engine, violation(number, company=f"第{number}"))
    seen: list[str] = []
    after = ""
    for more in (True, True, False):
        with snapshot(engine) as session:
            page = work_list(session, asked(), after=after, limit=3)
        seen += [line.number for line in page.lines]
        after = seen[-1]
        assert page.more is more
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == 7


def test_what_is_found_after_a_judgement_or_an_end_is_told(engine: Engine) -> None:
    add(engine, violation(1))
    do(engine, "QD-310000-2026-000001", "confirm")
    assert listed(engine, view="added") == []
    do(engine, "QD-310000-2026-000001", "approve", "李复核")
    add(engine, violation(2))
    with snapshot(engine) as session:
        (line,) = work_list(session, asked(view="added")).lines
    assert (line.clues, line.added, line.follows) == (2, 1, False)
    for action in ("dispatch", "sign"):
        do(engine, "QD-310000-2026-000001", action)
    with transaction(engine) as session:
        given = Given(by="王初核", why="不属实", asked={"outcome": "unfounded"})
        act(session, "QD-310000-2026-000001", "no_action", given, WEDNESDAY)
    add(engine, violation(3, observed_at=WEDNESDAY + timedelta(days=1)))
    with snapshot(engine) as session:
        newest, _ = work_list(session, asked(view="all")).lines
    assert (newest.number, newest.follows, newest.added) == ("QD-310000-2026-000002", True, 0)
