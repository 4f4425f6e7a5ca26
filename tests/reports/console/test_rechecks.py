"""Looking again on the console: what is due, what was found, and what people make of it."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from store.database import transaction
from store.models import Ad
from store.rechecks import Answer, Look, note, take
from tests.corrected import correct
from tests.factory import WEDNESDAY, Clock
from tests.recorded import add, violation
from tests.reports.console.conftest import LogIn

CASE, AFTER = "/cases/QD-310000-2026-000001", "/cases/QD-310000-2026-000002"


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """A store with one case, whose correction was reported on Wednesday."""
    add(engine, violation(1, url="https://board.example/1"))
    correct(engine, WEDNESDAY)
    return engine


def look(engine: Engine, clock: Clock, day: int, answer: Answer) -> None:
    clock.now = WEDNESDAY + timedelta(days=day)
    with transaction(engine) as session:
        ads = session.scalars(select(Ad.id)).all()
        for ad_id in take(session, ads, clock.now):
            note(session, ad_id, {"C-accounting": Look(answer, "测试")}, clock.now)


def test_what_is_due_is_shown_and_a_case_is_not_closed_before(log_in: LogIn) -> None:
    officer = log_in("丁", "officer")
    assert "回头看 下次 2026-11-25" in officer.get("/cases?view=corrected").words
    page = officer.get(CASE)
    assert "第 30 日" in page.words
    assert "应于 2026-12-18" in page.words
    assert "销号</summary>" not in page.text
    assert officer.post(f"{CASE}/close", why="已改", outcome="lawful").status == 409


def test_what_was_found_leads_to_the_case_that_follows(log_in: LogIn, engine: Engine, clock: Clock) -> None:
    look(engine, clock, 7, "still")
    officer = log_in("丁", "officer")
    assert "1 条待人工处理" in officer.get("/cases?view=corrected").words
    page = officer.get(CASE)
    assert "仍然存在 待人工处理" in page.words
    assert "整改后第7日：仍然存在（测试）" in page.words
    assert officer.post(f"{CASE}/relapse", why="确未整改").status == 303
    assert "复发另案督办" in officer.get(CASE).words
    assert AFTER in officer.get(CASE).text
    assert "疑似线索" in officer.get(AFTER).words
    assert AFTER in officer.get("/cases?view=new&words=%E4%BC%9A%E8%AE%A1").text  # 会计


def test_people_look_where_the_machine_cannot_and_close_in_the_end(
    log_in: LogIn, engine: Engine, clock: Clock
) -> None:
    answers: tuple[tuple[int, Answer], ...] = (7, "manual"), (30, "lawful"), (90, "lawful")
    for day, answer in answers:
        look(engine, clock, day, answer)
    officer = log_in("丁", "officer")
    assert "须人工查看 待人工处理" in officer.get(CASE).words
    assert officer.post(f"{CASE}/look", why="电话核实", outcome="removed").status == 303
    assert "均已通过，可以销号" in officer.get("/cases?view=corrected").words
    assert officer.post(f"{CASE}/close", why="已改", outcome="lawful").status == 303
