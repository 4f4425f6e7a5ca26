"""A running console, and programs that call its interface."""

import secrets
from collections.abc import Callable
from datetime import timedelta

import pytest
from limits import RateLimitItemPerMinute
from sqlalchemy import Engine

from reports.limits import LIMITS, Gate
from store.account_models import Account
from store.accounts import add_account
from store.board_tokens import add_board_token
from store.database import transaction
from store.tokens import NewToken, add_token
from tests.factory import WEDNESDAY
from tests.reports.api.calling import Program
from tests.reports.console.conftest import *  # noqa: F403 - whatever fixtures a console needs

Bear = Callable[..., Program]
Speak = Callable[..., Program]
DAY = timedelta(days=1)


@pytest.fixture  # type: ignore[no-redef] # in place of the console's
def gate() -> Gate:
    """Holds up nobody: where it is not what a test is about, nothing would be seen of what lies behind."""
    many = (RateLimitItemPerMinute(10**9),)
    return Gate({**LIMITS, "program": many, "stranger": many})


@pytest.fixture
def bear(engine: Engine, base: str) -> Bear:
    """Makes an account and a program that bears its token, for one day."""

    def bearing(
        name: str = "王初核", role: str = "reviewer", bureau: str = "000000", *, reads_only: bool = False
    ) -> Program:
        with transaction(engine) as session:
            account = Account(
                name=name, role=role, bureau=bureau, password="kept", created_at=WEDNESDAY, attempts=0
            )
            add_account(session, account, by="root")
            session.flush()
            new = NewToken(
                token=secrets.token_urlsafe(32),
                program="派单系统",
                reads_only=reads_only,
                created_at=WEDNESDAY,
                expires_at=WEDNESDAY + DAY,
            )
            add_token(session, name, new, by="root")
        return Program(base, new.token)

    return bearing


@pytest.fixture
def speak(engine: Engine, base: str) -> Speak:
    """A program that bears the token of a board, for one day."""

    def speaking(board: str = "demo", *, reads_only: bool = False) -> Program:
        new = NewToken(
            token=secrets.token_urlsafe(32),
            program="合规系统",
            reads_only=reads_only,
            created_at=WEDNESDAY,
            expires_at=WEDNESDAY + DAY,
        )
        with transaction(engine) as session:
            add_board_token(session, board, new, by="root")
        return Program(base, new.token)

    return speaking
