"""What is found after a case was judged or ended: never silent, on SQLite and on PostgreSQL."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, select

from config.casework import Given, casework
from config.weeks import Week
from reports.weekly.employers import case_lines
from store.announcements import AnnouncedCase, announcement
from store.case_file import CaseFile, CaseLine, list_cases, open_case_file
from store.casework import act
from store.database import snapshot, transaction
from store.models import Bureau, Case
from store.planning import plan
from store.weekly import gather
from store.weekly_rows import Scope
from tests.factory import WEDNESDAY, mention
from tests.recorded import add, read_with, violation

FIRST, SECOND, THIRD = (f"QD-310000-2026-00000{number}" for number in (1, 2, 3))
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def done(engine: Engine, number: str, name: str, by: str, at: datetime, **asked: str) -> None:
    with transaction(engine) as session:
        act(session, number, name, Given(by=by, why="经核实", asked=asked), at)


def ended(engine: Engine, number: str, at: datetime) -> None:
    """Work a case to its end."""
    done(engine, number, "confirm", "甲", at)
    done(engine, number, "approve", "乙", at)
    for name in ("dispatch", "sign"):
        done(engine, number, name, "丙", at)
    done(engine, number, "no_action", "丙", at, outcome="self_corrected")


def lines(engine: Engine, *, added: bool = False) -> dict[str, CaseLine]:
    with snapshot(engine) as session:
        return {line.number: line for line in list_cases(session, added=added)}


def file(engine: Engine, number: str) -> CaseFile:
    with snapshot(engine) as session:
        found = open_case_file(session, number)
    assert found is not None
    return found


def told(engine: Engine, at: datetime) -> list[AnnouncedCase]:
    """The cases that bureaus are told of now."""
    with transaction(engine) as session:
        letters = [
            announcement(session, each, session.get_one(Bureau, each.bureau)) for each in plan(session, at)
        ]
        return [case for letter in letters for case in letter.cases]


def test_only_what_nobody_can_go_on_with_has_ended() -> None:
    assert casework().final == {"closed", "no_action", "relapsed", "transferred"}


def test_an_ad_after_the_end_of_a_case_opens_one_that_follows_it(engine: Engine) -> None:
    add(engine, violation(1))
    told(engine, WEDNESDAY)
    ended(engine, FIRST, WEDNESDAY + HOUR)
    again = violation(2, observed_at=WEDNESDAY + DAY)
    add(engine, again, violation(3, observed_at=WEDNESDAY + DAY))
    add(engine, again)
    found = lines(engine)
    assert {number: (line.clues, line.follows) for number, line in found.items()} == {
        FIRST: (1, ""), SECOND: (2, FIRST),
    }  # fmt: skip
    assert found[SECOND].status == "suspected"
    assert (file(engine, FIRST).followed_by, file(engine, SECOND).followed_by) == (SECOND, "")
    assert file(engine, SECOND).history[0].reason == "该单位、该证书、该辖区的案件办结后又发现的线索"
    (case,) = told(engine, WEDNESDAY + DAY)
    assert (case.number, case.follows, case.urgent) == (SECOND, FIRST, True)
    with snapshot(engine) as session:
        week = case_lines(gather(session, Scope(Week.of(WEDNESDAY), "000000")).clues)
    assert {line.number: line.status for line in week}[SECOND] == f"疑似线索（复发，前案 {FIRST}）"


def test_each_end_has_a_case_of_its_own_behind_it(engine: Engine) -> None:
    add(engine, violation(1))
    ended(engine, FIRST, WEDNESDAY + HOUR)
    add(engine, violation(2, observed_at=WEDNESDAY + DAY))
    ended(engine, SECOND, WEDNESDAY + DAY + HOUR)
    add(engine, violation(3, observed_at=WEDNESDAY + 2 * DAY))
    assert {line.number: line.follows for line in lines(engine).values()} == {
        FIRST: "", SECOND: FIRST, THIRD: SECOND,
    }  # fmt: skip
    with snapshot(engine) as session:
        assert len(session.scalars(select(Case)).all()) == 3


def test_what_was_seen_before_the_end_and_read_after_it_is_added_to_the_case(engine: Engine) -> None:
    add(engine, violation(1))
    ended(engine, FIRST, WEDNESDAY + DAY)
    add(engine, violation(2, observed_at=WEDNESDAY + HOUR))
    (line,) = lines(engine).values()
    assert (line.number, line.clues, line.added) == (FIRST, 2, 1)


def test_a_false_alarm_stays_one_and_shows_what_came_after_it(engine: Engine) -> None:
    add(engine, violation(1))
    done(engine, FIRST, "dismiss", "甲", WEDNESDAY + HOUR)
    add(engine, read_with("r9", mention(), day=1))  # the same ad, read again
    assert lines(engine, added=True) == {}
    add(engine, violation(2, observed_at=WEDNESDAY + DAY))
    (line,) = lines(engine, added=True).values()
    assert (line.number, line.status, line.clues, line.added) == (FIRST, "false_alarm", 2, 1)
    assert told(engine, WEDNESDAY + DAY) == []
    with snapshot(engine) as session:
        (week,) = case_lines(gather(session, Scope(Week.of(WEDNESDAY), "000000")).clues)
    assert (week.status, week.ads) == ("曾判定为误报，新增 1 条线索", 1)
    done(engine, FIRST, "reopen", "甲", WEDNESDAY + 2 * DAY)
    assert lines(engine, added=True) == {}
    assert [case.ads for case in told(engine, WEDNESDAY + 2 * DAY)] == [2]


def test_a_case_that_people_work_on_shows_what_was_added(engine: Engine) -> None:
    add(engine, violation(1))
    done(engine, FIRST, "confirm", "甲", WEDNESDAY)
    add(engine, violation(2, observed_at=WEDNESDAY + HOUR))
    assert lines(engine)[FIRST].added == 0  # approval is still to come, and looks at all
    done(engine, FIRST, "approve", "乙", WEDNESDAY + 2 * HOUR)
    add(engine, violation(3, observed_at=WEDNESDAY + DAY))
    assert (lines(engine)[FIRST].clues, lines(engine)[FIRST].added) == (3, 1)
