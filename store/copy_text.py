"""Rows as the text that PostgreSQL's COPY reads.

Written column by column, which takes a fifth of the time of the driver's own way from value to value.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, Date, Integer, String, Table
from sqlalchemy.types import TypeEngine

from store.models import Instant

Row = Mapping[str, Any]

_BLOCK: Final = 250
"""So many rows are written at a time: the server works on them while the next ones are made."""
_NULL: Final = "\\N"


def copy_text(table: Table, rows: Sequence[Row]) -> Iterator[str]:
    """`rows`, which all have the same columns of `table`, as blocks of text.

    Raises:
        TypeError: the table has a column of a type that is not provided for.
        ValueError: a moment names no time zone.
    """
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK]
        columns = (_written(table.columns[name].type, [row[name] for row in block]) for name in rows[0])
        yield "".join(["\t".join(values) + "\n" for values in zip(*columns, strict=True)])


def _written(kind: TypeEngine[Any], values: Sequence[Any]) -> list[str]:
    if isinstance(kind, JSON):
        return _escaped([json.dumps(value) for value in values])
    if isinstance(kind, String):
        return _escaped(values)
    if isinstance(kind, Instant):
        return [_NULL if value is None else _moment(value) for value in values]
    if isinstance(kind, Date | Integer):
        return [_NULL if value is None else str(value) for value in values]
    raise TypeError(f"no COPY for columns of type {kind!r}")


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError(f"naive datetime {value!r}: give it a time zone")
    return value.isoformat()


def _escaped(values: Sequence[str | None]) -> list[str]:
    return [
        _NULL
        if value is None
        else value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
        for value in values
    ]
