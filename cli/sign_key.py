"""The key of the links by which letters are signed for: `alerts` makes them, `console` takes them."""

import secrets

from config.settings import SettingsError, settings
from reports.dataset.pseudonym import KEY_BYTES, KeyFileError, key_at

FILE = "sign.key"


def sign_key() -> bytes:
    """The key; empty where such links are switched off, or the console has no address.

    Raises:
        SettingsError: the key of the setting or of the file in the home folder cannot be used.
    """
    if not (settings().sign_by_link and settings().console_address):
        return b""
    if written := settings().sign_key.get_secret_value():
        return _key(written)
    try:
        return key_at(settings().home / FILE, fresh=secrets.token_bytes(KEY_BYTES))
    except KeyFileError as error:
        raise SettingsError(str(error)) from error


def _key(written: str) -> bytes:
    """The bytes of a key. An error does not repeat it."""
    try:
        key = bytes.fromhex(written)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise SettingsError(f"QINGDAN_SIGN_KEY: is not {KEY_BYTES} bytes in hexadecimal digits")
    return key
