"""Every resource, for every role and every area: who is told what, generated from the table of resources."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from reports.api.app import RESOURCES
from reports.api.gate import Resource
from store.accounts import ROLES
from store.case_file import open_case_file
from store.database import snapshot
from tests.recorded import add, violation
from tests.reports.api.calling import Program, Told
from tests.reports.api.conftest import Bear
from tests.reports.console.test_jurisdiction import AREAS, PLACES, number_at, secret_of


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """One case at each place."""
    for number, (place, code) in enumerate(PLACES.items()):
        division = None if place == "nation" else code
        add(engine, violation(number, company=secret_of(place), division=division, source=f"board-{code}"))
    return engine


def ask(program: Program, resource: Resource, place: str) -> Told:
    path = resource.path.format(number=number_at(place), action="confirm")
    if resource.method == "GET":
        return program.get(path)
    return program.send(resource.method, path, '{"why": "属实"}'.encode(), idempotency_key=place)


def expected(resource: Resource, role: str, *, seen: bool) -> int:
    if role not in resource.roles:
        return 403
    if "{number}" in resource.path and not seen:
        return 404
    if "{action}" in resource.path and role != "reviewer":
        return 403
    return 200


def leaks(answer: Told, area: str) -> Iterator[str]:
    for place, code in PLACES.items():
        if place not in AREAS[area]:
            yield from (told for told in (secret_of(place), f"board-{code}") if told in answer.text)


def status_of(engine: Engine, place: str) -> str:
    with snapshot(engine) as session:
        found = open_case_file(session, number_at(place))
        assert found is not None
        return found.line.status


@pytest.mark.parametrize("area", AREAS)
def test_every_resource_for_every_role_and_area(bear: Bear, engine: Engine, area: str) -> None:
    # Reviewers come last: they change the cases that the others must not.
    for role in sorted(ROLES, key="reviewer".__eq__):
        assert {status_of(engine, place) for place in PLACES} == {"suspected"}
        program = bear(f"{role}甲", role, area)
        for resource in RESOURCES:
            for place in PLACES:
                answer = ask(program, resource, place)
                told = resource, role, place, answer.text
                assert answer.status == expected(resource, role, seen=place in AREAS[area]), told
                assert list(leaks(answer, area)) == [], told
    for place in PLACES:
        assert status_of(engine, place) == ("reviewed" if place in AREAS[area] else "suspected")


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: f"{each.method} {each.path}")
def test_nobody_is_told_anything_without_a_token(base: str, resource: Resource) -> None:
    for token in ("", "guess"):
        assert ask(Program(base, token), resource, "own").status == 401


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
    assert list(leaks(answer, "330000")) == []
    assert "310000" not in answer.text


def test_what_is_not_seen_and_what_is_not_there_are_told_alike(bear: Bear) -> None:
    program = bear(bureau="330100")
    hidden, absent = number_at("sibling"), "QD-330200-2026-000009"
    for path in ("/cases/{}", "/cases/{}/actions"):
        answers = [program.get(path.format(number)) for number in (hidden, absent)]
        assert answers[0].status == answers[1].status == 404
        assert answers[0].text.replace(hidden, absent) == answers[1].text
