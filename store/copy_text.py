"""Rows as the text that PostgreSQL's COPY reads.

Written column by column, which takes a fifth of the time of the driver's own way from value to value.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final

from pydantic_core import to_json
from sqlalchemy import JSON, Boolean, Date, Integer, String, Table
from sqlalchemy.exc import DataError
from sqlalchemy.types import TypeEngine

from store.models import Instant

Row = Mapping[str, Any]

_BLOCK: Final = 250
"""So many rows are written at a time: the server works on them while the next ones are made."""
_NULL: Final = "\\N"
_BETWEEN: Final = "\0"
"""No text in PostgreSQL holds it."""
_ESCAPES: Final = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))


def copy_text(table: Table, rows: Sequence[Row]) -> Iterator[str]:
    """`rows`, which all have the same columns of `table`, as blocks of text.

    Raises:
        TypeError: the table has a column of a type that is not provided for.
        ValueError: a moment names no time zone.
        DataError: a text holds a NUL, which PostgreSQL cannot keep.
    """
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK]
        columns = (_written(table.columns[name].type, list(map(itemgetter(name), block))) for name in rows[0])
        yield "".join(["\t".join(values) + "\n" for values in zip(*columns, strict=True)])


def _written(kind: TypeEngine[Any], values: Sequence[Any]) -> list[str]:
    if isinstance(kind, JSON):
        return _escaped([to_json(value).decode() for value in values])
    if isinstance(kind, String):
        return _escaped(values)
    if isinstance(kind, Instant):
        return [_NULL if value is None else _moment(value) for value in values]
    if isinstance(kind, Boolean | Date | Integer):
        return [_NULL if value is None else str(value) for value in values]
    raise TypeError(f"no COPY for columns of type {kind!r}")


@lru_cache(maxsize=4 * _BLOCK)
def _moment(value: datetime) -> str:
    # An ad's moment stands in several columns of several tables.
    if value.tzinfo is None:
        raise ValueError(f"naive datetime {value!r}: give it a time zone")
    return value.isoformat()


def _escaped(values: Sequence[str | None]) -> list[str]:
    # All values at once: most are ids, in which nothing is to be escaped.
    text = _BETWEEN.join([value or "" for value in values])
    for plain, escaped in _ESCAPES:
        text = text.replace(plain, escaped)
    parts = text.split(_BETWEEN)
    if len(parts) != len(values):
        raise DataError("COPY", None, ValueError("a text holds the character NUL"))
    return [_NULL if value is None else part for value, part in zip(values, parts, strict=True)]
