"""Looking again after a correction: what is planned, what one look or several come to, and what follows."""

from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import Engine, select

from config.casework import Given
from config.packs import in_use
from config.policy import shipped
from config.weeks import Week
from events.types import JobAd
from reports.alerts.letter import letter_of
from reports.alerts.plain import plain_text
from reports.weekly.build import Setting, build
from reports.weekly.html import render
from store import release
from store.audit import breaks
from store.case_file import CaseFile, open_case_file
from store.casework import RefusedError, act, standing_of
from store.database import snapshot, transaction
from store.deliveries import FOUND_AGAIN
from store.found_again import FoundAgain
from store.intake import remember
from store.models import Clue, Delivery
from store.news import last_look, news_of
from store.planning import plan
from store.recheck_lines import PeriodOfLooks
from store.recheck_models import Recheck
from store.rechecks import Answer, Look, due, give_up, met_by_crawls, note, take
from store.told import told
from store.weekly import gather
from store.weekly_rows import Scope
from tests.corrected import correct
from tests.factory import WEDNESDAY, checked_ad, job_ad, mention
from tests.recorded import add, read_with, violation

NUMBER, SECOND = "QD-310000-2026-000001", "QD-310000-2026-000002"
DAY = timedelta(days=1)
AD = violation(1, url="https://board.example/1").ad
Do = Callable[..., Any]


@pytest.fixture
def do(engine: Engine) -> Do:
    """Does one action, in the case of one ad whose correction was reported on Wednesday."""

    def act_(name: str, by: str = "丙", at: datetime = WEDNESDAY, **asked: str) -> Any:
        with transaction(engine) as session:
            return act(session, NUMBER, name, Given(by=by, why="经核实", asked=asked), at)

    add(engine, violation(1, url=AD.url))
    correct(engine, WEDNESDAY)
    return act_


def look(engine: Engine, day: int, answer: Answer, *, url: str = AD.url) -> str:
    """Look at the ad on a day after Wednesday, if it is due; what its rows come to, by days."""
    at = WEDNESDAY + day * DAY
    with transaction(engine) as session:
        asked = due(session, at, most=5)
        assert [each.url for each in asked] in ([], [url])
        for ad_id in take(session, [each.ad_id for each in asked], at):
            note(session, ad_id, {"C-accounting": Look(answer, "测试")}, at)
    return outcomes(engine)


def outcomes(engine: Engine) -> str:
    with snapshot(engine) as session:
        return " ".join(row.outcome or "-" for row in session.scalars(select(Recheck).order_by(Recheck.days)))


def case(engine: Engine, number: str = NUMBER) -> CaseFile:
    with snapshot(engine) as session:
        found = open_case_file(session, number)
        assert not list(breaks(session))
    assert found is not None
    return found


def allowed(do: Do, name: str, **asked: str) -> bool:
    try:
        do(name, by="丁", at=WEDNESDAY + 100 * DAY, **asked)
    except RefusedError:
        return False
    return True


@pytest.mark.usefixtures("do")
def test_three_looks_are_planned_and_none_is_due_before_its_day(engine: Engine) -> None:
    with snapshot(engine) as session:
        rows = session.scalars(select(Recheck).order_by(Recheck.days)).all()
        assert [str(row.due_on) for row in rows] == ["2026-11-25", "2026-12-18", "2027-02-16"]
        assert due(session, WEDNESDAY + 6 * DAY, most=5) == []
        (asked,) = due(session, WEDNESDAY + 7 * DAY, most=5)
    assert (asked.url, asked.gone, asked.demands) == (AD.url, False, {"C-accounting": "须持有会计从业资格证"})


def test_an_ad_is_removed_after_misses_on_several_days_and_never_after_one(engine: Engine, do: Do) -> None:
    assert look(engine, 7, "missed") == "missed - -"
    assert look(engine, 7, "missed") == "missed - -"  # not asked for twice a day
    assert look(engine, 8, "unreachable") == "unreachable - -"
    assert look(engine, 9, "missed") == "removed - -"
    assert look(engine, 10, "still") == "removed - -"
    history = [deed.reason for deed in case(engine).history if deed.action == "rechecked"]
    assert history == [
        "整改后第7日：未见，另日再次核对（测试）",
        "整改后第7日：无法访问，另日再试（测试）",
        "整改后第7日：多日均未见，视为已删除（测试）",
    ]
    assert not allowed(do, "close", outcome="removed")


