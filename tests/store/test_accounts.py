"""Accounts: who is let in, who is locked out, and what is kept of it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.exc import IntegrityError

from config.bureaus import UnknownBureauError
from store import accounts
from store.account_models import Account, AccountEvent, ConsoleSession
from store.accounts import AccountError
from store.database import snapshot, transaction
from store.passwords import LONGEST, SHORTEST, WeakPasswordError, hashed, matches
from tests.factory import WEDNESDAY

MINUTE = timedelta(minutes=1)


def account(name: str = "王初核", role: str = "reviewer", bureau: str = "310000") -> Account:
    return Account(name=name, role=role, bureau=bureau, password="kept", created_at=WEDNESDAY, attempts=0)


@pytest.fixture
def known(engine: Engine) -> Engine:
    with transaction(engine) as session:
        accounts.add_account(session, account(), by="root")
    return engine


def attempt(engine: Engine, at: datetime = WEDNESDAY, name: str = "王初核") -> str | None:
    with transaction(engine) as session:
        return accounts.attempt(session, name, at)


def admit(engine: Engine, token: str = "t", at: datetime = WEDNESDAY) -> None:
    with transaction(engine) as session:
        accounts.admit(session, "王初核", token, at, address="10.0.0.1")


def logged_in(engine: Engine, token: str = "t", at: datetime = WEDNESDAY) -> str | None:
    with snapshot(engine) as session:
        found = accounts.logged_in(session, token, at)
        return found.name if found else None


def record(engine: Engine) -> list[tuple[str, str, str]]:
    with snapshot(engine) as session:
        events = session.scalars(select(AccountEvent).order_by(AccountEvent.number))
        return [(event.account, event.action, event.actor) for event in events]


def test_a_session_ends_when_it_is_idle_and_when_it_is_old(known: Engine) -> None:
    admit(known)
    assert logged_in(known) == "王初核"
    assert logged_in(known, "another") is None
    assert logged_in(known, at=WEDNESDAY + accounts.IDLE) is None
    at = WEDNESDAY
    while at + accounts.IDLE < WEDNESDAY + accounts.LONGEST:
        at += accounts.IDLE - MINUTE
        assert logged_in(known, at=at) == "王初核"
        with transaction(known) as session:
            accounts.seen(session, "t", at)
    assert logged_in(known, at=WEDNESDAY + accounts.LONGEST) is None


def test_the_token_itself_is_kept_nowhere(known: Engine) -> None:
    admit(known, "secret-token")
    with snapshot(known) as session:
        assert "secret-token" not in session.scalars(select(ConsoleSession.token_sha256)).all()


def test_an_account_is_locked_for_a_while_after_so_many_attempts(known: Engine) -> None:
    for _ in range(accounts.ATTEMPTS):
        assert attempt(known) == "kept"
    assert attempt(known) is None
    with transaction(known) as session:
        accounts.refuse(session, "王初核", WEDNESDAY, address="10.0.0.1")
        accounts.refuse(session, "my-password", WEDNESDAY, address="10.0.0.1")
    assert record(known)[1:] == [("王初核", "locked", "王初核"), ("", "refused", "")]
    assert attempt(known, WEDNESDAY + accounts.LOCKED_FOR) == "kept"


def test_who_is_let_in_has_all_attempts_again(known: Engine) -> None:
    for token in ("one", "two", "three"):
        for _ in range(accounts.ATTEMPTS - 1):
            assert attempt(known) == "kept"
        admit(known, token)


def test_another_password_unlocks_and_logs_out_everywhere(known: Engine) -> None:
    admit(known)
    for _ in range(accounts.ATTEMPTS):
        attempt(known)
    with transaction(known) as session:
        accounts.set_password(session, "王初核", "other", WEDNESDAY, by="root")
    assert logged_in(known) is None
    assert attempt(known) == "other"


def test_who_is_disabled_is_out_at_once_and_until_enabled(known: Engine) -> None:
    admit(known)
    with transaction(known) as session:
        accounts.disable(session, "王初核", WEDNESDAY, by="root")
    assert (logged_in(known), attempt(known)) == (None, None)
    with transaction(known) as session:
        accounts.enable(session, "王初核", WEDNESDAY, by="root")
    assert (logged_in(known), attempt(known)) == (None, "kept")
    assert [action for _, action, _ in record(known)] == ["added", "logged_in", "disabled", "enabled"]


def test_logging_out_ends_one_session(known: Engine) -> None:
    admit(known, "one")
    admit(known, "two")
    with transaction(known) as session:
        accounts.log_out(session, "one", WEDNESDAY, address="")
        accounts.log_out(session, "none", WEDNESDAY, address="")
    assert (logged_in(known, "one"), logged_in(known, "two")) == (None, "王初核")


@pytest.mark.parametrize("name", ["", " 王", "machine", "王\u202e", "王\n", "王初核"])
def test_a_name_that_cannot_be_an_accounts_is_refused(known: Engine, name: str) -> None:
    with pytest.raises(AccountError), transaction(known) as session:
        accounts.add_account(session, account(name), by="root")


def test_a_role_or_a_bureau_that_is_none_is_refused(engine: Engine) -> None:
    with pytest.raises(AccountError, match="no such role: king"), transaction(engine) as session:
        accounts.add_account(session, account(role="king"), by="root")
    with pytest.raises(UnknownBureauError), transaction(engine) as session:
        accounts.add_account(session, account(bureau="999999"), by="root")
    with pytest.raises(AccountError, match="there is no account 甲"), transaction(engine) as session:
        accounts.disable(session, "甲", WEDNESDAY, by="root")


def test_the_record_of_accounts_cannot_be_changed(known: Engine) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction(known) as session:
        session.execute(delete(AccountEvent))
    with pytest.raises(IntegrityError, match="append-only"), transaction(known) as session:
        session.execute(update(AccountEvent).values(actor="nobody"))


def test_a_password_is_compared_with_its_hash_only() -> None:
    kept = hashed("correct horse battery", name="王初核")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert matches("correct horse battery", kept)
    assert not matches("correct horse batterz", kept)
    assert not matches("", None)


@pytest.mark.parametrize(
    "password",
    ["a" * (SHORTEST - 1), "ab" * LONGEST, "a" * SHORTEST, "wanghaifeng" * 2 + "12", " correct horse "],
)
def test_a_weak_password_is_not_taken(password: str) -> None:
    with pytest.raises(WeakPasswordError):
        hashed(password, name="wanghaifeng")
