"""Pseudonyms of employers and postings: keyed hashes whose key stays on this machine, outside the database.

Without the key, a list of company names cannot be hashed and compared with the published ids.
"""

import hmac
import os
from pathlib import Path
from typing import Final

KEY_BYTES: Final = 32


class KeyFileError(Exception):
    """The key cannot be used; the message names the file and says what to do."""


def pseudonym(key: bytes, employer_id: str | None) -> str | None:
    """What stands for an employer; None stays None."""
    return None if employer_id is None else keyed(key, "employer", employer_id)


def keyed(key: bytes, what: str, told: str) -> str:
    """32 hexadecimal digits of HMAC-SHA-256 over an id that follows from public facts, and what it is of."""
    return hmac.digest(key, f"{what}:{told}".encode(), "sha256").hex()[:32]


def key_at(file: Path, *, fresh: bytes) -> bytes:
    """The key in `file`; where there is no such file yet, `fresh` is written to it (mode 600) and returned.

    Raises:
        KeyFileError: others may read the file, or it holds no key.
    """
    if not file.exists():
        _create(file, fresh)
    if file.stat().st_mode & 0o077:
        raise KeyFileError(f"{file}: others on this machine can read it; run chmod 600 {file}")
    try:
        key = bytes.fromhex(file.read_text("ascii").strip())
    except ValueError as error:
        raise KeyFileError(f"{file}: is no key in hexadecimal digits; restore it from your backup") from error
    if len(key) != KEY_BYTES:
        raise KeyFileError(
            f"{file}: holds {len(key)} bytes instead of {KEY_BYTES}; restore it from your backup"
        )
    return key


def _create(file: Path, key: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as handle:
        handle.write(f"{key.hex()}\n")
        handle.flush()
        os.fsync(handle.fileno())
    try:
        # A link never replaces a file: two processes that start at once both read the first one's key.
        file.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
