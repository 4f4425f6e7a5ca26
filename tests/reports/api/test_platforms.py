"""What a platform's program may do: read and answer the notices to its board, and nothing else at all."""

import json
from datetime import timedelta
from typing import Any
from urllib.request import Request

import pytest
from sqlalchemy import Engine

from config.policy import shipped
from reports.api.app import FOR_PLATFORMS, RESOURCES
from reports.console.app import PAGES
from reports.console.gate import ANYBODY
from reports.notice.issue import Desk, issue_notice, kept_files
from store.case_file import open_case_file
from store.database import snapshot, transaction
from store.notice_models import PlatformNotice
from store.notice_replies import latest
from store.notices import Wanted, draft
from tests.factory import WEDNESDAY, Clock
from tests.noticed import NUMBER, approve, approved, decision, drafted, issued
from tests.recorded import add, violation
from tests.reports.api.calling import Program, Told
from tests.reports.api.conftest import Bear, Speak
from tests.reports.api.test_jurisdiction import ask
from tests.reports.console.browsing import Browser
from tests.reports.console.test_jurisdiction import ask as ask_page

ELSEWHERE = "310000-P-2026-1"
REPLY: dict[str, Any] = {"place": 1, "outcome": "removed", "done_on": "2026-11-18", "said_by": "王合规"}
ABSENT = "330000-P-2026-9"


def replied(program: Program, *replies: object, number: str = NUMBER) -> Told:
    return program.post(f"/platform/notices/{number}/replies", replies=list(replies))


@pytest.fixture
def noticed(engine: Engine) -> Engine:
    """A notice on three ads of `demo`, and another that is only drafted."""
    approved(engine, 1, 2, 3)
    issued(engine)
    approved(engine, 4, division="310000")
    drafted(engine, bureau="310000")
    return engine


def test_a_platform_lists_and_reads_what_was_issued_to_it(noticed: Engine, speak: Speak) -> None:
    program = speak()
    (told,) = program.get("/platform/notices").body["notices"]
    assert told == {
        "number": NUMBER, "bureau": "330000", "bureau_name": "浙江省人力资源和社会保障厅", "cites": "",
        "issued_on": "2026-11-18", "due": "2026-11-25", "ads": 3, "answered": 0, "late": False,
    }  # fmt: skip
    answer = program.get(f"/platform/notices/{NUMBER}")
    assert answer.media_type == "application/json"
    assert answer.content == kept_files(noticed, NUMBER)["list.json"]
    # What is only drafted is nobody's yet.
    assert program.get(f"/platform/notices/{ELSEWHERE}").status == 404


def test_the_list_is_read_page_by_page(noticed: Engine, speak: Speak) -> None:
    approved(noticed, 5, division="320100")
    issued(noticed, bureau="320000", at=WEDNESDAY + timedelta(minutes=1))
    program = speak()
    numbers, after = [], ""
    while page := program.get(f"/platform/notices?limit=1&after={after}").body["notices"]:
        after = page[-1]["number"]
        numbers.append(after)
    assert numbers == ["320000-P-2026-1", NUMBER]


def test_good_answers_are_taken_once_and_bad_ones_are_named(noticed: Engine, speak: Speak) -> None:
    program = speak()
    sent = (
        REPLY,
        REPLY | {"place": 2, "outcome": "disagreed"},
        REPLY | {"place": 9},
        REPLY | {"done_on": "昨天"},
        "removed",
        REPLY | {"place": 3, "why": "已" * 3000},
        REPLY | {"place": 3, "outcome": "perhaps", "done_on": "2026-11-19"},
        REPLY,
        {"place": 3},
        REPLY | {"place": 3, "mood": "good"},
        REPLY | {"place": 3, "said_by": "王\0"},
        REPLY | {"place": 3, "said_by": "王" * 101},
    )
    first = replied(program, *sent).body
    assert (first["new"], first["same"]) == (1, 0)
    assert [(each["index"], each["field"]) for each in first["problems"]] == [
        (1, "why"), (2, "place"), (3, "done_on"), (4, ""), (5, "why"), (6, "outcome"), (6, "done_on"),
        (7, "place"),
        (8, "outcome"), (8, "done_on"), (8, "said_by"), (9, "mood"), (10, "said_by"), (11, "said_by"),
    ]  # fmt: skip
    assert all(each["reason"] for each in first["problems"])
    again = replied(program, REPLY, REPLY | {"place": 2, "outcome": "disagreed", "why": "不是必备条件"}).body
    assert again == {"new": 1, "same": 1, "problems": []}
    assert program.get("/platform/notices").body["notices"][0]["answered"] == 2
    with snapshot(noticed) as session:
        kept = latest(session, NUMBER)[1]
        assert (kept.outcome, kept.said_by, kept.noted_by) == ("removed", "王合规", "平台接口 合规系统")
        notice = session.get_one(PlatformNotice, NUMBER)
        assert notice.state == "issued"
    deeds = [deed for each in (1, 2, 3) for deed in history(noticed, each) if deed[0] == "platform_replied"]
    assert deeds == [("platform_replied", "平台接口 合规系统", "平台经接口答复")] * 2


