"""The key of links to sign: from the environment or the home folder, and none where they are switched off."""

from pathlib import Path

import pytest

from cli.sign_key import FILE, sign_key
from config.settings import SettingsError, settings


@pytest.fixture
def given(home: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    assert home.is_dir()
    monkeypatch.setenv("QINGDAN_CONSOLE_ADDRESS", "https://console.example")
    settings.cache_clear()
    return monkeypatch


def test_letters_and_console_find_the_same_key_in_the_home_folder(
    home: Path, given: pytest.MonkeyPatch
) -> None:
    first = sign_key()
    assert (len(first), sign_key()) == (32, first)
    assert (home / FILE).stat().st_mode & 0o777 == 0o600
    (home / FILE).chmod(0o644)
    with pytest.raises(SettingsError, match="others on this machine can read it"):
        sign_key()
    given.setenv("QINGDAN_SIGN_KEY", "0f" * 32)
    settings.cache_clear()
    assert sign_key() == b"\x0f" * 32


@pytest.mark.parametrize("change", [{"QINGDAN_SIGN_BY_LINK": "false"}, {"QINGDAN_CONSOLE_ADDRESS": ""}])
def test_without_switch_or_address_there_is_none(
    home: Path, given: pytest.MonkeyPatch, change: dict[str, str]
) -> None:
    for name, value in change.items():
        given.setenv(name, value)
    settings.cache_clear()
    assert sign_key() == b""
    assert not (home / FILE).exists()


def test_a_key_that_is_none_is_told_without_repeating_it(given: pytest.MonkeyPatch) -> None:
    given.setenv("QINGDAN_SIGN_KEY", "open-sesame")
    settings.cache_clear()
    with pytest.raises(SettingsError, match="QINGDAN_SIGN_KEY: is not 32 bytes") as told:
        sign_key()
    assert "open-sesame" not in str(told.value)
