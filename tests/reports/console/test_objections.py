"""Objections on the console: the tray, the answer, the case that is meant, and how to reach who objects."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from reports.console.words import OBSTACLES, REFUSALS
from store.access_models import Read
from store.database import snapshot, transaction
from store.objection_models import Objection
from store.objections import Brought, bring
from tests.factory import WEDNESDAY, Clock
from tests.recorded import add, violation
from tests.reports.console.conftest import LogIn
from tests.reports.console.test_hostile import PAYLOADS, check

CASE = "QD-310000-2026-000001"
CONTACT = "陈某 021-0000"
ANSWER = {"state": "rejected", "why": "该信息由贵单位账号发布"}


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """One suspected case of Shanghai with an objection to it."""
    add(engine, violation(1))
    objected(engine)
    return engine


def objected(engine: Engine, **given: Any) -> int:
    fields: dict[str, Any] = {
        "receipt": "YY-1",
        "at": WEDNESDAY,
        "about": CASE,
        "organisation": "上海测试有限公司",
        "reasons": "不是我们发布的",
        # As contacts were kept before they were encrypted, so that no key is needed.
        "contact": CONTACT,
        "delete_contact_at": WEDNESDAY + timedelta(days=90),
    }
    with transaction(engine) as session:
        return bring(session, Brought(**fields | given)).number


def stored(engine: Engine, number: int = 1) -> Objection:
    with snapshot(engine) as session:
        found = session.get(Objection, number)
        assert found is not None
        return found


def test_the_tray_and_the_case_show_what_waits_and_by_when(log_in: LogIn, clock: Clock) -> None:
    browser = log_in(bureau="310000")
    line = f"第 1 号 上海测试有限公司 {CASE} {CASE} 2026-11-18 10:30 限 2026-12-09"
    assert line in browser.get("/objections").words
    case = browser.get(f"/cases/{CASE}").words
    assert "第 1 号（办理中），限 2026-12-09 前答复" in case
    assert "系统 收到异议" in case
    assert "不是我们发布的" in browser.get("/objections/1").words
    clock.now = WEDNESDAY + timedelta(days=30)
    assert "已超期" in log_in("又一人", bureau="310000").get("/objections").words


def test_an_answer_is_given_once_and_stands_in_the_history(log_in: LogIn, engine: Engine) -> None:
    browser = log_in(bureau="310000")
    browser.get("/objections/1")
    assert browser.post("/objections/1/answer", **ANSWER).place == "/objections/1"
    # Sent twice, or by somebody who came late: the first answer holds.
    assert browser.post("/objections/1/answer", **ANSWER | {"why": "另一个答复"}).place == "/objections/1"
    assert (stored(engine).state, stored(engine).answered_by) == ("rejected", "王初核")
    assert "王初核 答复：异议不成立 ：该信息由贵单位账号发布" in browser.get(f"/cases/{CASE}").words
    assert "没有待答复的异议" in browser.get("/objections").words
    assert "异议不成立（王初核，2026-11-18 10:30）" in browser.get("/objections?view=answered").words


def test_one_is_upheld_after_the_case_was_ended(log_in: LogIn, engine: Engine) -> None:
    browser = log_in(bureau="310000")
    browser.get("/objections/1")
    upheld = {"state": "upheld", "why": "确非贵单位发布"}
    refused = browser.post("/objections/1/answer", **upheld)
    assert refused.status == 409
    assert OBSTACLES["case_open"] in refused.words
    assert upheld["why"] in refused.words
    assert browser.post(f"/cases/{CASE}/dismiss", why="账号被盗用").status == 303
    assert browser.post("/objections/1/answer", **upheld).status == 303
    assert stored(engine).state == "upheld"


@pytest.mark.parametrize(
    ("form", "status", "told"),
    [
        ({"state": "rejected"}, 409, REFUSALS["why"]),
        ({"state": "open", "why": "属实"}, 400, "请求无法读取"),
    ],
)
def test_what_is_no_answer_is_told_and_not_kept(
    log_in: LogIn, engine: Engine, form: dict[str, str], status: int, told: str
) -> None:
    browser = log_in(bureau="310000")
    browser.get("/objections/1")
    answer = browser.post("/objections/1/answer", **form)
    assert answer.status == status
    assert told in answer.words
    assert stored(engine).state == "open"


def test_the_nation_says_which_case_is_meant_and_the_bureau_then_sees_it(
    log_in: LogIn, engine: Engine
) -> None:
    number = objected(engine, receipt="YY-2", about="沪人社监令〔2026〕1号")
    local, national = log_in("上海人", bureau="310000"), log_in("全国人")
    page = f"/objections/{number}"
    assert local.get(page).status == 404
    assert "待确定" in national.get(page).words
    refused = national.post(f"{page}/case", number="QD-310000-2026-000009", why="文号相符")
    assert OBSTACLES["no_case"] in refused.words
    assert national.post(f"{page}/case", number=CASE, why="文号相符").status == 303
    assert "沪人社监令" in local.get(page).words
    assert "全国人 收到异议 ：文号相符" in local.get(f"/cases/{CASE}").words


def test_a_contact_is_shown_for_a_reason_that_is_kept(log_in: LogIn, engine: Engine) -> None:
    browser = log_in(role="officer", bureau="310000")
    assert CONTACT not in browser.get("/objections/1").words
    assert CONTACT not in browser.post("/objections/1/contact").words
    assert CONTACT in browser.post("/objections/1/contact", why="核实账号").words
    with snapshot(engine) as session:
        read = session.scalars(select(Read)).one()
    assert (read.actor, read.what, read.subject, read.bureau, read.why) == (
        "王初核", "objection", "1", "310000", "核实账号",
    )  # fmt: skip
    assert "异议人联系方式" in log_in("周管理", "admin", "310000").get("/reads").words


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_words_are_shown_as_text(log_in: LogIn, engine: Engine, payload: str) -> None:
    number = objected(engine, receipt="YY-2", about=payload, organisation=payload, reasons=payload)
    browser = log_in()
    for path in ("/objections", f"/objections/{number}"):
        check(browser.get(path))


@pytest.mark.parametrize("number", ["0", "x", "%EF%BC%99", "-1", "9999999999"])
def test_what_is_no_number_is_not_found(log_in: LogIn, number: str) -> None:
    assert log_in().get(f"/objections/{number}").status == 404
