"""What the weekly report says of the work on cases, on SQLite and on PostgreSQL."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, update

from config.casework import Given
from config.months import Month
from config.settings import CHINA
from config.weeks import Week
from reports.weekly.build import Setting, build
from reports.weekly.html import render
from reports.weekly.model import Objections, Report
from reports.weekly.precision import NOT_REVIEWED
from store.casework import act
from store.database import snapshot, transaction
from store.dead_letters import Decision
from store.intake import remember
from store.models import Case, Clue
from store.objections import Brought, answer, bring, objection_line
from store.weekly import gather
from store.weekly_rows import PeriodRows, RemovalCount, Scope
from store.withdrawn_ads import withdraw
from tests.corrected import WAY
from tests.factory import WEDNESDAY, job_ad
from tests.recorded import add, violation

WEEK = Week.of(WEDNESDAY)
DAY = timedelta(days=1)
FIRST, SECOND = "QD-310000-2026-000001", "QD-310000-2026-000002"
ELSEWHERE = "QD-440300-2026-000001"


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """Two cases of Shanghai and one of Shenzhen, opened on Wednesday."""
    add(engine, violation(1), violation(2, company="第二公司"), violation(3, division="440300"))
    return engine


def rows_of(engine: Engine, week: Week = WEEK, root: str = "310000") -> PeriodRows:
    with snapshot(engine) as session:
        return gather(session, Scope(week, root))


def report_of(engine: Engine, week: Week = WEEK, root: str = "310000") -> Report:
    return build(rows_of(engine, week, root), Setting(bureau="某局"))


def do(engine: Engine, number: str, *names: str, at: datetime = WEDNESDAY, **asked: str) -> None:
    """Take these steps in the case, by two people in turn."""
    with transaction(engine) as session:
        for step, name in enumerate(names):
            given = Given(by="甲乙"[step % 2], why="经核实", asked=dict(WAY).get(name, {}) | asked)
            act(session, number, name, given, at)


def test_a_case_counts_in_the_week_in_which_it_was_judged_and_ended(engine: Engine) -> None:
    do(engine, FIRST, "confirm", "approve", "dispatch", "sign")
    do(engine, SECOND, "dismiss", at=WEDNESDAY + 7 * DAY)
    do(engine, FIRST, "no_action", at=WEDNESDAY + 14 * DAY, outcome="unfounded")
    points = report_of(engine, WEEK.before(-2)).trend
    told = [(each.opened, each.confirmed, each.excluded, each.ended, each.open_cases) for each in points]
    assert told == [(0, 0, 0, 0, 0), (2, 1, 0, 0, 2), (0, 0, 1, 0, 1), (0, 0, 0, 1, 0)]
    figures = {each.label: (each.value, each.change) for each in report_of(engine, WEEK.before(-2)).figures}
    assert figures["办结案件"] == (1, "较上期增加 1 件")
    assert figures["认定误报"] == (0, "较上期减少 1 件")
    assert figures["在办案件"] == (0, "较上期减少 1 件")


def test_of_few_cases_that_people_judged_the_number_is_told_and_no_share(engine: Engine) -> None:
    assert report_of(engine).coverage.precision == NOT_REVIEWED
    do(engine, FIRST, "confirm", "approve")
    do(engine, SECOND, "dismiss")
    told = report_of(engine).coverage.precision
    assert told.startswith(
        "每期新立案件随机抽取至多 100 件，近四期共 2 件，已判定 2 件，确认 1 件：件数过少，不计算比例。"
    )
    assert report_of(engine, root="440000").coverage.precision == NOT_REVIEWED


def test_what_is_due_before_the_day_of_the_data_is_overdue_for_its_bureau(engine: Engine) -> None:
    do(engine, FIRST, "confirm", "approve", "dispatch")  # to be signed for within two working days
    add(engine, violation(4, company="第二公司", observed_at=WEDNESDAY + 6 * DAY))
    (unit,) = report_of(engine, WEEK.before(-1)).progress.units
    assert (unit.name, unit.open_cases, unit.suspected, unit.confirmed, unit.overdue) == ("本级", 2, 1, 1, 1)
    assert report_of(engine).progress.overdue == 0
    nation = report_of(engine, WEEK.before(-1), "000000").progress
    assert [(each.name, each.overdue) for each in nation.units] == [("上海市", 1), ("广东省", 0)]
    assert (nation.overdue, nation.late) == (1, ("上海市",))


def test_in_public_only_the_circular_names_who_is_late(engine: Engine) -> None:
    do(engine, FIRST, "confirm", "approve", "dispatch")
    add(engine, violation(4, company="第二公司", observed_at=WEDNESDAY + 6 * DAY))
    for period, names in ((WEEK, 0), (Month(2026, 11), 1)):
        with snapshot(engine) as session:
            rows = gather(session, Scope(period, "000000"))
        report = build(rows, Setting(bureau="某局", edition="public"))
        page = render(report).decode()
        assert page.count("有超期案件的：上海市") == names
        assert ("公开版周报不列各单位的办理进度" in page) == (names == 0)
        assert (len(report.progress.units), report.progress.open_cases) == (2 * names, 3)


def test_a_case_that_was_handed_over_counts_where_it_is_now(engine: Engine) -> None:
    do(engine, FIRST, "confirm", "approve", "dispatch")
    do(engine, FIRST, "hand_over", bureau="440300")
    assert [case.number for case in rows_of(engine).cases] == [SECOND]
    assert {case.number for case in rows_of(engine, root="440000").cases} == {FIRST, ELSEWHERE}
    handlers = {line.number: line.handler for line in report_of(engine).cases}
    assert handlers == {FIRST: "", SECOND: "上海市人力资源和社会保障局"}


def test_ads_that_are_gone_on_the_fifth_working_day_count_for_their_board(engine: Engine) -> None:
    with transaction(engine) as session:
        remember(session, [job_ad(1), job_ad(2)])
        withdraw(session, "board", ["A1"], WEDNESDAY + 7 * DAY)
        withdraw(session, "board", ["A2"], WEDNESDAY + 8 * DAY)
    for number in (FIRST, SECOND, ELSEWHERE):
        do(engine, number, "confirm", "approve")
    assert rows_of(engine, WEEK.before(-1)).removals == ()  # nobody has seen the fifth day's end yet
    add(engine, violation(5, observed_at=WEDNESDAY + 9 * DAY, division="440300"))
    assert rows_of(engine, WEEK.before(-1)).removals == (RemovalCount("board", due=2, gone=1),)
    assert rows_of(engine).removals == rows_of(engine, WEEK.before(-1), "440000").removals == ()
    (board,) = [each for each in report_of(engine, WEEK.before(-1)).boards if each.source == "board"]
    assert (board.removal.gone, board.removal.due) == (1, 2)


def test_objections_count_in_the_area_of_their_case(engine: Engine) -> None:
    for number, about in enumerate((FIRST, ELSEWHERE, "某广告"), start=1):
        with transaction(engine) as session:
            bring(session, objection(str(number), about))
    with transaction(engine) as session:
        line = objection_line(session, 1, "000000")
        assert line is not None
        answer(session, line, "rejected", Decision("李复核", "属实", WEDNESDAY + DAY))
    assert report_of(engine).progress.objections == Objections(
        received=1, upheld=0, rejected=1, waiting=0, overdue=0
    )
    nation = report_of(engine, root="000000").progress.objections
    assert (nation.received, nation.waiting, nation.rejected) == (3, 2, 1)
    add(engine, violation(6, observed_at=WEDNESDAY + 60 * DAY))
    late = report_of(engine, Week.of(WEDNESDAY + 60 * DAY), "000000").progress.objections
    assert (late.received, late.waiting, late.overdue) == (0, 2, 2)


def objection(receipt: str, about: str) -> Brought:
    return Brought(
        receipt=receipt, at=WEDNESDAY, about=about, organisation="某公司", reasons="不属实", contact="",
        delete_contact_at=WEDNESDAY,
    )  # fmt: skip


def test_what_a_change_of_rules_withdrew_is_told(engine: Engine) -> None:
    with transaction(engine) as session:
        withdrawn = {"withdrawn_at": WEDNESDAY + DAY, "withdrawn_rules": "new"}
        mine = Clue.case_id.in_(session.query(Case.id).where(Case.number == FIRST))
        session.execute(update(Clue).where(mine).values(withdrawn))
    assert rows_of(engine).withdrawn == 1
    assert rows_of(engine, root="440000").withdrawn == rows_of(engine, WEEK.before(-1)).withdrawn == 0


def test_a_month_is_a_period_like_a_week(engine: Engine) -> None:
    with snapshot(engine) as session:
        month = gather(session, Scope(Month(2026, 11), "000000"))
    assert len(month.clues) == 3
    report = build(month, Setting(bureau="某局"))
    assert report.title == "招聘广告证书要求监测通报"
    assert [str(each.period) for each in report.trend] == ["2026-08", "2026-09", "2026-10", "2026-11"]
    assert report.period.last == date(2026, 11, 30)
    assert WEDNESDAY.astimezone(CHINA) < report.period.end
