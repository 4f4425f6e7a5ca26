"""The only way to templates: everything is escaped, nothing undefined passes, hidden characters show.

Ad text is hostile. Escaping alone stops neither a `javascript:` address nor a character that reverses or
hides text, so every value that a template prints goes through `visible`, and every link through `external`.
"""

import unicodedata
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: TID251 - this is the factory

from config.settings import CHINA

TEMPLATES: Final = Path(__file__).parent / "templates"

_HIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_PLAIN_CONTROLS: Final = frozenset("\n\t")
_HIDDEN_LETTERS: Final = frozenset(
    [
        *"\u115f\u1160\u2800\u3164\uffa0\u034f\u17b4\u17b5",
        *map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), *range(0x180B, 0x1810)]),
        *"\ufffe\uffff",
    ]
)
"""Characters that nobody can see and Unicode does not call so; the last two XML cannot even hold."""


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The environment of all templates in reports/templates."""
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printed,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters |= {"external": external, "number": number, "decimal": decimal, "moment": moment}
    return templates


def visible(text: str) -> str:
    """`text` with every control, direction-changing or invisible character written as `[U+202E]`."""
    if text.isprintable() and _HIDDEN_LETTERS.isdisjoint(text):
        return text
    return "".join(f"[U+{ord(char):04X}]" if _hidden(char) else char for char in text)


def _hidden(char: str) -> bool:
    if char in _PLAIN_CONTROLS:
        return False
    return unicodedata.category(char) in _HIDDEN_CATEGORIES or char in _HIDDEN_LETTERS


def _printed(value: Any) -> Any:  # noqa: ANN401 - jinja2 hands in whatever a template prints
    # Only a plain str may come from an ad; a jinja2 safe string has been through here part by part.
    return visible(value) if type(value) is str else value


def external(address: str) -> str:
    """`address` when it is an http or https link that may be followed; otherwise nothing.

    A template links only to a non-empty result, and prints the address as text where it is empty.
    """
    if address != visible(address) or any(char.isspace() or char in "\"'<>\\" for char in address):
        return ""
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - raises on a port that is none
    except ValueError:
        return ""
    return address if parts.scheme in {"http", "https"} and parts.hostname else ""


def number(value: int) -> str:
    """A count with thousands separators."""
    return f"{value:,}"


def decimal(value: float) -> str:
    """A rate or share with one decimal place."""
    return f"{value:,.1f}"


def moment(value: datetime) -> str:
    """A moment in China's time, to the minute."""
    return value.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
