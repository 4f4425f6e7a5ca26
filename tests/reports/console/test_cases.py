"""The work list and the page of a case: what they show, and what is done from them."""

from datetime import timedelta
from typing import get_args

import pytest
from sqlalchemy import Engine

from config.casework import casework
from reports.console.words import REFUSALS, STRENGTHS, VIEWS, refusals_in_chinese
from store.accounts import ROLES
from store.audit import breaks
from store.case_file import open_case_file
from store.database import snapshot
from store.work_list import PAGE, View
from tests.factory import Clock
from tests.recorded import add, violation
from tests.reports.console.conftest import LogIn

NUMBER = "QD-310000-2026-000001"
CASE = f"/cases/{NUMBER}"


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """A store with one case, whose ad says more than the clause."""
    text = "岗位要求：须持有会计从业资格证，会用软件。待遇面议"
    clause = "须持有会计从业资格证"
    said = {"start": 8, "end": 15, "clause": {"field": "text", "start": 5, "end": 15, "text": clause}}
    add(engine, violation(1, text=text, said=said))
    return engine


def status(engine: Engine) -> str:
    with snapshot(engine) as session:
        found = open_case_file(session, NUMBER)
        assert found is not None
        assert not list(breaks(session))
        return found.line.status


def test_the_list_shows_a_case_and_leads_to_it(log_in: LogIn) -> None:
    answer = log_in().get("/cases")
    for told in ("上海测试有限公司", "会计从业资格", "疑似线索", "橙", "上海市"):
        assert told in answer.words
    assert f'href="{CASE}"' in answer.text


def test_filters_come_from_the_address(log_in: LogIn) -> None:
    browser = log_in()
    for query, found in (
        ("words=%E4%BC%9A%E8%AE%A1", True),  # 会计
        ("words=%E7%94%B5%E5%B7%A5", False),  # 电工
        ("view=mine", False),
        ("view=new&severity=orange&week=2026-W47&board=board&bureau=310000", True),
        ("week=2026-W46", False),
    ):
        answer = browser.get(f"/cases?{query}")
        assert answer.status == 200
        assert (NUMBER in answer.text) is found
        assert ("没有符合条件的案件" in answer.words) is not found


def test_a_filter_that_is_none_is_told(log_in: LogIn) -> None:
    browser = log_in()
    for query in ("week=2026-W60", "view=secret", "severity=pink", "bureau=999999"):
        answer = browser.get(f"/cases?{query}")
        assert answer.status == (404 if "bureau" in query else 400)
        assert NUMBER not in answer.text


def test_pages_are_linked_and_keep_the_filters(log_in: LogIn, engine: Engine) -> None:
    add(engine, *(violation(number, company=f"第{number}公司") for number in range(2, PAGE + 3)))
    browser = log_in()
    first = browser.get("/cases?view=new&employer=")
    (link,) = [part.split('"')[0] for part in first.text.split('class="next"><a href="')[1:]]
    second = browser.get(link.replace("&amp;", "&"))
    assert "view=new" in link
    assert first.text.count('<th scope="row">') == PAGE
    assert second.text.count('<th scope="row">') == 2
    assert "下一页" not in second.words


def test_the_case_shows_evidence_marked_in_its_place_and_why(log_in: LogIn) -> None:
    answer = log_in().get(CASE)
    assert "<blockquote>须持有<mark>会计从业资格证</mark></blockquote>" in answer.text
    assert (
        '<div class="ad">岗位要求：<b>须持有</b><mark>会计从业资格证</mark>，会用软件。待遇面议</div>'
        in answer.text
    )
    for told in ("已取消的职业资格", "必须具备", "required.must", "国家职业资格目录", "立为疑似案件"):
        assert told in answer.words


def test_the_case_says_what_makes_clues_and_ads_one(log_in: LogIn, engine: Engine) -> None:
    for number in (2, 3):
        add(engine, violation(number, source=f"board-{number}", company="重复发布公司", title="出纳<b>"))
    page = log_in().get("/cases/QD-310000-2026-000002")
    assert "单位、证书、用工地都相同的线索并为一案" in page.words
    assert "来源 board-2 编号 A2 的招聘信息，同一证书只记一条" in page.words
    assert "重复发布 2 次 去重依据：单位 重复发布公司，岗位 出纳<b>，地区 上海市" in page.words
    assert page.text.count('<td data-label="本案线索">有</td>') == 2
    assert "重复发布" not in log_in("李复核").get(CASE).words


