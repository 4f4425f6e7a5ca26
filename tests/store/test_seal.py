"""Contacts of reporters are unreadable without the key."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from config.settings import settings
from store.seal import FILE, SealError, add_key, drop_old_keys, opened, seal, sealed_again

CONTACT = "王某 13712345678"


def test_only_a_key_opens_what_it_encrypted(home: Path) -> None:
    stored = seal(CONTACT)
    assert CONTACT not in stored
    assert seal(CONTACT) != stored  # two contacts that are the same cannot be told to be
    assert opened(stored) == CONTACT
    assert (home / FILE).stat().st_mode & 0o777 == 0o600
    kept = (home / FILE).read_text("ascii")
    (home / FILE).unlink()
    with pytest.raises(SealError, match="there is no key"):
        opened(stored)
    other = seal(CONTACT)
    with pytest.raises(SealError, match="a key that is not here"):
        opened(stored)
    (home / FILE).write_text(kept, "ascii")
    assert opened(stored) == CONTACT
    with pytest.raises(SealError):
        opened(other)


@pytest.mark.usefixtures("home")
@given(st.text(max_size=200))
def test_whatever_was_encrypted_comes_back(contact: str) -> None:
    assert opened(seal(contact)) == contact
    assert opened("") == ""


def test_keys_change_without_losing_what_older_ones_encrypted(home: Path) -> None:
    first = seal(CONTACT)
    for _ in range(2):  # as after a change that broke off: nothing is forgotten
        add_key()
    assert len((home / FILE).read_text("ascii").split()) == 3
    second = seal(CONTACT)
    assert opened(first) == opened(second) == CONTACT
    renewed = sealed_again(first)
    drop_old_keys()
    assert len((home / FILE).read_text("ascii").split()) == 2
    assert (home / FILE).stat().st_mode & 0o777 == 0o600
    assert opened(renewed) == CONTACT
    with pytest.raises(SealError):
        opened(first)


@pytest.mark.usefixtures("home")
def test_what_was_kept_before_contacts_were_encrypted_is_read_and_encrypted() -> None:
    assert opened(CONTACT) == CONTACT
    assert opened(sealed_again(CONTACT)) == CONTACT
    assert CONTACT not in sealed_again(CONTACT)


def test_keys_may_come_from_the_setting(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()

    def given_keys(*keys: str) -> None:
        monkeypatch.setenv("QINGDAN_CONTACT_KEYS", " ".join(keys))
        settings.cache_clear()

    given_keys(old)
    stored = seal(CONTACT)
    given_keys(new, old)
    add_key()
    renewed = sealed_again(stored)
    drop_old_keys()
    given_keys(new)
    assert opened(renewed) == CONTACT
    assert not (home / FILE).exists()
    given_keys("no-key")
    with pytest.raises(SealError, match="no key of Fernet"):
        seal(CONTACT)


def test_a_file_that_others_may_read_is_not_used(home: Path) -> None:
    seal(CONTACT)
    (home / FILE).chmod(0o640)
    with pytest.raises(SealError, match="0600"):
        seal(CONTACT)
