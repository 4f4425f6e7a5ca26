"""JSON as strangers write it: wrapped in a call, escaped as HTML, with comments, stray signs, open quotes.

Each step of mending is tried only where the one before it gave no JSON, and none invents a value: what breaks
off stays broken.
"""

import html
import json
from collections.abc import Callable
from typing import Final

import chompjs
import regex

# Each pattern consumes what it begins, to the end if need be, and never backtracks: linear in time. Not by
# `re`: that of Python 3.11.2, Debian's, gets possessive repeats within groups wrong.
_STRING: Final = r'"(?:[^"\\]++|\\.)*+(?:"|\Z)'
_STRING_OR_COMMENT: Final = regex.compile(
    _STRING + r"|/\*.*?(?:\*/|\Z)|//[^\n]*+|<!--|-->|<!\[CDATA\[|\]\]>|[\u00a0\u200b\u2028\u2029\ufeff]",
    regex.DOTALL,
)
_STRING_OR_SLIP: Final = regex.compile(
    _STRING + r"|,(?=\s*+[}\]])|(?<=:)\s*+(?=[,}])|(?<=[:\s])0+(?=\d)", regex.DOTALL
)
_STRAY_BACKSLASH: Final = regex.compile(r'\\(?:(["\\/bfnrt]|u[0-9a-fA-F]{4})|(.)?)', regex.DOTALL)
_ENDS: Final = r'"(?=\s{0,99}+(?:[:}\]]|\Z|,\s{0,99}+(?:["{\[}\]]|-?\d|true|false|null)))'
"""A quotation mark behind which JSON goes on; any other one belongs to the text."""
_OPEN_STRING: Final = regex.compile(rf'"((?:[^"\\]++|\\.|(?!{_ENDS})")*+)("|\Z)', regex.DOTALL)
_INNER_QUOTE: Final = regex.compile(r'(\\.)|"', regex.DOTALL)
_CURLY: Final = regex.compile(r"\s*[\[{]\s*[“”″]")
_STRAIGHTENED: Final = str.maketrans("“”″", '"""')
_GUARD: Final = regex.compile(r"\s*(?:\)\]\}',?|while\s?\(1\);|for\s?\(;;\);|throw 1;)\s*")
"""What keeps an answer from being run as a script."""
_CALL: Final = regex.compile(r"\s*(?:/\*[^*]{0,99}\*/)?\s*[A-Za-z_$][\w$.]{0,99}\s?\(\s*(?=[\[{])")
_ASSIGNMENT: Final = regex.compile(r"\s*(?:(?:var|let|const)\s)?\s*[A-Za-z_$][\w$.]{0,99}\s?=\s?(?=[\[{])")
_SCRIPT: Final = regex.compile(r"[\s\[]*+\{\s*+(?:'|[A-Za-z_$][\w$]{0,99}\s*+:)")
_BETWEEN: Final = regex.compile(r"[\s,;\ufeff]*+")
_REST: Final = regex.compile(r"[\s,;}\])]*+\Z")


def loads(source: str) -> object:
    """The JSON in `source`, mended step by step until it can be read; several documents give a list of them.

    Raises:
        ValueError: no step helps; says what is wrong with the source as it stands.
    """
    failure = ""
    bare = _unwrapped(source)
    variants = [bare] if (unescaped := html.unescape(bare)) == bare else [bare, unescaped]
    for variant in variants:
        for mend in _MENDS:
            try:
                return _documents(mend(variant))
            except (ValueError, RecursionError) as error:
                failure = failure or str(error) or type(error).__name__
    raise ValueError(f"no JSON: {failure}")


def _unwrapped(source: str) -> str:
    """The source without the call, the assignment or the guard around its JSON."""
    if guard := _GUARD.match(source):
        return source[guard.end() :]
    if wrap := _CALL.match(source) or _ASSIGNMENT.match(source):
        return source[wrap.end() :]
    return source


def _documents(text: str) -> object:
    decoder = json.JSONDecoder(strict=False)
    found: list[object] = []
    at = _end(_BETWEEN, text, 0)
    while not found or not _REST.match(text, at):
        value, at = decoder.raw_decode(text, at)
        found.append(loads(value) if _is_document(value) else value)
        at = _end(_BETWEEN, text, at)
    return found[0] if len(found) == 1 else found


def _end(pattern: regex.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _is_document(value: object) -> bool:
    """Is a text JSON once more?"""
    return isinstance(value, str) and value.lstrip()[:1] in ("{", "[")


def _as_it_is(source: str) -> str:
    return source


def _without_comments(source: str) -> str:
    if _CURLY.match(source):
        source = source.translate(_STRAIGHTENED)
    return _STRING_OR_COMMENT.sub(lambda match: match[0] if match[0].startswith('"') else " ", source)


def _without_slips(source: str) -> str:
    """Also without backslashes that escape nothing, commas that nothing follows, and missing values."""
    plain = _STRAY_BACKSLASH.sub(lambda match: match[0] if match[1] else match[2] or "", source)
    return _STRING_OR_SLIP.sub(_mended_slip, _without_comments(plain))


def _mended_slip(slip: regex.Match[str]) -> str:
    if slip[0].startswith('"'):
        return slip[0]
    return "" if slip[0].startswith((",", "0")) else " null"


def _closed_quotes(source: str) -> str:
    """Also with the quotation marks within texts escaped."""
    plain = _STRAY_BACKSLASH.sub(lambda match: match[0] if match[1] else match[2] or "", source)
    escaped = _OPEN_STRING.sub(
        lambda text: '"' + _INNER_QUOTE.sub(lambda sign: sign[1] or '\\"', text[1]) + text[2], plain
    )
    return _without_slips(escaped)


def _as_script(source: str) -> str:
    """A JavaScript object as JSON: names without quotes, texts in single ones.

    Raises:
        ValueError: it is none, or breaks off.
    """
    # Its parser ends with the first object, and would pass over what follows a sound beginning.
    if not _SCRIPT.match(source):
        raise ValueError("no object of a script")
    return json.dumps(chompjs.parse_js_object(source))


_MENDS: Final[tuple[Callable[[str], str], ...]] = (
    _as_it_is,
    _without_comments,
    _without_slips,
    _closed_quotes,
    _as_script,
)
