"""A running console with accounts, whose clock stands still until a test moves it."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine

from cli.crawl_status import board_lines
from cli.filled_list import read_upload
from config import policy, reading
from config.catalogue.demand import Law
from config.catalogue.loader import shipped
from consumers.letters import letter_with
from events.log import Log
from reports.console.app import console
from reports.console.gate import COOKIE, Desk
from reports.console.provider import Provider
from reports.limits import Gate
from store.account_models import Account
from store.accounts import add_account, admit
from store.database import transaction
from tests.crawlers.pushing import listening
from tests.factory import WEDNESDAY, Clock
from tests.reports.console.browsing import Browser

PASSWORD = "correct horse battery"
LogIn = Callable[..., Browser]


CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Hashes as ours are, but for what one takes: `tests/store/test_accounts.py` shows that."""


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    nobodys = CHEAP.hash("")
    monkeypatch.setattr("store.passwords._HASHER", CHEAP)
    monkeypatch.setattr("store.passwords._nobodys", lambda: nobodys)


@pytest.fixture(scope="session")
def kept_password() -> str:
    return CHEAP.hash(PASSWORD)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def strict() -> frozenset[str]:
    """Roles that must have a second factor."""
    return frozenset()


@pytest.fixture
def provider() -> Provider | None:
    """The account service of the organisation."""
    return None


@pytest.fixture
def gate() -> Gate:
    """What counts the requests of programs."""
    return Gate()


@pytest.fixture
def desk(engine: Engine, clock: Clock, log: Log, strict: frozenset[str], provider: Provider | None) -> Desk:
    return Desk(
        engine,
        Law(shipped(), reading.shipped(), policy.shipped()),
        clock,
        lambda: secrets.token_urlsafe(32),
        boards=partial(board_lines, engine, clock=clock),
        letter=partial(letter_with, log),
        strict=strict,
        provider=provider,
        read_list=read_upload,
    )


@pytest.fixture
def base(desk: Desk, gate: Gate) -> Iterator[str]:
    """Address of the console."""
    with listening(console(replace(desk, gate=gate))) as address:
        yield address


@pytest.fixture
def log_in(engine: Engine, clock: Clock, base: str, kept_password: str) -> LogIn:
    """Makes an account and a browser in which it is logged in."""

    def logged_in(name: str = "王初核", role: str = "reviewer", bureau: str = "000000") -> Browser:
        token = secrets.token_urlsafe(32)
        with transaction(engine) as session:
            account = Account(
                name=name, role=role, bureau=bureau, password=kept_password, created_at=WEDNESDAY, attempts=0
            )
            add_account(session, account, by="root")
            session.flush()
            admit(session, name, token, clock(), address="")
        browser = Browser(base)
        browser.get("/login")
        next(iter(browser.cookies)).value = token
        assert next(iter(browser.cookies)).name == COOKIE
        browser.get("/cases")
        return browser

    return logged_in
