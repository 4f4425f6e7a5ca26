"""The Excel edition: a workbook with a sheet of typed cells for each table, and one that explains them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final

from reports.dataset.dictionary import HEADER, dictionary_rows
from reports.dataset.fields import Field, Table, Type
from reports.dataset.fields import Value as Told
from reports.dataset.lines import cell
from reports.workbook import Column, Sheet, Value, workbook

NAME: Final = "qingdan.xlsx"
MOST_ROWS: Final = 50_000
"""Of a sheet, below its header; of a table with more there is no sheet, since a part would mislead.

Excel takes 1,048,576, but nobody reads them, and they take minutes to write and to open.
"""

_WIDTHS: Final[Mapping[Type, int]] = {"id": 34, "code": 20, "text": 24, "list": 16}
_WIDTH: Final = 12


def write_workbook(folder: Path, tables: Sequence[Table], rows: Mapping[str, int], as_of: str) -> Path:
    """Write the tables of `folder`, read from their JSON lines, as `qingdan.xlsx`.

    Args:
        folder: folder of the version.
        tables: in the order of the sheets.
        rows: number of rows of each.
        as_of: the version's day, which stands as the time of making: the same rows give the same bytes.
    """
    sheets = [
        Sheet(
            name="dictionary",
            columns=[Column(title, _WIDTHS["text"]) for title in HEADER],
            rows=dictionary_rows(),
        ),
        *(_sheet(folder, table, rows[table.name]) for table in tables),
    ]
    made = datetime.fromisoformat(as_of)
    note = f"清单开放数据集 · 数据截至 {as_of}"
    file = folder / NAME
    file.write_bytes(workbook(sheets, title="清单开放数据集", note=note, created=made))
    return file


def _sheet(folder: Path, table: Table, rows: int) -> Sheet:
    if rows > MOST_ROWS:
        note = f"共 {rows:,} 行，本表未列入工作簿，请使用 {table.name}.parquet 或 .csv"
        return Sheet(name=table.name, columns=[Column("说明", 60)], rows=[[note]])
    columns = [Column(field.name, _WIDTHS.get(field.type, _WIDTH)) for field in table.fields]
    return Sheet(name=table.name, columns=columns, rows=_rows(folder / f"{table.name}.jsonl", table.fields))


def _rows(lines: Path, fields: Sequence[Field]) -> Iterator[list[Value]]:
    with lines.open(encoding="utf-8", newline="\n") as rows:
        for line in rows:
            row = json.loads(line)
            yield [_typed(field, row[field.name]) for field in fields]


def _typed(field: Field, value: Told) -> Value:
    if value is None:
        return None
    if field.type == "integer" and isinstance(value, int):
        return value
    if field.type == "amount":
        return float(cell(value))
    return date.fromisoformat(cell(value)) if field.type == "date" else cell(value)
