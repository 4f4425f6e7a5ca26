"""The catalogue, the precision of rules and the boards over the interface."""

from urllib.parse import quote

import pytest
from sqlalchemy import Engine

from crawlers.board import BoardError
from store.database import transaction
from store.feedback import Decision, RuleKey, change_rule
from store.models import Run
from store.permits import Stop, stop_board
from tests.factory import WEDNESDAY
from tests.recorded import add, violation
from tests.reports.api.conftest import Bear


def test_a_name_is_told_with_its_history_by_the_law_of_a_day(bear: Bear) -> None:
    program = bear("张承办", "officer", "330100")
    on = {
        day: program.get(f"/catalogue?name={quote('会计从业资格')}&on={day}").body
        for day in ("2016-01-01", "2026-11-18")
    }
    assert [told["meanings"][0]["kind"] for told in on.values()] == ["licensing", "delisted"]
    (meaning,) = on["2026-11-18"]["meanings"]
    assert [each["kind"] for each in meaning["history"]][-2:] == ["licensing", "delisted"]
    assert program.get(f"/catalogue?name={quote('会计从业资格')}").body["on"] == "2026-11-18"


def test_a_name_that_is_not_there_has_no_meaning_and_names_like_it(bear: Bear) -> None:
    answer = bear().get(f"/catalogue?name={quote('某某会计从业资格')}")
    assert (answer.status, answer.body["meanings"]) == (200, [])
    assert "会计从业资格" in answer.body["near"]


@pytest.mark.parametrize(
    ("query", "field"),
    [("", "name"), ("name=", "name"), ("name=a&on=2026-13-01", "on"), ("name=a&day=1", "day")],
)
def test_what_is_wrong_with_a_look_up_is_told_with_its_field(bear: Bear, query: str, field: str) -> None:
    answer = bear().get(f"/catalogue?{query}")
    assert (answer.status, answer.fields) == (422, [field])


def test_rules_are_told_with_precision_interval_and_suspension(bear: Bear, engine: Engine) -> None:
    add(engine, violation(1))
    program = bear()
    assert program.get("/rules").body == {"rules": []}
    program.act("QD-310000-2026-000001", "dismiss", why="不是要求")
    with transaction(engine) as session:
        key = RuleKey("required.must", "", "须")
        change_rule(session, key, Decision(action="suspended", at=WEDNESDAY, by="周管理", why="误报多"))
    (rule,) = program.get("/rules").body["rules"]
    assert (rule["rule"], rule["confirmed"], rule["cases"], rule["low"]) == ("required.must", 0, 1, 0)
    assert 0.79 < rule["high"] < 0.8
    assert (rule["suspended_by"], rule["why"]) == ("周管理", "误报多")


def test_sources_are_told_with_who_stopped_them(bear: Bear, engine: Engine) -> None:
    run = Run(
        id="r", kind="crawl", source="board", started_at=WEDNESDAY, finished_at=WEDNESDAY,
        status="incomplete", counts={}, note="stopped early: blocked",
    )  # fmt: skip
    with transaction(engine) as session:
        session.add(run)
        stop_board(session, Stop("board", "周管理", "网站来函", WEDNESDAY))
    sources = {each["source"]: each for each in bear().get("/sources").body["sources"]}
    assert sources["board"]["state"] == "blocked"
    assert "网站来函" in sources["board"]["stopped"]


def test_files_of_boards_that_cannot_be_read_are_a_problem(
    bear: Bear, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise BoardError("gov.yaml, line 3: lists")

    program = bear()
    monkeypatch.setattr("cli.crawl_status.load_boards", lambda *_given, **_named: broken())
    answer = program.get("/sources")
    assert (answer.status, answer.body["detail"]) == (503, "gov.yaml, line 3: lists")
