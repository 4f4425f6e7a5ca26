"""平台函 on the console: drafted by one, issued by another, answered, and told in the case."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from tests.factory import Clock
from tests.noticed import NUMBER, approved
from tests.reports.console.conftest import LogIn

PAGE = f"/notices/{NUMBER}"
DRAFT = {"board": "demo", "why": "两人复核"}
REPLY = {"place": "1", "answer": "removed", "done_on": "2026-11-18", "said_by": "王合规"}


def test_a_notice_from_draft_to_answer(log_in: LogIn, engine: Engine) -> None:
    approved(engine, 1)
    drafter, other = log_in("李起草", bureau="330000"), log_in("张处长", bureau="330000")
    officer = log_in("赵承办", "officer", "330000")
    assert drafter.post("/notices", **DRAFT).place == PAGE
    assert "须由另一人办理" in drafter.get(PAGE).words
    refused = drafter.post(f"{PAGE}/issue", why="同意")
    assert (refused.status, "起草人不得签发自己起草的函" in refused.words) == (409, True)
    assert "请写明理由" in other.post(f"{PAGE}/issue").words
    assert other.post(f"{PAGE}/issue", why="同意发函").place == PAGE
    assert officer.post(f"{PAGE}/reply", **REPLY).place == PAGE
    words = officer.get(PAGE).words
    assert "已签发" in words
    assert "已删除（2026-11-18，王合规）赵承办" in words
    case = officer.get("/cases/QD-330100-2026-000001").words
    assert f"平台函 {NUMBER}" in case
    assert "列入平台函" in case
    assert "平台所称 第1条 已删除（2026-11-18，王合规）" in case
    letter = officer.get(f"{PAGE}/letter.docx")
    assert letter.body.startswith(b"PK")
    assert letter.headers["content-disposition"] == f'attachment; filename="{NUMBER}-letter.docx"'
    # The county's officer reads of it in the case, and not the notice with the cases of others.
    county = log_in("县承办", "officer", "330100")
    assert NUMBER in county.get("/cases/QD-330100-2026-000001").words
    assert county.get(PAGE).status == 404
    assert county.get(f"{PAGE}/letter.docx").status == 404


def test_a_draft_is_dropped_and_a_form_sent_twice_does_its_work_once(log_in: LogIn, engine: Engine) -> None:
    approved(engine, 1)
    browser = log_in(bureau="330000")
    browser.post("/notices", **DRAFT)
    empty = browser.post("/notices", **DRAFT)
    assert (empty.status, "没有可以列入的招聘信息" in empty.words) == (409, True)
    for _ in range(2):
        assert browser.post(f"{PAGE}/drop", why="重新起草").place == PAGE
    assert "已作废" in browser.get(PAGE).words


def test_a_platform_is_reminded_once_the_day_is_past(log_in: LogIn, engine: Engine, clock: Clock) -> None:
    approved(engine, 1)
    log_in("李起草", bureau="330000").post("/notices", **DRAFT)
    browser = log_in("张处长", bureau="330000")
    browser.post(f"{PAGE}/issue", why="同意发函")
    assert "发出催办函" not in browser.get(PAGE).words
    early = browser.post(f"{PAGE}/remind", why="催一下")
    assert (early.status, "还没有过" in early.words) == (409, True)
    clock.now += timedelta(days=8)
    browser = log_in("王处长", bureau="330000")
    assert "发出催办函" in browser.get(PAGE).words
    assert "请写明理由" in browser.post(f"{PAGE}/remind").words
    assert browser.post(f"{PAGE}/remind", why="逾期未答复").place == PAGE
    page = browser.get(PAGE).words
    assert "王处长：逾期未答复（1 条，限 2026-12-01）" in page
    assert "发出催办函" not in page
    assert browser.get(f"{PAGE}/reminder-1.xlsx").body.startswith(b"PK")


@pytest.mark.parametrize(
    ("form", "status", "told"),
    [
        ({"place": "x"}, 400, "请求无法读取"),
        ({"answer": "perhaps"}, 400, "请求无法读取"),
        ({"place": "9"}, 409, "没有这一条"),
        ({"answer": "disagreed"}, 409, "平台不同意的，须记下平台的理由"),
        ({"done_on": "昨天"}, 409, "处置日期须在发函之日至今天之间"),
        ({"done_on": "2026-12-01"}, 409, "处置日期须在发函之日至今天之间"),
        ({"said_by": ""}, 409, "请写明平台的经办人"),
    ],
)
def test_an_answer_that_does_not_fit_is_told(
    log_in: LogIn, engine: Engine, form: dict[str, str], status: int, told: str
) -> None:
    approved(engine, 1)
    log_in("李起草", bureau="330000").post("/notices", **DRAFT)
    browser = log_in("张处长", bureau="330000")
    browser.post(f"{PAGE}/issue", why="同意发函")
    answer = browser.post(f"{PAGE}/reply", **(REPLY | form))
    assert (answer.status, told in answer.words) == (status, True)
