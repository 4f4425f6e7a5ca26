"""Every resource, for every role and every area: who is told what, generated from the table of resources."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import Engine

from config.divisions import NATION
from reports.api.app import RESOURCES
from reports.api.gate import Resource
from store.accounts import ROLES
from tests.reports.api.calling import Program, Told
from tests.reports.api.conftest import Bear
from tests.reports.console import test_jurisdiction as pages
from tests.reports.console.browsing import Answer
from tests.reports.console.test_jurisdiction import AREAS, LETTER, NAME, PLACES, number_at, status_of

engine = pages.engine
PARAMETERS = {"/catalogue": f"?name={quote(NAME)}"}
TOGETHER = "/decisions"


def ask(program: Program, resource: Resource, place: str) -> Told:
    names = {"number": number_at(place), "objection": str(1 + list(PLACES).index(place))}
    path = resource.path.format(**names, action="confirm", letter=LETTER.event_id, deed="drop")
    if resource.method == "GET":
        return program.get(path + PARAMETERS.get(resource.path, ""))
    body = {"why": "属实", **more(resource, place)}
    return program.send(resource.method, path, json.dumps(body).encode(), idempotency_key=place)


def more(resource: Resource, place: str) -> Mapping[str, Any]:
    """What is given where a reason is not enough."""
    bodies: Mapping[str, Mapping[str, Any]] = {
        "/curation/decisions": {"name": NAME, "choice": "ignore"},
        TOGETHER: {"action": "approve", "numbers": [number_at(place)]},
        "/objections/{objection}/answer": {"state": "rejected"},
        "/objections/{objection}/case": {"number": number_at(place)},
    }
    return bodies.get(resource.path, {})


def is_about_a_case(resource: Resource) -> bool:
    return "{number}" in resource.path or "{objection}" in resource.path or resource.path == TOGETHER


def expected(resource: Resource, role: str, area: str, *, seen: bool) -> int:
    if role not in resource.roles:
        return 403
    if ("{" in resource.path and is_about_a_case(resource) and not seen) or (
        resource.nationwide and area != NATION
    ):
        return 404
    if "{action}" in resource.path and role != "reviewer":
        return 403
    # An officer has answered the objection before.
    return 409 if resource.path.endswith("/answer") and role == "reviewer" else 200


def leaks(answer: Told, area: str) -> list[str]:
    return list(pages.leaks(Answer(answer.status, {}, answer.text, b""), area))


@pytest.mark.parametrize("area", AREAS)
def test_every_resource_for_every_role_and_area(bear: Bear, engine: Engine, area: str) -> None:
    # Reviewers come last: they change the cases that the others must not.
    for role in sorted(ROLES, key="reviewer".__eq__):
        assert {status_of(engine, place) for place in PLACES} == {"suspected"}
        program = bear(f"{role}甲", role, area)
        for resource in RESOURCES:
            for place in PLACES if is_about_a_case(resource) else ("own",):
                answer = ask(program, resource, place)
                told, seen = (resource, role, place, answer.text), place in AREAS[area]
                assert answer.status == expected(resource, role, area, seen=seen), told
                assert leaks(answer, area) == [], told
                if resource.path == TOGETHER and answer.status == 200:
                    (refused,) = answer.body["outcomes"][0]["errors"]
                    assert (refused["field"] != "number") == seen, told
    for place in PLACES:
        assert status_of(engine, place) == ("reviewed" if place in AREAS[area] else "suspected")


def test_nobody_is_told_anything_without_a_token(base: str) -> None:
    for token in ("", "guess"):
        for resource in RESOURCES:
            assert ask(Program(base, token), resource, "own").status == 401, resource


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("view=all", 200),
        ("words=%E5%8D%95%E4%BD%8D", 200),
        ("after=QD-310000-2026-000001", 200),
        ("bureau=000000", 404),
        ("bureau=310000", 404),
    ],
)
def test_no_query_of_the_list_leaks(bear: Bear, query: str, status: int) -> None:
    answer = bear(bureau="330000").get(f"/cases?{query}")
    assert answer.status == status
    assert leaks(answer, "330000") == []
    assert "310000" not in answer.text


def test_what_is_not_seen_and_what_is_not_there_are_told_alike(bear: Bear) -> None:
    program = bear(bureau="330100")
    hidden, absent = number_at("sibling"), "QD-330200-2026-000009"
    for path in ("/cases/{}", "/cases/{}/actions"):
        answers = [program.get(path.format(number)) for number in (hidden, absent)]
        assert answers[0].status == answers[1].status == 404
        assert answers[0].text.replace(hidden, absent) == answers[1].text
