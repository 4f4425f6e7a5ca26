"""Parquet and CSV of a table, made from its JSON lines by DuckDB, so that all three say the same.

DuckDB runs in the process, fetches nothing, and keeps within `MEMORY`; what needs more goes to a folder for
the while.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import duckdb

from reports.dataset.fields import Field, Table, Type

MEMORY: Final = "1GB"
DERIVED: Final = ("parquet", "csv")
"""Endings of the files made here."""

_TYPES: Final[Mapping[Type, str]] = {
    "id": "VARCHAR",
    "code": "VARCHAR",
    "date": "DATE",
    "week": "VARCHAR",
    "division": "VARCHAR",
    "integer": "BIGINT",
    "amount": "DECIMAL(11, 2)",
    "boolean": "BOOLEAN",
    "enum": "VARCHAR",
    "text": "VARCHAR",
    "list": "VARCHAR[]",
}
_OPTIONS: Final = {
    "memory_limit": MEMORY,
    # Nothing is fetched, and nobody's configuration read.
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
PARQUET: Final = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 40960"
"""Groups of a third of DuckDB's own size keep more threads busy."""
_CSV: Final = "FORMAT csv, HEADER"


def derive(folder: Path, tables: Sequence[Table]) -> None:
    """Write `<table>.parquet` and `<table>.csv` beside `<table>.jsonl`: the same rows, in its order."""
    with engine() as asked:
        for table in tables:
            for ending in DERIVED:
                asked.execute(copying(folder, table, ending))


def copying(folder: Path, table: Table, ending: str) -> str:
    """The statement that makes one of them, in the order of `DERIVED`: JSON, dear to read, is read once."""
    parquet, text = _files(folder, table)
    if ending == "parquet":
        return f"COPY ({_values(folder, table)}) TO {_quoted(parquet)} ({PARQUET})"
    return f"COPY ({_cells(table_file(parquet), table)}) TO {_quoted(text)} ({_CSV})"


def _files(folder: Path, table: Table) -> tuple[Path, Path]:
    return folder / f"{table.name}.parquet", folder / f"{table.name}.csv"


def differences(folder: Path, tables: Sequence[Table]) -> Iterator[str]:
    """Where those files say something else than the JSON lines; nothing where they agree."""
    with engine() as asked:
        for table in tables:
            parquet, text = _files(folder, table)
            for file, there, here in (
                (parquet, table_file(parquet), _values(folder, table)),
                (text, _read_csv(text, table), _cells(f"({_values(folder, table)})", table)),
            ):
                try:
                    row = _first_difference(asked, here, there)
                except duckdb.Error as error:
                    yield f"{file.name}: {str(error).splitlines()[0]}"
                    continue
                if row is not None:
                    yield f"{file.name}: row {row} differs from line {row} of {table.name}.jsonl"


def _read_csv(file: Path, table: Table) -> str:
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in table.header)
    return f"read_csv({_quoted(file)}, header = true, auto_detect = false, columns = {{{columns}}})"


def _first_difference(asked: duckdb.DuckDBPyConnection, here: str, there: str) -> int | None:
    """The number of the first row, from 1, in which two queries differ; None where they agree.

    Rows are numbered only where some differ: numbering forgoes most of the engine's speed.
    """
    pairs = f"FROM (SELECT a IS DISTINCT FROM b AS differs FROM ({here}) AS a POSITIONAL JOIN {there} AS b)"  # noqa: S608
    if asked.execute(f"SELECT count(*) {pairs} WHERE differs").fetchone() == (0,):
        return None
    numbered = f"SELECT row_number() OVER () AS number, differs {pairs}"
    first = asked.execute(f"SELECT min(number) FROM ({numbered}) WHERE differs").fetchone()  # noqa: S608
    return first[0] if first else None


def _values(folder: Path, table: Table) -> str:
    """The rows of the JSON lines, typed."""
    columns = ", ".join(f"'{field.name}': '{_TYPES[field.type]}'" for field in table.fields)
    file = _quoted(folder / f"{table.name}.jsonl")
    return f"SELECT * FROM read_json({file}, format = 'newline_delimited', columns = {{{columns}}})"  # noqa: S608


def _cells(rows: str, table: Table) -> str:
    """Typed rows as the JSON lines write them: null is an empty cell, a list is joined by `;`."""
    cells = ", ".join(f'{_text(field)} AS "{field.name}"' for field in table.fields)
    return f"SELECT {cells} FROM {rows}"  # noqa: S608 - names of our own schema


def _text(field: Field) -> str:
    if field.type == "list":
        return f"array_to_string(\"{field.name}\", ';')"
    cell = f'CAST("{field.name}" AS VARCHAR)'
    return f"rtrim(rtrim({cell}, '0'), '.')" if field.type == "amount" else cell


def _quoted(path: Path) -> str:
    return "'{}'".format(str(path).replace("'", "''"))


def table_file(parquet: Path) -> str:
    """A Parquet file as a query names it."""
    return f"read_parquet({_quoted(parquet)})"


@contextmanager
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB, to ask for what stands in files."""
    with (
        TemporaryDirectory(prefix="qingdan-dataset-") as aside,
        duckdb.connect(":memory:", config={**_OPTIONS, "temp_directory": aside}) as asked,
    ):
        yield asked
