"""The pages of sources, rules and the catalogue: what the commands say, on the console."""

from functools import partial
from pathlib import Path
from typing import get_args
from urllib.parse import quote

import pytest
from sqlalchemy import Engine

from config.feedback import feedback
from crawlers.board import load_boards
from crawlers.expect import Filled
from reports.boards import FIELDS
from store.database import transaction
from store.feedback import Decision, RuleKey, change_rule
from store.models import Run
from store.permits import Stop, stop_board
from store.run_profiles import Ending, Profile, note_profile
from tests.factory import WEDNESDAY
from tests.recorded import add, violation
from tests.reports.console.conftest import LogIn

MEASURED = "读到 200 条，新增或更改 7 条；填充率：岗位 100%、单位 75%"


def test_every_field_that_runs_measure_has_a_name() -> None:
    assert set(FIELDS) == set(get_args(Filled))


def test_sources_say_how_a_board_fares_and_who_stopped_it(log_in: LogIn, engine: Engine) -> None:
    note = "stopped early: blocked"
    run = Run(
        id="r", kind="crawl", source="board", started_at=WEDNESDAY, finished_at=WEDNESDAY,
        status="incomplete", counts={}, note=note,
    )  # fmt: skip
    with transaction(engine) as session:
        session.add(run)
        session.flush()
        ending = Ending(status="incomplete", whole=False, good=False)
        filled = {"title": 200, "company": 150}
        note_profile(session, "r", Profile(accepted=7, postings=200, filled=filled), ending)
        stop_board(session, Stop("board", "周管理", "网站来函<b>", WEDNESDAY))
    answer = log_in().get("/sources")
    for told in (
        "被拒 自 2026-11-18 10:30",
        "已停采 周管理: 网站来函<b>",
        "不得绕过",
        note,
        "从未",
        MEASURED,
    ):
        assert told in answer.words
    assert "<b>" not in answer.text


def test_files_of_boards_that_cannot_be_read_are_told(
    log_in: LogIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "broken.yaml").write_text("lists: [", encoding="utf-8")
    monkeypatch.setattr("cli.crawl_status.load_boards", partial(load_boards, tmp_path))
    words = log_in().get("/sources").words
    assert "来源文件读不了" in words
    assert "broken.yaml" in words


def test_rules_show_precision_interval_and_suspensions(log_in: LogIn, engine: Engine) -> None:
    add(engine, *(violation(number, company=f"第{number}公司") for number in range(1, 4)))
    browser = log_in()
    assert "还没有人对线索作出决定" in browser.get("/rules").words
    browser.post("/cases/QD-310000-2026-000001/dismiss", why="不是要求")
    words = browser.get("/rules").words
    assert "1 0 0.0% 0.0%—79.3%" in words
    assert f"少于 {feedback().of('required.must').cases} 件，不作判断" in words
    key = RuleKey("required.must", "", "须")
    with transaction(engine) as session:
        change_rule(session, key, Decision(action="suspended", at=WEDNESDAY, by="周管理", why="误报多"))
    words = browser.get("/rules").words
    assert "停用 2026-11-18 10:30 起，周管理：误报多" in words
    assert "2026-11-18 10:30 停用 required.must/" in words


def test_the_catalogue_tells_what_a_name_is_and_was_in_every_area(log_in: LogIn) -> None:
    browser = log_in("张承办", "officer", "330100")
    found = browser.get(f"/catalogue?name={quote('会计从业资格')}&on=2016-01-01")
    for told in ("会计从业资格", "沿革", "2017-11-05", "出处"):
        assert told in found.words
    assert browser.get("/catalogue?name=x&on=someday").status == 400
    assert browser.get("/catalogue").status == 200
