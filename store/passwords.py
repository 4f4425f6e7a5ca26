"""Passwords: what one has to be like, and how it is kept."""

import threading
from functools import lru_cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

SHORTEST: Final = 12
LONGEST: Final = 200
"""Characters of a password."""

_HASHER: Final = PasswordHasher()
_TURNS: Final = threading.BoundedSemaphore(2)
"""A hash takes 64 MiB: so many at once, whoever asks."""


class WeakPasswordError(ValueError):
    """The password cannot be taken; the message says why."""


def hashed(password: str, *, name: str) -> str:
    """The Argon2id hash of a new password of the account `name`.

    Raises:
        WeakPasswordError: too short, too long, with spaces around it, or little else than the name.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPasswordError(f"a password has {SHORTEST} to {LONGEST} characters")
    if password != password.strip():
        raise WeakPasswordError("a password neither begins nor ends with a space")
    if len(set(password.replace(name, ""))) < SHORTEST // 3:
        raise WeakPasswordError("the password is one character, or the name, over and over")
    with _TURNS:
        return _HASHER.hash(password)


def matches(password: str, kept: str | None) -> bool:
    """Is it the password of which `kept` is the hash? Nobody's takes as long as a wrong one."""
    try:
        with _TURNS:
            _HASHER.verify(kept or _nobodys(), password[: LONGEST + 1])
    except VerifyMismatchError:
        return False
    return kept is not None


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _HASHER.hash("")
