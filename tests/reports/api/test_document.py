"""The description of the interface in OpenAPI, and whether the interface keeps to it whatever is sent."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from sqlalchemy import Engine

from reports.api.app import FOR_PLATFORMS, RESOURCES, ROOT, document
from tests.noticed import approved, issued
from tests.recorded import add, violation
from tests.reports.api.calling import Program
from tests.reports.api.conftest import Bear, Speak


@pytest.fixture
def program(bear: Bear, engine: Engine) -> Program:
    """One that may read and act in cases, where there is something to read."""
    add(engine, violation(1))
    return bear()


@pytest.fixture
def platform(speak: Speak, engine: Engine) -> Program:
    """One that may answer for a board, to which a notice went."""
    approved(engine, 2)
    issued(engine)
    return speak()


@schemathesis.openapi.from_dict(document()).parametrize()
@settings(
    max_examples=10,
    derandomize=True,
    # What a request does to the one case is part of what the next ones may meet.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_it_keeps_to_its_description_whatever_is_sent(
    case: Case[Any], program: Program, platform: Program
) -> None:
    who = platform if "/platform/" in case.path else program
    case.call_and_validate(who.base, headers={"Authorization": f"Bearer {who.token}"})


def test_every_resource_is_described_with_its_refusals(program: Program) -> None:
    told = program.get("/openapi.json").body
    assert told == document()
    paths = told["paths"]
    for each in (*RESOURCES, *FOR_PLATFORMS):
        operation = paths[ROOT + each.path][each.method.lower()]
        assert operation["description"]
        assert operation["security"]
        assert {"200", "401", "403", "422"} <= operation["responses"].keys()
    assert sum(map(len, paths.values())) == len(RESOURCES) + len(FOR_PLATFORMS)
