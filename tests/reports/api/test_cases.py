"""Cases over the interface: the list, one case, and what is done in it."""

import json

import pytest
from sqlalchemy import Engine, select

from store.audit import breaks, head
from store.casework_models import AuditLink
from store.database import snapshot
from store.models import CaseEvent
from tests.corrected import correct
from tests.factory import WEDNESDAY, Clock
from tests.recorded import add, violation
from tests.reports.api.calling import Program
from tests.reports.api.conftest import DAY, Bear

NUMBER = "QD-310000-2026-000001"


@pytest.fixture
def engine(engine: Engine) -> Engine:
    add(engine, violation(1, text="须持有会计从业资格证"))
    return engine


def deeds(engine: Engine) -> list[tuple[str, str]]:
    with snapshot(engine) as session:
        sealed = select(CaseEvent).join(AuditLink, AuditLink.event_id == CaseEvent.id)
        found = session.scalars(sealed.order_by(AuditLink.number))
        return [(each.actor, each.action) for each in found]


def test_the_work_list_is_told_with_what_is_due(bear: Bear) -> None:
    answer = bear().get("/cases")
    assert (answer.status, answer.media_type) == (200, "application/json")
    (case,) = answer.body["cases"]
    assert case == {
        "number": NUMBER,
        "status": "suspected",
        "severity": "orange",
        "bureau": "310000",
        "employer": "上海测试有限公司",
        "name": "会计从业资格",
        "clues": 1,
        "added": 0,
        "opened_at": case["opened_at"],
        "follows": False,
        "step": "",
        "due": None,
        "paused": False,
    }
    assert answer.body["after"] == ""


def test_the_list_goes_on_behind_the_last_case_of_a_page(bear: Bear, engine: Engine) -> None:
    add(engine, *(violation(number, company=f"公司{number}") for number in range(2, 6)))
    program = bear()
    met: list[str] = []
    after = ""
    while True:
        page = program.get(f"/cases?view=all&limit=2&after={after}").body
        met += [case["number"] for case in page["cases"]]
        after = page["after"]
        if not after:
            break
    assert len(met) == len(set(met)) == 5


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("words=%E4%BC%9A%E8%AE%A1", 1),
        ("words=%E7%94%B5%E5%B7%A5", 0),
        ("week=2026-W47", 1),
        ("week=2026-W46", 0),
        ("view=overdue", 0),
        ("severity=orange&board=board", 1),
        ("bureau=310000", 1),
    ],
)
def test_the_list_has_the_filters_of_the_page(bear: Bear, query: str, found: int) -> None:
    assert len(bear().get(f"/cases?{query}").body["cases"]) == found


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("view=some", "view"),
        ("week=2026-47", "week"),
        ("week=2026-W99", "week"),
        ("limit=0", "limit"),
        ("wrods=a", "wrods"),
        ("words=%00", "words"),
    ],
)
def test_what_is_wrong_with_a_query_is_told_with_its_field(bear: Bear, query: str, field: str) -> None:
    answer = bear().get(f"/cases?{query}")
    assert (answer.status, answer.media_type) == (422, "application/problem+json")
    assert answer.fields == [field]
    assert answer.body["status"] == 422


def test_a_case_is_told_with_evidence_history_and_what_may_be_done(bear: Bear) -> None:
    case = bear().get(f"/cases/{NUMBER}").body
    (clue,) = case["evidence"]
    assert clue["text"][clue["start"] : clue["end"]] == clue["quote"] == "会计从业资格证"
    assert [deed["action"] for deed in case["history"]] == ["opened", "clue_added"]
    assert {each["action"] for each in case["actions"]} == {"confirm", "dismiss"}
    assert all(each["barred"] == [] for each in case["actions"])


def test_a_corrected_case_is_told_with_when_it_is_looked_at_again(bear: Bear, engine: Engine) -> None:
    correct(engine, WEDNESDAY)
    program = bear("丁", "officer")
    assert [case["number"] for case in program.get("/cases?view=corrected").body["cases"]] == [NUMBER]
    looks = program.get(f"/cases/{NUMBER}").body["looks"]
    assert [(look["days"], look["due_on"]) for look in looks][:2] == [(7, "2026-11-25"), (30, "2026-12-18")]
    assert {look["waits_for_people"] for look in looks} == {False}