def test_a_case_is_closed_by_a_person_once_all_looks_have_passed(engine: Engine, do: Do) -> None:
    for day in (7, 30, 90):
        assert not allowed(do, "close", outcome="lawful")
        look(engine, day, "lawful")
    assert not allowed(do, "relapse")
    assert not allowed(do, "look", outcome="still")
    assert do("close", by="丁", at=WEDNESDAY + 90 * DAY, outcome="lawful").status == "closed"


@pytest.mark.usefixtures("do")
def test_one_look_answers_for_all_days_that_have_come(engine: Engine) -> None:
    assert look(engine, 40, "lawful") == "lawful lawful -"


def test_what_cannot_be_had_is_left_to_people_after_some_days(engine: Engine, do: Do) -> None:
    for day in range(7, 11):
        assert look(engine, day, "forbidden") == "forbidden - -"
        assert not allowed(do, "look", outcome="removed")
    look(engine, 11, "forbidden")
    with snapshot(engine) as session:
        assert due(session, WEDNESDAY + 12 * DAY, most=5) == []
    assert allowed(do, "look", outcome="removed")
    assert outcomes(engine) == "removed - -"


@pytest.mark.usefixtures("do")
def test_a_late_first_miss_gets_its_second_look(engine: Engine) -> None:
    for day in range(7, 11):
        look(engine, day, "unreachable")
    assert look(engine, 11, "missed") == "missed - -"
    with transaction(engine) as session:
        assert not give_up(session, [AD.ad_id], WEDNESDAY + 12 * DAY)
    assert look(engine, 12, "missed") == "removed - -"


@pytest.mark.usefixtures("do")
def test_looks_that_never_come_to_anything_are_left_to_people(engine: Engine) -> None:
    for day in range(7, 12):
        with transaction(engine) as session:
            assert take(session, [AD.ad_id], WEDNESDAY + day * DAY)
            assert not take(session, [AD.ad_id], WEDNESDAY + day * DAY)
    with transaction(engine) as session:
        assert give_up(session, [AD.ad_id], WEDNESDAY + 12 * DAY) == {AD.ad_id}
        assert standing_of(session, NUMBER).looks.for_people == 1
    assert outcomes(engine) == "unreachable - -"


def test_what_is_still_there_may_become_a_case_that_follows(engine: Engine, do: Do) -> None:
    look(engine, 7, "still")
    assert case(engine).line.status == "corrected"  # the machine decides nothing
    assert do("relapse", at=WEDNESDAY + 8 * DAY).status == "relapsed"
    old, new = case(engine), case(engine, SECOND)
    assert (old.followed_by, new.line.follows, new.line.status) == (SECOND, NUMBER, "suspected")
    assert [clue.clause for clue in old.clues] == [clue.clause for clue in new.clues]
    assert [deed.reason for deed in new.history][-1] == f"required.must（前案 {NUMBER} 整改后仍有）"
    with snapshot(engine) as session:
        verdicts = session.scalars(select(Clue.human_verdict).order_by(Clue.first_seen)).all()
        assert verdicts == ["confirmed", None]
        assert [row.case_number for row in release.clues(session)] == [NUMBER], "researchers count it once"
        assert due(session, WEDNESDAY + 200 * DAY, most=5) == []
    add(engine, read_with("r9", mention(), ad=AD))
    assert case(engine, SECOND).line.status == "suspected"
    add(engine, read_with("r10", ad=AD, day=2))
    assert (case(engine, SECOND).line.status, case(engine).line.clues) == ("withdrawn", 1)


def test_a_person_may_see_more_than_the_machine(engine: Engine, do: Do) -> None:
    look(engine, 7, "still")
    do("look", at=WEDNESDAY + 8 * DAY, outcome="lawful")
    assert outcomes(engine) == "lawful - -"
    assert case(engine).history[-1].given == {"outcome": "lawful"}


def test_the_same_posting_under_another_address_is_a_relapse(engine: Engine, do: Do) -> None:
    again = violation(2, url="https://board.example/2", observed_at=WEDNESDAY + 3 * DAY)
    add(engine, again)
    look(engine, 7, "missed")
    assert look(engine, 8, "missed") == "reposted - -"
    do("relapse", at=WEDNESDAY + 8 * DAY)
    assert [clue.url for clue in case(engine, SECOND).clues] == ["https://board.example/2"]
    assert [clue.url for clue in case(engine).clues] == [AD.url]


