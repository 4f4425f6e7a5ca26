"""Steps: what a field's rule does to the values that its expression found, one after another."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import regex

from crawlers.extract.problem import FieldProblem

Values = list[str]
Step = Callable[[Values, str], Values]
"""Takes the values so far and the document's address."""

LONGEST_PATTERN: Final = 300
PATTERN_SECONDS: Final = 1.0
"""A page is a stranger's: whatever it holds, a pattern gives up after this time."""


def step(written: object) -> Step:
    """The step that a board file writes as a name, or as a name with its argument.

    Raises:
        ValueError: no such step, or an argument that it cannot work with.
    """
    name, argument = _named(written)
    if name not in _STEPS:
        raise ValueError(f"no step {name!r}; there are: {', '.join(_STEPS)}")
    return _STEPS[name](argument)


def _named(written: object) -> tuple[str, Any]:
    if isinstance(written, str):
        return written, None
    if isinstance(written, Mapping) and len(written) == 1:
        ((name, argument),) = written.items()
        return str(name), argument
    raise ValueError(f"a step is a name such as `url`, or one name with its argument, not {written!r}")


def _pattern(argument: object) -> Step:
    """The first group of the first place where the pattern matches, or all of the match."""
    if not isinstance(argument, str) or len(argument) > LONGEST_PATTERN:
        raise ValueError(f"pattern: a regular expression of at most {LONGEST_PATTERN} characters is expected")
    try:
        compiled = regex.compile(argument)
    except regex.error as error:
        raise ValueError(f"pattern: {argument!r}: {error}") from error
    group = min(1, compiled.groups)

    def matched(value: str) -> str:
        try:
            found = compiled.search(value, timeout=PATTERN_SECONDS)
        except TimeoutError:
            raise FieldProblem(f"the pattern {argument!r} takes longer than {PATTERN_SECONDS} s") from None
        return found[group] or "" if found else ""

    return lambda values, _address: [matched(value) for value in values]


def _map(argument: object) -> Step:
    """Each value by a table; one that the table does not hold is a problem, never passed on."""
    if not isinstance(argument, Mapping) or not argument:
        raise ValueError("map: a table such as {10: private, 30: public} is expected")
    table = {str(key): str(value) for key, value in argument.items()}

    def mapped(value: str) -> str:
        if value not in table:
            raise FieldProblem(f"{value[:40]!r} is not in the table {', '.join(table)}")
        return table[value]

    return lambda values, _address: [mapped(value) for value in values if value]


def _join(argument: object) -> Step:
    """All values as one, with the argument between them."""
    if not isinstance(argument, str):
        raise ValueError("join: the text between the values is expected")  # noqa: TRY004 - pydantic's way
    return lambda values, _address: [argument.join(filter(None, values))]


def _date(argument: object) -> Step:
    """A date in one of the given strptime formats, as YYYY-MM-DD; for the ones that are ambiguous."""
    formats = [argument] if isinstance(argument, str) else argument
    if not isinstance(formats, Sequence) or not all(isinstance(each, str) for each in formats):
        raise ValueError('date: a format such as "%d/%m/%Y", or a list of them, is expected')

    def dated(value: str) -> str:
        for each in formats:
            try:
                return datetime.strptime(value.strip(), each).date().isoformat()  # noqa: DTZ007 - as written
            except ValueError:
                continue
        raise FieldProblem(f"{value[:40]!r} is no date of the form {' or '.join(formats)}")

    return lambda values, _address: [dated(value) for value in values if value.strip()]


def _url(argument: object) -> Step:
    """An address that may be relative, made whole by that of the document."""
    _takes_nothing("url", argument)
    return lambda values, address: [urljoin(address, value.strip()) for value in values if value.strip()]


def _drop_query(argument: object) -> Step:
    """An address without its query and fragment, or without the parameters that are named."""
    names = frozenset(argument) if isinstance(argument, list) else None
    if names is None:
        _takes_nothing("drop_query", argument)

    def dropped(value: str) -> str:
        parts = urlsplit(value)
        kept = [] if names is None else [each for each in parse_qsl(parts.query) if each[0] not in names]
        return urlunsplit(parts._replace(query=urlencode(kept), fragment=""))

    return lambda values, _address: [dropped(value) for value in values]


def _takes_nothing(name: str, argument: object) -> None:
    if argument is not None:
        raise ValueError(f"{name}: takes no argument")


_STEPS: Final[Mapping[str, Callable[[Any], Step]]] = {
    "pattern": _pattern,
    "map": _map,
    "join": _join,
    "date": _date,
    "url": _url,
    "drop_query": _drop_query,
}
