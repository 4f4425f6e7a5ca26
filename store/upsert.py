"""Writing many rows at once, so that writing them again changes nothing."""

from collections.abc import Collection, Sequence
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Table, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from store.models import Ad, AdVersion, Base, StoredReading
from store.postgresql import Row, copied, copy_new, equals_any, in_key_order

MANY: Final = 50
"""From so many rows on, bringing them by COPY costs less than one INSERT for each."""

OF_ONE_AD: Final = {Ad, AdVersion, StoredReading}
"""Rows that only the owner of the ad's partition writes. Two members that take each other for dead may meet
there: one of them is refused, and repeats its batch in the way that waits."""


def _table(model: type[Base]) -> Table:
    # The bare table is meant: through the mapped class every row costs twice as much.
    return cast("Table", model.__table__)


def _keys(model: type[Base]) -> list[str]:
    return [key.name for key in _table(model).primary_key]


def _on_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _insert(session: Session, model: type[Base]) -> Any:  # noqa: ANN401 - the two dialects share no type
    dialect = postgresql if _on_postgresql(session) else sqlite
    return dialect.insert(_table(model))


def among(session: Session, column: ColumnElement[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """Whether `column` is among `values`, told in the way that suits the database for many of them."""
    return equals_any(column, list(values)) if _on_postgresql(session) else column.in_(values)


def insert_new(session: Session, model: type[Base], rows: Sequence[Row]) -> None:
    """Insert `rows`, which all have the same columns; one whose key is there already is left as it is."""
    if rows:
        _write(session, model, _insert(session, model).on_conflict_do_nothing(), rows)


def put_newer(
    session: Session, model: type[Base], rows: Sequence[Row], *, newer: Sequence[str], keep: Collection[str]
) -> None:
    """Insert `rows`; where the key is there already, take over the new row unless it is the older one.

    `rows` have the same columns, and no two the same key. `newer` names the columns that tell the age, the
    most important first; the columns `keep` stay as they were first written. So a replay that starts from an
    old row never moves the state back for good, and ends where it began.
    """
    if not rows:
        return
    keys, present = _keys(model), _table(model).columns
    statement = _insert(session, model)
    age, known = (tuple_(*(source[name] for name in newer)) for source in (statement.excluded, present))
    statement = statement.on_conflict_do_update(
        index_elements=keys,
        set_={name: statement.excluded[name] for name in rows[0] if name not in (*keys, *keep)},
        where=age >= known,
    )
    _write(session, model, statement, rows)


def _write(session: Session, model: type[Base], statement: Any, rows: Sequence[Row]) -> None:  # noqa: ANN401 - see above
    # Always in the order of the keys: on PostgreSQL, two writers that took the same rows in different orders
    # would wait for each other.
    many = _on_postgresql(session) and len(rows) >= MANY
    if many and model in OF_ONE_AD:
        rows = copy_new(session, _table(model), rows)
    if many and rows:
        incoming = copied(session, _table(model), rows)
        arrived = in_key_order(_table(model), incoming)
        session.execute(statement.from_select(list(rows[0]), arrived))
        session.execute(incoming.delete())
    if many:
        return
    keys = _keys(model)
    session.execute(statement, sorted(map(dict, rows), key=lambda row: tuple(row[key] for key in keys)))


def add_up(session: Session, model: type[Base], key: Row, *, column: str, by: int) -> int:
    """Add `by` to a counter row, made at 0 if absent, and return the new value.

    The row stays locked until the transaction ends, so that no two processes get the same value.
    """
    counter = _table(model).columns[column]
    statement = _insert(session, model).values({**key, column: by})
    statement = statement.on_conflict_do_update(index_elements=list(key), set_={column: counter + by})
    value: int = session.execute(statement.returning(counter)).scalar_one()
    return value
