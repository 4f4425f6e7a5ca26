"""The curation tray and the dead letters over the interface."""

import pytest
from sqlalchemy import Engine

from events.types import DeadLetter
from store.curation import decisions
from store.database import snapshot
from tests.reports.api.conftest import Bear
from tests.reports.console import test_curation, test_dead
from tests.reports.console.test_curation import NAME
from tests.reports.console.test_dead import PAYLOAD, done

engine, letter = test_curation.engine, test_dead.letter


def test_the_tray_tells_what_the_catalogue_lacks_with_sentences(bear: Bear) -> None:
    names = {each["name"]: each for each in bear().get("/curation").body["names"]}
    assert "教师资格证" not in names
    assert names[NAME]["ads"] == 2
    for sentence in names[NAME]["sentences"]:
        assert sentence["clause"][sentence["start"] : sentence["end"]] == NAME


def test_what_a_reviewer_makes_of_a_name_is_kept_once(bear: Bear, engine: Engine) -> None:
    program = bear()
    for _ in range(2):
        answer = program.post(
            "/curation/decisions", name=NAME, choice="alias", qualification="P01", why="另一写法"
        )
        assert answer.status == 200
    with snapshot(engine) as session:
        (found,) = decisions(session)
    assert (found.name, found.choice, found.qualification, found.actor) == (NAME, "alias", "P01", "王初核")
    assert NAME not in bear("李复核").get("/curation").text


@pytest.mark.parametrize(
    ("body", "status", "fields"),
    [
        ({"name": NAME, "choice": "alias", "why": "同"}, 409, ["qualification"]),
        ({"name": NAME, "choice": "alias", "qualification": "P999", "why": "同"}, 409, ["qualification"]),
        ({"name": NAME, "choice": "ignore", "qualification": "P01", "why": "同"}, 409, ["qualification"]),
        ({"name": NAME, "choice": "ignore", "qualification": "P999", "why": "同"}, 409, ["qualification"]),
        ({"name": NAME, "choice": "forget", "why": "同"}, 422, ["choice"]),
        ({"name": NAME, "choice": "ignore"}, 422, ["why"]),
        ({"name": "没有的证", "choice": "ignore", "why": "同"}, 404, []),
    ],
)
def test_a_decision_that_cannot_be_is_refused(
    bear: Bear, engine: Engine, body: dict[str, str], status: int, fields: list[str]
) -> None:
    answer = bear().post("/curation/decisions", **body)
    assert (answer.status, answer.fields) == (status, fields)
    with snapshot(engine) as session:
        assert decisions(session) == []


def test_a_letter_is_listed_and_replayed_once(bear: Bear, engine: Engine, letter: DeadLetter) -> None:
    program = bear("周管理", "admin")
    (told,) = program.get("/dead-letters?stage=check&source=board").body["letters"]
    assert (told["id"], told["reason"], told["action"]) == (letter.event_id, letter.reason, "")
    for why in ("已改正", "再来一次"):
        answer = program.post(f"/dead-letters/{letter.event_id}/actions/replay", why=why)
        assert (answer.body["action"], answer.body["actor"], answer.body["why"]) == (
            "replayed",
            "周管理",
            "已改正",
        )
    actions, waiting = done(engine)
    assert actions == [("replayed", "周管理", "已改正")]
    assert [each.value for each in waiting] == [PAYLOAD]
    assert program.get("/dead-letters").body["letters"] == []
    assert len(program.get("/dead-letters?settled=true").body["letters"]) == 1


def test_a_letter_is_dropped_with_a_reason(bear: Bear, engine: Engine, letter: DeadLetter) -> None:
    program, path = bear("周管理", "admin"), f"/dead-letters/{letter.event_id}/actions/drop"
    assert program.post(path).fields == ["why"]
    assert program.post(path, why="测试数据").body["action"] == "dropped"
    assert done(engine) == ([("dropped", "周管理", "测试数据")], [])


def test_what_is_no_letter_or_no_deed_is_refused(bear: Bear, letter: DeadLetter) -> None:
    program = bear("周管理", "admin")
    assert program.post("/dead-letters/none/actions/drop", why="无").status == 404
    assert program.post(f"/dead-letters/{letter.event_id}/actions/burn", why="无").fields == ["deed"]
