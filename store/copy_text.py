"""Rows as the text that PostgreSQL's COPY reads.

Written column by column, which takes a fifth of the time of the driver's own way from value to value.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from operator import itemgetter
from typing import Any, Final

from pydantic_core import to_json
from sqlalchemy import JSON, Boolean, Date, Integer, String, Table
from sqlalchemy.exc import DataError
from sqlalchemy.types import TypeEngine

from store.models import Instant

Row = Mapping[str, Any]

_BLOCK: Final = 100
"""So many rows are made and written at a time: the server works on them while the next ones are made."""
_NULL: Final = "\\N"
_BETWEEN: Final = "\0"
"""No text in PostgreSQL holds it."""
_ESCAPES: Final = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))


def copy_text(table: Table, rows: Iterable[Row]) -> Iterator[str]:
    """`rows`, which all have the same columns of `table`, as blocks of text.

    Raises:
        TypeError: the table has a column of a type that is not provided for.
        ValueError: a moment names no time zone.
        DataError: a text holds a NUL, which PostgreSQL cannot keep.
    """
    left = iter(rows)
    while block := list(islice(left, _BLOCK)):
        columns = (_column(table.columns[name].type, list(map(itemgetter(name), block))) for name in block[0])
        yield "\n".join(map("\t".join, zip(*columns, strict=True))) + "\n"


def _column(kind: TypeEngine[Any], values: Sequence[Any]) -> Sequence[str]:
    if None not in values or isinstance(kind, JSON):  # which has a null of its own
        return _written(kind, values)
    said = iter(_written(kind, [value for value in values if value is not None]))
    return [_NULL if value is None else next(said) for value in values]


def _written(kind: TypeEngine[Any], values: Sequence[Any]) -> Sequence[str]:
    if isinstance(kind, String):
        return _escaped(values)
    if isinstance(kind, Instant | Date):
        return _moments(values)
    if isinstance(kind, Boolean | Integer):
        return list(map(str, values))
    if isinstance(kind, JSON):
        return _escaped([to_json(value).decode() for value in values])
    raise TypeError(f"no COPY for columns of type {kind!r}")


def _moments(values: Sequence[date]) -> Sequence[str]:
    for value in values:
        if isinstance(value, datetime) and value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: give it a time zone")
    # Those of events have pydantic's time zone, which Python is slow to ask. Offsets are whole minutes.
    return to_json(values).decode()[2:-2].split('","') if values else []


def _escaped(values: Sequence[str]) -> Sequence[str]:
    # All values at once: most are ids, in which nothing is to be escaped, and stay what they are.
    text = escaped = _BETWEEN.join(values)
    for plain, written in _ESCAPES:
        escaped = escaped.replace(plain, written)
    if values and text.count(_BETWEEN) != len(values) - 1:
        raise DataError("COPY", None, ValueError("a text holds the character NUL"))
    return values if escaped is text else escaped.split(_BETWEEN)
