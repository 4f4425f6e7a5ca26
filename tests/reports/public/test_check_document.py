"""Whether POST /v1/check keeps to its description, whatever is sent."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, settings
from limits import RateLimitItemPerMinute
from schemathesis import Case
from schemathesis.specs.openapi.checks import negative_data_rejection

from reports.limits import LIMITS, Gate
from reports.public.app import public
from reports.public.check_api import routes
from reports.public.gate import Desk
from tests.crawlers.pushing import listening

MANY = (RateLimitItemPerMinute(10**9),)


def described() -> dict[str, Any]:
    app = FastAPI()
    app.include_router(routes)
    return app.openapi()


@pytest.fixture
def unlimited(desk: Desk) -> Iterator[str]:
    """Address of an interface that takes as much as a test sends."""
    gate = Gate({**LIMITS, "check": MANY, "look": MANY, "text": MANY})
    with listening(public(replace(desk, gate=gate))) as base:
        yield f"{base}/v1"


@schemathesis.openapi.from_dict(described()).parametrize()
@settings(max_examples=30, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_keeps_to_its_description_whatever_is_sent(case: Case[Any], unlimited: str) -> None:
    # An ad that is not as described is answered in its place, since it must not cost the others.
    case.call_and_validate(unlimited, excluded_checks=[negative_data_rejection])