def test_a_case_is_worked_by_two_people_from_its_page(log_in: LogIn, engine: Engine) -> None:
    reviewer, other = log_in(), log_in("李复核")
    assert reviewer.post(f"{CASE}/confirm", why="原文确有此要求").place == CASE
    page = reviewer.get(CASE)
    assert "复核限 2026-11-20" in page.words
    assert "复核通过、成案：这一步须由另一人办理" in page.words
    assert f'action="{CASE}/approve"' not in page.text
    refused = reviewer.post(f"{CASE}/approve", why="再看一遍")
    assert (refused.status, REFUSALS["by"] in refused.words) == (409, True)
    assert status(engine) == "reviewed"
    assert other.get(CASE).text.count(f'action="{CASE}/approve"') == 1
    assert other.post(f"{CASE}/approve", why="同意").status == 303
    assert status(engine) == "filed"
    history = other.get(CASE).words
    assert "王初核 初核确认 ：原文确有此要求" in history
    assert "李复核 复核通过、成案 ：同意" in history
    assert NUMBER in reviewer.get("/cases?view=mine").text


def test_what_is_refused_says_all_reasons_and_keeps_what_was_typed(log_in: LogIn, engine: Engine) -> None:
    reviewer, other, officer = log_in(), log_in("李复核"), log_in("张承办", "officer")
    reviewer.post(f"{CASE}/confirm", why="属实")
    other.post(f"{CASE}/approve", why="属实")
    other.post(f"{CASE}/dispatch", why="派发")
    officer.get(CASE)
    officer.post(f"{CASE}/sign", why="签收")
    refused = officer.post(f"{CASE}/verify", why="开始<b>核查", inspectors="张承办")
    assert refused.status == 409
    assert REFUSALS["inspectors"] in refused.words
    assert 'value="张承办"' in refused.text
    assert "开始&lt;b&gt;核查</textarea>" in refused.text
    assert officer.post(f"{CASE}/verify", why="开始", inspectors="张承办、赵监察").status == 303
    for days in ("0", "many", "9999", "-1"):
        assert REFUSALS["days"] in officer.post(f"{CASE}/order", why="属实", document="1号", days=days).words
    assert officer.post(f"{CASE}/order", why="属实", document="1号", days="5").status == 303
    assert "整改反馈限 2026-11-25" in officer.get(CASE).words
    assert status(engine) == "ordered"


def test_what_is_overdue_says_so(log_in: LogIn, clock: Clock) -> None:
    browser = log_in()
    browser.post(f"{CASE}/confirm", why="属实")
    clock.now += timedelta(days=5)
    late = log_in("李复核")
    assert "已超期 复核限 2026-11-20" in late.get("/cases?view=overdue").words
    assert "已超期" in late.get(CASE).words


def test_an_action_or_a_case_that_is_none_is_not_found(log_in: LogIn) -> None:
    browser = log_in()
    assert browser.post(f"{CASE}/forget", why="无").status == 404
    assert browser.post("/cases/QD-1/confirm", why="无").status == 404
    assert browser.get("/cases/QD-1").status == 404


def test_every_refusal_has_a_chinese_sentence() -> None:
    work = casework()
    fields = {field for action in work.actions.values() for field in action.asks}
    assert fields | {"status", "action", "by", "why", "days", "rechecks", "number"} == set(REFUSALS)
    assert refusals_in_chinese(["why: a", "by: b", "why: c"]) == (REFUSALS["why"], REFUSALS["by"])


def test_every_view_has_a_name() -> None:
    assert set(VIEWS) == set(get_args(View))


def test_every_role_of_the_casework_is_one_of_an_account() -> None:
    assert {action.who for action in casework().actions.values()} < set(ROLES)
    assert set(STRENGTHS) == {"required", "preferred", "alternative", "after_hire", "mentioned", "negated"}
