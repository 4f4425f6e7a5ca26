"""How much the programs of one account, and who bears no token, may ask for in a minute."""

import pytest
from limits import RateLimitItemPerMinute

from reports.limits import LIMITS, Gate
from tests.reports.api.calling import Program
from tests.reports.api.conftest import Bear


@pytest.fixture
def gate() -> Gate:
    return Gate({**LIMITS, "program": (RateLimitItemPerMinute(3),), "stranger": (RateLimitItemPerMinute(2),)})


def test_an_account_that_asks_too_much_is_told_when_to_come_again(bear: Bear) -> None:
    program, other = bear(), bear("李复核")
    assert [program.get("/rules").status for _ in range(4)] == [200, 200, 200, 429]
    refused = program.get("/rules")
    assert refused.media_type == "application/problem+json"
    assert 1 <= int(refused.headers["retry-after"]) <= 61
    assert other.get("/rules").status == 200


def test_who_guesses_is_held_up_and_nobody_else(bear: Bear, base: str) -> None:
    known, stranger = bear(), Program(base, "guess")
    assert [stranger.get("/rules").status for _ in range(3)] == [401, 401, 429]
    assert known.get("/rules").status == 200
