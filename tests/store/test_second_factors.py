"""Codes of a telephone: each is good once and for a short time; recovery codes; the secret is unreadable."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pyotp import TOTP
from sqlalchemy import Engine, select

from store import second_factors
from store.access_models import RecoveryCode, SecondFactor
from store.account_models import Account, AccountEvent
from store.accounts import AccountError, add_account, admit, logged_in
from store.database import snapshot, transaction
from store.seal import add_key, drop_old_keys
from tests.factory import WEDNESDAY

NAME = "王初核"
SECRET = second_factors.new_secret("random")
PHONE = TOTP(SECRET)
CODES = [second_factors.new_recovery_code(str(number)) for number in range(2)]
HALF_MINUTE = timedelta(seconds=30)
LATER = WEDNESDAY + 10 * HALF_MINUTE


@pytest.fixture
def known(engine: Engine, home: Path) -> Engine:
    """A store with one account, whose telephone showed the code of Wednesday."""
    assert home.is_dir()
    step = second_factors.shows(SECRET, PHONE.at(WEDNESDAY), WEDNESDAY)
    assert step is not None
    with transaction(engine) as session:
        account = Account(
            name=NAME, role="reviewer", bureau="310000", password="kept", created_at=WEDNESDAY, attempts=0
        )
        add_account(session, account, by="root")
        session.flush()
        second_factors.set_factor(session, NAME, (SECRET, step), CODES, WEDNESDAY)
    return engine


def passes(engine: Engine, code: str, at: datetime = LATER) -> bool:
    with transaction(engine) as session:
        return second_factors.passes(session, NAME, code, at)


def test_a_code_is_good_once(known: Engine) -> None:
    # The code with which it was set up is used up by that, and so is the one before.
    assert not passes(known, PHONE.at(WEDNESDAY), WEDNESDAY)
    assert not passes(known, PHONE.at(WEDNESDAY - HALF_MINUTE), WEDNESDAY)
    assert [passes(known, PHONE.at(LATER)) for _ in range(2)] == [True, False]


def test_the_clock_of_a_telephone_may_be_half_a_minute_off(known: Engine) -> None:
    for off, good in ((-2, False), (2, False), (-1, True), (1, True), (0, False)):
        assert passes(known, PHONE.at(LATER + off * HALF_MINUTE)) is good


@pytest.mark.parametrize("code", ["", "0", "1234567", "abcdef", "１２３４５６", "\u202e12345", "-", "ABCD"])
def test_what_is_no_code_does_not_pass(known: Engine, code: str) -> None:
    assert not passes(known, code)


def test_a_recovery_code_is_good_once_and_kept_as_a_hash(known: Engine) -> None:
    assert [passes(known, CODES[0].lower().replace("-", " ")) for _ in range(2)] == [True, False]
    assert passes(known, CODES[1])
    with snapshot(known) as session:
        assert session.scalars(select(RecoveryCode)).all() == []
        assert session.scalars(select(AccountEvent.action)).all().count("recovery") == 2


def test_the_secret_is_encrypted_and_moves_to_a_new_key(known: Engine) -> None:
    with snapshot(known) as session:
        assert SECRET not in session.scalars(select(SecondFactor.secret)).one()
    for _ in range(3):
        add_key()
        with transaction(known) as session:
            assert second_factors.encrypt_secrets_anew(session) == 1
        drop_old_keys()
    assert passes(known, PHONE.at(LATER))


def test_without_the_key_only_recovery_codes_open(known: Engine, home: Path) -> None:
    (home / "contact.keys").unlink()
    assert not passes(known, PHONE.at(LATER))
    assert passes(known, CODES[0])


def test_one_that_others_remove_logs_out_everywhere(known: Engine) -> None:
    with transaction(known) as session:
        admit(session, NAME, "token", WEDNESDAY, address="")
        found = logged_in(session, "token", WEDNESDAY)
        assert found is not None
        assert found.has_factor
        second_factors.remove_factor(session, NAME, WEDNESDAY, by="root")
        assert logged_in(session, "token", WEDNESDAY) is None
        assert second_factors.factor_of(session, NAME) is None
    assert passes(known, "")
    with pytest.raises(AccountError), transaction(known) as session:
        second_factors.remove_factor(session, "无此人", WEDNESDAY, by="root")
