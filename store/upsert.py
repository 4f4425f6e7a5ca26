"""Writing many rows at once, so that writing them again changes nothing."""

from collections.abc import Collection, Iterable, Sequence
from operator import itemgetter
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Table, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from store.copy_text import Row
from store.models import Base
from store.postgresql import copied, copy_into, equals_any, in_key_order

MANY: Final = 50
"""From so many rows on, bringing them by COPY costs less than one INSERT for each."""


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


def by_copy(session: Session, rows: Sequence[object]) -> bool:
    """Whether so many rows are brought by COPY."""
    return _on_postgresql(session) and len(rows) >= MANY


def copy_unseen(session: Session, model: type[Base], rows: Iterable[Row]) -> None:
    """Bring `rows`, whose keys nobody has brought before, straight into the table; for PostgreSQL.

    Should somebody bring one of them at the same time, one of the two fails with an `IntegrityError`; both
    have them in the same order.
    """
    copy_into(session, _table(model), rows)


def add_rows(session: Session, model: type[Base], rows: Sequence[Row]) -> None:
    """Insert `rows`, which the database numbers in their order."""
    if rows:
        session.execute(_insert(session, model), list(map(dict, rows)))


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
    if by_copy(session, rows):
        incoming = copied(session, _table(model), rows)
        arrived = in_key_order(_table(model), incoming)
        session.execute(statement.from_select(list(rows[0]), arrived))
        session.execute(incoming.delete())
    else:
        session.execute(statement, list(map(dict, _in_key_order(model, rows))))


def _in_key_order(model: type[Base], rows: Sequence[Row]) -> list[Row]:
    # On PostgreSQL, two writers that took the same rows in different orders would wait for each other.
    return sorted(rows, key=itemgetter(*_keys(model)))


def add_up(session: Session, model: type[Base], rows: Sequence[Row], *, column: str) -> dict[Any, int]:
    """Add to counters, made at 0 if absent, what `rows` say; the new values by key, a tuple of its columns.

    `rows`, at least one, hold each key once. They stay locked until the transaction ends, so that no two
    processes get the same value.
    """
    keys, counter = _keys(model), _table(model).columns[column]
    statement = _insert(session, model).values(list(map(dict, _in_key_order(model, rows))))
    added = counter + statement.excluded[column]
    statement = statement.on_conflict_do_update(index_elements=keys, set_={column: added})
    answer = session.execute(statement.returning(*(_table(model).columns[key] for key in keys), counter))
    return {tuple(key): value for *key, value in answer}