def test_who_confirmed_is_told_that_approving_is_for_another(bear: Bear, engine: Engine) -> None:
    first = bear("王初核")
    assert first.act(NUMBER, "confirm").body == {
        "number": NUMBER,
        "status": "reviewed",
        "step": "复核",
        "due": "2026-11-20",
        "repeated": False,
    }
    approve = next(
        each for each in first.get(f"/cases/{NUMBER}").body["actions"] if each["action"] == "approve"
    )
    assert approve["barred"]
    refused = first.act(NUMBER, "approve", "2")
    assert (refused.status, refused.fields) == (409, ["by"])
    assert bear("李复核").act(NUMBER, "approve").body["status"] == "filed"
    assert deeds(engine) == [("王初核", "confirm"), ("李复核", "approve")]
    with snapshot(engine) as session:
        assert head(session).number == 2
        assert list(breaks(session)) == []


def test_the_same_request_does_nothing_twice(bear: Bear, engine: Engine) -> None:
    program = bear()
    first, again = program.act(NUMBER, "confirm"), program.act(NUMBER, "confirm")
    assert again.body == {**first.body, "repeated": True}
    assert deeds(engine) == [("王初核", "confirm")]
    other = program.act(NUMBER, "confirm", why="另一个理由")
    assert (other.status, other.fields) == (409, ["Idempotency-Key"])


def test_a_refused_request_may_come_again_under_its_key(bear: Bear) -> None:
    program = bear()
    assert program.act(NUMBER, "approve").status == 409
    program.act(NUMBER, "confirm", "2")
    assert bear("李复核").act(NUMBER, "approve").status == 200
    assert program.act(NUMBER, "approve").status == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"why": ""}, "why"),
        ({"why": "属实\0"}, "why"),
        ({}, "why"),
        ({"why": "属实", "days": 0}, "days"),
        ({"why": "属实", "by": "张三"}, "by"),
        ({"why": "属实", "asked": {"document": 1}}, "asked.document"),
    ],
)
def test_what_is_wrong_with_a_body_is_told_with_its_field(
    bear: Bear, engine: Engine, body: object, field: str
) -> None:
    path = f"/cases/{NUMBER}/actions/confirm"
    answer = bear().send("POST", path, json.dumps(body).encode(), idempotency_key="1")
    assert (answer.status, answer.fields) == (422, [field])
    assert deeds(engine) == []


def test_all_reasons_of_a_refusal_are_told(bear: Bear) -> None:
    answer = bear().act(NUMBER, "confirm", asked={"document": "沪人社〔2026〕1号", "bureau": "310000"})
    assert (answer.status, answer.fields) == (409, ["bureau", "document"])


def test_a_deed_needs_a_key_and_a_body(bear: Bear) -> None:
    program, path = bear(), f"/cases/{NUMBER}/actions/confirm"
    assert program.send("POST", path, b'{"why": "a"}').fields == ["Idempotency-Key"]
    assert program.send("POST", path, b"{", idempotency_key="1").status == 422
    assert program.send("POST", path, b"\xff", idempotency_key="1").status == 400
    assert program.send("POST", path, b" " * 70_000, idempotency_key="1").status == 413
    assert program.act(NUMBER, "fly").status == 404


def test_who_bears_no_token_that_is_let_in_is_told_nothing(bear: Bear, base: str, clock: Clock) -> None:
    known = bear()
    for stranger in (Program(base, ""), Program(base, "guess")):
        answer = stranger.get("/cases")
        assert (answer.status, answer.media_type) == (401, "application/problem+json")
    assert known.get("/cases").status == 200
    clock.now += DAY
    assert known.get("/cases").status == 401


def test_a_token_for_reading_only_does_nothing(bear: Bear, engine: Engine) -> None:
    program = bear(reads_only=True)
    assert program.get(f"/cases/{NUMBER}").status == 200
    assert program.act(NUMBER, "confirm").status == 403
    assert deeds(engine) == []


def test_what_is_not_there_is_a_problem_too(bear: Bear) -> None:
    program = bear()
    answers = [program.get("/nothing"), program.send("DELETE", "/cases"), program.get("/cases/QD%0A1")]
    assert [(each.status, each.media_type) for each in answers] == [
        (404, "application/problem+json"),
        (405, "application/problem+json"),
        (404, "application/problem+json"),
    ]