@pytest.mark.usefixtures("do")
def test_another_posting_or_one_from_before_the_correction_is_none(engine: Engine) -> None:
    add(engine, violation(2, title="出纳", observed_at=WEDNESDAY + 3 * DAY))
    add(engine, violation(3, observed_at=WEDNESDAY - DAY))
    look(engine, 7, "missed")
    assert look(engine, 8, "missed") == "removed - -"


def met(engine: Engine, day: int) -> dict[str, str]:
    at = WEDNESDAY + day * DAY
    with snapshot(engine) as session:
        found = met_by_crawls(session, due(session, at, most=5), at)
    return {name: each.answer for looks in found.values() for name, each in looks.items()}


def seen(engine: Engine, day: int, **given: Any) -> JobAd:
    ad = job_ad(1, url=AD.url, observed_at=WEDNESDAY + day * DAY, **given)
    with transaction(engine) as session:
        remember(session, [ad])
    return ad


@pytest.mark.usefixtures("do")
def test_what_a_crawl_has_seen_since_need_not_be_asked_for(engine: Engine) -> None:
    seen(engine, 6)
    assert met(engine, 7) == {}
    seen(engine, 7)
    assert met(engine, 7) == {"C-accounting": "still"}
    changed = seen(engine, 8, text="会计从业资格证优先。")
    assert met(engine, 8) == {}  # what it says now has not been read yet
    add(engine, checked_ad(changed))
    assert met(engine, 8) == {"C-accounting": "lawful"}


def test_the_week_counts_what_was_found_in_the_area(engine: Engine, do: Do) -> None:
    look(engine, 7, "still")
    week, at = Week.of(WEDNESDAY + 7 * DAY), WEDNESDAY + 8 * DAY
    assert week_of(engine, week, "310000") == PeriodOfLooks({"still": 1}, 1, 0)
    assert week_of(engine, week.before(1), "310000") == PeriodOfLooks({}, 1, 0)
    assert week_of(engine, week, "330000") == PeriodOfLooks({}, 0, 0)
    do("relapse", at=at)
    assert week_of(engine, week, "310000") == PeriodOfLooks({"still": 1}, 0, 1)
    setting = Setting(bureau="某局", edition="public", bases=shipped().bases, packs=in_use())
    with snapshot(engine) as session:
        page = render(build(gather(session, Scope(week, "310000")), setting)).decode()
    assert "仍然存在" in page
    assert "认定复发、另案督办 1 件" in page


def week_of(engine: Engine, week: Week, root: str) -> PeriodOfLooks:
    with snapshot(engine) as session:
        return gather(session, Scope(week, root)).looks


def letters(engine: Engine, day: int) -> list[str]:
    """What bureaus are told now of what was found again."""
    with transaction(engine) as session:
        news = [news_of(session, each.id) for each in plan(session, WEDNESDAY + day * DAY)]
        return [plain_text(letter_of(each, {}, {})) for each in news if isinstance(each, FoundAgain)]


def fates(engine: Engine) -> list[str]:
    with snapshot(engine) as session:
        return [each.fate for each in told(session, WEDNESDAY - DAY, None) if each.kind == FOUND_AGAIN]


def test_the_bureau_is_told_once_and_not_of_what_is_settled(engine: Engine, do: Do) -> None:
    look(engine, 7, "missed")
    assert letters(engine, 7) == []
    look(engine, 8, "still")
    (letter,) = letters(engine, 8)
    for words in (NUMBER, "仍然存在，2026-11-26  https://board.example/1", "未经人工核实，不构成违法认定"):
        assert words in letter
    assert (letters(engine, 9), fates(engine)) == ([], ["in_flight"])
    do("relapse", at=WEDNESDAY + 9 * DAY)
    with transaction(engine) as session:
        (delivery,) = session.scalars(select(Delivery).where(Delivery.kind == FOUND_AGAIN))
        found = last_look(session, delivery.id)
    assert isinstance(found, FoundAgain)
    assert (found.total, fates(engine)) == (0, [])


@pytest.mark.usefixtures("do")
def test_cases_that_were_corrected_before_are_planned_the_same_way(engine: Engine) -> None:
    migration = import_module("store.migrations.versions.0025_rechecks")
    columns = Recheck.case_id, Recheck.days, Recheck.ad_id, Recheck.url, Recheck.due_on, Recheck.next_on
    with engine.connect() as connection:
        rows = migration.planned(connection)
    with snapshot(engine) as session:
        planned = session.execute(select(*columns).order_by(Recheck.days)).all()
    assert [tuple(row[column.key] for column in columns) for row in rows] == [tuple(each) for each in planned]
