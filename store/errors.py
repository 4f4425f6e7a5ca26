"""What an error of the database means, in SQLAlchemy's terms and the same for SQLite and PostgreSQL.

`DataError` and `IntegrityError` refuse a row: the same row would be refused again. `OperationalError` passes:
the server is away, a lock was not to be had, two transactions met. `DatabaseFull` passes only when somebody
makes room.
"""

import sqlite3
from typing import Final

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DataError, DBAPIError, OperationalError


class DatabaseFull(Exception):  # noqa: N818 - what is the matter
    """There is no room left where the database lies. Nothing of the transaction was kept."""


_FULL: Final = "53100"
_PASSING: Final = {"25006", "25P03"}
"""Read-only, as a standby is; broken off for idling. The driver takes both for faults of ours."""
_TOO_LARGE: Final = "54"
"""Class of values that exceed a limit of the server; the driver takes them for outages."""


def translate_errors(engine: Engine) -> None:
    """Make `engine` raise errors by their meaning."""
    event.listen(engine, "handle_error", _translated)


def _translated(context: ExceptionContext) -> Exception | None:
    cause = context.original_exception
    state = getattr(cause, "sqlstate", None) or ""
    if state == _FULL or getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return DatabaseFull(str(cause))
    if state.startswith(_TOO_LARGE):
        return _as(DataError, context)
    if state in _PASSING or context.is_disconnect:
        return _as(OperationalError, context)
    return None


def _as(kind: type[DBAPIError], context: ExceptionContext) -> DBAPIError:
    return kind(context.statement, None, context.original_exception, hide_parameters=True)
