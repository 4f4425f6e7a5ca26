"""Contacts of reporters and secrets of accounts, encrypted before they are stored.

With Fernet: AES-128 and HMAC-SHA256. The keys stand in the setting `QINGDAN_CONTACT_KEYS` or else in a
file of the home folder, which is made when the first contact or secret comes in: one key a line, the newest
first. It encrypts, and all of them decrypt. They are read each time, so that a process that serves for weeks
takes up a new one.
"""

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from config.settings import settings

FILE: Final = "contact.keys"
_ENCRYPTED: Final = "gAAAAA"
"""How all that is encrypted begins: the version of Fernet, and a moment before the year 2106."""
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class SealError(Exception):
    """A contact or secret cannot be encrypted or decrypted; says why."""


def seal(contact: str) -> str:
    """`contact`, encrypted with the newest key.

    Raises:
        SealError: the keys cannot be used.
    """
    return _cipher(_keys() or [_new_file()]).encrypt(contact.encode()).decode()


def opened(stored: str) -> str:
    """The contact that is `stored`; one that was kept before contacts were encrypted is as it was.

    Raises:
        SealError: the keys cannot be used, or none of them opens it.
    """
    if not stored.startswith(_ENCRYPTED):
        return stored
    keys = _keys()
    if not keys:
        raise SealError(f"the contact is encrypted, and there is no key: neither {_file()} nor a setting")
    try:
        return _cipher(keys).decrypt(stored).decode()
    except InvalidToken as error:
        raise SealError("the contact is encrypted with a key that is not here") from error


def sealed_again(stored: str) -> str:
    """The contact that is `stored`, encrypted with the newest key.

    Raises:
        SealError: as `opened`.
    """
    return seal(opened(stored))


def add_key() -> None:
    """Make a new key the newest; where the setting holds the keys, a person has put it there.

    Raises:
        SealError: the keys cannot be used.
    """
    if not _from_setting():
        _write([Fernet.generate_key().decode(), *_from_file()], take_the_place=True)


def drop_old_keys() -> None:
    """Forget all keys of the file but the newest two: a contact may be on its way with the one before.

    Raises:
        SealError: the keys cannot be used.
    """
    if not _from_setting():
        _write(_from_file()[:2], take_the_place=True)


def _keys() -> list[str]:
    return _from_setting() or _from_file()


def _from_setting() -> list[str]:
    return settings().contact_keys.get_secret_value().split()


def _file() -> Path:
    return settings().home / FILE


def _from_file() -> list[str]:
    file = _file()
    try:
        mode = file.stat().st_mode
        keys = file.read_text("ascii").split()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise SealError(f"{file}: {error}") from error
    if mode & _OTHERS:
        raise SealError(f"{file}: others may read it; it is expected to be of mode 0600")
    return keys


def _new_file() -> str:
    """The key in the file, which is made, unless another process has just made it."""
    _write([Fernet.generate_key().decode()], take_the_place=False)
    return _from_file()[0]


def _write(keys: Sequence[str], *, take_the_place: bool) -> None:
    """Write the file whole or not at all, in the place of one that is there if told so."""
    file = _file()
    draft = file.with_name(f".{FILE}.{os.getpid()}.tmp")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write("".join(f"{key}\n" for key in keys))
            handle.flush()
            os.fsync(handle.fileno())
        if take_the_place:
            draft.replace(file)
        elif not file.exists():
            file.hardlink_to(draft)
    except FileExistsError:
        return
    except OSError as error:
        raise SealError(f"{file}: {error}") from error
    finally:
        draft.unlink(missing_ok=True)


def _cipher(keys: Sequence[str]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError as error:
        raise SealError(f"a contact key is no key of Fernet: {error}") from error