def history(engine: Engine, sequence: int) -> list[tuple[str, str, str]]:
    with snapshot(engine) as session:
        case = open_case_file(session, f"QD-330100-2026-{sequence:06}")
        assert case is not None
        return [(deed.action, deed.actor, deed.reason) for deed in case.history]


@pytest.mark.parametrize("body", ["{", "[]", "{}", '{"replies": []}', json.dumps({"replies": [REPLY] * 501})])
def test_what_is_no_list_of_answers_is_refused_whole(noticed: Engine, speak: Speak, body: str) -> None:
    program = speak()
    answer = program.send("POST", f"/platform/notices/{NUMBER}/replies", body.encode())
    assert answer.status == 422
    with snapshot(noticed) as session:
        assert latest(session, NUMBER) == {}


def test_another_board_sees_and_answers_nothing_of_it(noticed: Engine, speak: Speak) -> None:
    approved_elsewhere(noticed)
    program = speak("ncss")
    (told,) = program.get("/platform/notices").body["notices"]
    assert told["number"] == ELSEWHERE[:-1] + "2"
    refused = program.get(f"/platform/notices/{NUMBER}"), replied(program, REPLY)
    absent = (
        program.get(f"/platform/notices/{ABSENT}"),
        replied(program, REPLY, number=ABSENT),
    )
    for mine, nobodys in zip(refused, absent, strict=True):
        assert mine.status == nobodys.status == 404
        assert mine.text.replace(NUMBER, ABSENT) == nobodys.text
    # Nor does it tell where the list of another goes on.
    assert program.get(f"/platform/notices?after={NUMBER}").body["notices"] == []
    with snapshot(noticed) as session:
        assert latest(session, NUMBER) == {}


def approved_elsewhere(engine: Engine) -> None:
    """A notice to another board."""
    add(engine, violation(7, source="ncss", division="310000"))
    approve(engine)
    with transaction(engine) as session:
        number = draft(session, Wanted(bureau="310000", source="ncss"), decision()).number
    issue_notice(Desk(engine, shipped().bases), number, decision("张处长"))


@pytest.mark.usefixtures("noticed")
def test_its_token_opens_nothing_else(speak: Speak, base: str) -> None:
    program = speak()
    assert program.get("/platform/notices").status == 200
    for resource in RESOURCES:
        assert ask(program, resource, "own").status == 401, resource.path
    browser = Browser(base)
    browser.get("/login")
    next(iter(browser.cookies)).value = program.token
    for page in PAGES:
        if page.roles == ANYBODY:
            continue
        answer = ask_page(browser, page, "own")
        refused = (answer.status, answer.place) == (303, "/login")
        assert refused or (page.method == "POST" and answer.status == 403), page.path
    bearing = Request(f"{base}/notices/{NUMBER}", headers={"Authorization": f"Bearer {program.token}"})
    assert browser.ask(bearing).place == "/login"


@pytest.mark.usefixtures("noticed")
@pytest.mark.parametrize("role", ["admin", "reviewer", "reader"])
def test_an_account_speaks_for_no_board(bear: Bear, role: str) -> None:
    program = bear(role=role)
    assert program.get("/platform/notices").status == 401
    assert program.get(f"/platform/notices/{NUMBER}").status == 401
    assert replied(program, REPLY).status == 401
    assert {each.path for each in FOR_PLATFORMS} == {
        "/platform/notices", "/platform/notices/{number}", "/platform/notices/{number}/replies"
    }  # fmt: skip


@pytest.mark.usefixtures("noticed")
def test_a_token_that_reads_answers_nothing_and_ends_on_its_day(speak: Speak, clock: Clock) -> None:
    program = speak(reads_only=True)
    assert program.get(f"/platform/notices/{NUMBER}").status == 200
    assert replied(program, REPLY).status == 403
    clock.now += timedelta(days=1)
    assert program.get("/platform/notices").status == 401
