"""The headers of letters: parsed and folded once for all letters that say the same in them.

The letters to a bureau share most of theirs, and to set one in encoded words takes longer than to render a
letter of one case.
"""

from email.policy import SMTP, EmailPolicy
from functools import lru_cache
from typing import Any, Final

_REMEMBERED: Final = 4096


class _Letters(EmailPolicy):
    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:  # noqa: ANN401 - as it is called
        return _parsed(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:  # noqa: ANN401 - the same
        line = f"{name}: {value}"
        if line.isascii() and line.isprintable() and len(line) <= (self.max_line_length or 0):
            return f"{line}{self.linesep}".encode()
        return _folded(name, value)


LETTERS: Final = _Letters(linesep=SMTP.linesep)
"""Gives the same bytes as `email.policy.SMTP`."""


@lru_cache(maxsize=_REMEMBERED)
def _parsed(name: str, value: Any) -> tuple[str, Any]:  # noqa: ANN401 - text or moment
    return SMTP.header_store_parse(name, value)


@lru_cache(maxsize=_REMEMBERED)
def _folded(name: str, value: str) -> bytes:
    return SMTP.fold_binary(name, value)
