"""PostgreSQL's own ways: how its connections are set up, and COPY for many rows at once."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    URL,
    ColumnElement,
    Engine,
    ExecutionContext,
    Select,
    Table,
    TableClause,
    any_,
    column,
    create_engine,
    event,
    literal,
    select,
    table,
    text,
)
from sqlalchemy.orm import Session

from store.copy_text import Row, copy_text

STATEMENT_MS: Final = 60_000
"""A statement of a writing transaction that takes longer is broken off, and tried again as an outage."""
READING_MS: Final = 15 * 60_000
"""The same for what reports and datasets read."""

_SERVER: Final = {
    "statement_timeout": STATEMENT_MS,
    "lock_timeout": 10_000,
    # A process that was stopped in the middle of a transaction must not hold its locks for ever.
    "idle_in_transaction_session_timeout": 60_000,
    # The migrations' default moments name no zone and mean UTC.
    "timezone": "UTC",
    # A server that dies must not forget what the log already counts as handled.
    "synchronous_commit": "on",
}
_CLIENT: Final = {
    "application_name": "qingdan",
    "connect_timeout": 10,
    "options": " ".join(f"-c {name}={value}" for name, value in _SERVER.items()),
    # A connection whose other end vanished fails within a minute instead of hours.
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}

_BLOCKS: Final = "qingdan_copy_blocks"


def postgresql_engine(url: URL) -> Engine:
    """An engine with safe settings; what the URL itself says goes before them."""
    engine = create_engine(
        url,
        connect_args={name: value for name, value in _CLIENT.items() if name not in url.query},
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        pool_recycle=1800,
    )
    event.listen(engine, "do_execute", _copy)
    return engine


def _copy(cursor: Any, statement: str, _parameters: object, context: ExecutionContext) -> bool:  # noqa: ANN401 - psycopg's
    """Executes a COPY that brings its rows; done here, SQLAlchemy translates its errors like all others."""
    blocks = context.execution_options.get(_BLOCKS)
    if blocks is None:
        return False
    with cursor.copy(statement) as copy:
        for block in blocks:
            copy.write(block)
    return True


def copied(session: Session, target: Table, rows: Sequence[Row]) -> TableClause:
    """A temporary table with `rows`; delete them once used, since the next call adds to them.

    Far faster than any INSERT with values (docs/performance.md).
    """
    incoming = table(f"incoming_{target.name}", *(column(name) for name in rows[0]))
    session.execute(
        text(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {incoming.name} "
            f"(LIKE {target.name} INCLUDING DEFAULTS) ON COMMIT DELETE ROWS"
        )
    )
    copy_into(session, target, rows, by_way_of=incoming.name)
    return incoming


def copy_into(session: Session, target: Table, rows: Iterable[Row], *, by_way_of: str = "") -> None:
    """Bring `rows`, whose keys are not there yet, straight into `target`, or into the table `by_way_of`.

    Twice as fast as by way of a temporary table; the server takes in the first rows while the next are made.
    Where another transaction brings the same keys at the same time, one of the two fails with an
    `IntegrityError`.
    """
    left = iter(rows)
    if (first := next(left, None)) is None:
        return
    quote = session.get_bind().dialect.identifier_preparer.quote
    names = ", ".join(map(quote, first))
    session.connection().exec_driver_sql(
        f"COPY {by_way_of or target.name} ({names}) FROM STDIN",
        execution_options={_BLOCKS: copy_text(target, chain([first], left))},
    )


def equals_any(expression: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """Whether it is among `values`, which travel as one array however many they are."""
    return expression == any_(literal(values, ARRAY(expression.type)))


def in_key_order(target: Table, incoming: TableClause) -> Select[*tuple[Any, ...]]:
    """The rows of `incoming` in the order of the keys of `target`."""
    return select(*incoming.columns).order_by(*(incoming.columns[key.name] for key in target.primary_key))
