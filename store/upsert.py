"""Writing many rows at once, so that writing them again changes nothing."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from store.models import Base

Row = Mapping[str, Any]


def _insert(session: Session, model: type[Base]) -> Any:  # noqa: ANN401 - the two dialects share no type
    # The bare table is meant: through the mapped class every row costs twice as much.
    dialect = session.get_bind().dialect.name
    table = cast("Table", model.__table__)
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def insert_new(session: Session, model: type[Base], rows: Sequence[Row]) -> None:
    """Insert `rows`; one whose key is there already is left exactly as it is."""
    if rows:
        session.execute(_insert(session, model).on_conflict_do_nothing(), _in_key_order(model, rows))


def put_newer(
    session: Session, model: type[Base], rows: Sequence[Row], *, newer: Sequence[str], keep: Collection[str]
) -> None:
    """Insert `rows`; where the key is there already, take over the new row unless it is the older one.

    `newer` names the columns that tell the age, the most important first; the columns `keep` stay as they
    were first written. So a replay that starts from an old row never moves the state back for good, and ends
    where it began.
    """
    if not rows:
        return
    table = model.__table__
    keys = [column.name for column in table.primary_key]
    statement = _insert(session, model)
    age, present = (tuple_(*(source[name] for name in newer)) for source in (statement.excluded, table.c))
    statement = statement.on_conflict_do_update(
        index_elements=keys,
        set_={name: statement.excluded[name] for name in rows[0] if name not in (*keys, *keep)},
        where=age >= present,
    )
    session.execute(statement, _in_key_order(model, rows))


def _in_key_order(model: type[Base], rows: Sequence[Row]) -> list[dict[str, Any]]:
    # Two writers that take the same rows in different orders deadlock each other on PostgreSQL.
    keys = [column.key for column in model.__table__.primary_key]
    return sorted((dict(row) for row in rows), key=lambda row: tuple(row[key] for key in keys))


def add_up(session: Session, model: type[Base], key: Row, *, column: str, by: int) -> int:
    """Add `by` to a counter row, made at 0 if absent, and return the new value.

    The row stays locked until the transaction ends, so that no two processes get the same value.
    """
    table = model.__table__
    statement = _insert(session, model).values({**key, column: by})
    statement = statement.on_conflict_do_update(index_elements=list(key), set_={column: table.c[column] + by})
    value: int = session.execute(statement.returning(table.c[column])).scalar_one()
    return value
