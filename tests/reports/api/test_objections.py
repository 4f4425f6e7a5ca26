"""Objections over the interface: the list, the answer, the case that is meant, how to reach who objects."""

import pytest
from sqlalchemy import Engine, select

from store.access_models import Read
from store.database import snapshot
from tests.reports.api.conftest import Bear
from tests.reports.console import test_objections
from tests.reports.console.test_objections import CASE, CONTACT, objected, stored

engine = test_objections.engine
ANSWER = {"state": "rejected", "why": "该信息由贵单位账号发布"}


def test_an_objection_is_told_with_its_case_and_its_day(bear: Bear) -> None:
    program = bear(bureau="310000")
    (told,) = program.get("/objections").body["objections"]
    assert told == program.get("/objections/1").body
    assert (told["number"], told["case"], told["about"], told["state"]) == (1, CASE, CASE, "open")
    assert (told["due"], told["late"], told["answer"]) == ("2026-12-09", False, "")
    assert CONTACT not in str(told)


def test_the_list_goes_on_behind_an_objection_and_turns_for_the_answered(bear: Bear, engine: Engine) -> None:
    numbers = [1, *(objected(engine, receipt=f"YY-{each}") for each in (2, 3))]
    program = bear(bureau="310000")

    def listed(query: str) -> list[int]:
        return [each["number"] for each in program.get(f"/objections?{query}").body["objections"]]

    assert [listed("limit=2"), listed("limit=2&after=2")] == [numbers[:2], numbers[2:]]
    for number in numbers:
        program.post(f"/objections/{number}/answer", **ANSWER)
    assert [listed(""), listed("answered=true"), listed("answered=true&after=2")] == [[], [3, 2, 1], [1]]


def test_an_answer_is_given_once(bear: Bear, engine: Engine) -> None:
    program, other = bear(bureau="310000"), bear("李复核", bureau="310000")
    for _ in range(2):
        answer = program.post("/objections/1/answer", **ANSWER)
        assert (answer.status, answer.body["state"], answer.body["answered_by"]) == (
            200,
            "rejected",
            "王初核",
        )
    for late in (program.post("/objections/1/answer", state="rejected", why="另一个答复"),
                 other.post("/objections/1/answer", **ANSWER)):  # fmt: skip
        assert (late.status, late.fields) == (409, ["state"])
    assert (stored(engine).answer, stored(engine).answered_by) == (ANSWER["why"], "王初核")


def test_one_is_upheld_after_the_case_was_ended(bear: Bear) -> None:
    program = bear(bureau="310000")
    refused = program.post("/objections/1/answer", state="upheld", why="确非贵单位发布")
    assert (refused.status, refused.fields) == (409, ["state"])
    assert "still worked on" in refused.body["detail"]
    program.act(CASE, "dismiss")
    assert (
        program.post("/objections/1/answer", state="upheld", why="确非贵单位发布").body["state"] == "upheld"
    )


def test_the_nation_says_which_case_is_meant(bear: Bear, engine: Engine) -> None:
    number = objected(engine, receipt="YY-2", about="沪人社监令〔2026〕1号")
    local, national = bear("上海人", bureau="310000"), bear("全国人")
    path = f"/objections/{number}"
    assert (local.get(path).status, national.get(path).body["case"]) == (404, "")
    refused = national.post(f"{path}/case", number="QD-310000-2026-000009", why="文号相符")
    assert (refused.status, refused.fields) == (409, ["number"])
    for _ in range(2):
        assert national.post(f"{path}/case", number=CASE, why="文号相符").body["case"] == CASE
    assert local.get(path).status == 200


def test_a_contact_is_told_for_a_reason_that_is_kept(bear: Bear, engine: Engine) -> None:
    program = bear("张承办", "officer", "310000")
    assert program.post("/objections/1/contact").fields == ["why"]
    assert program.post("/objections/1/contact", why="核实账号").body == {"contact": CONTACT}
    with snapshot(engine) as session:
        (read,) = session.scalars(select(Read)).all()
    assert (read.actor, read.what, read.subject, read.bureau, read.why) == (
        "张承办", "objection", "1", "310000", "核实账号",
    )  # fmt: skip


@pytest.mark.usefixtures("home")
def test_a_contact_that_cannot_be_decrypted_is_a_problem(bear: Bear, engine: Engine) -> None:
    number = objected(engine, receipt="YY-2", contact="gAAAAAnone")
    assert bear(bureau="310000").post(f"/objections/{number}/contact", why="核实账号").status == 503
