"""Parquet, CSV and Excel as people's own tools read them."""

import csv
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Engine

from events.types import Pay, Terms
from reports.dataset import formats, workbook
from reports.dataset.dictionary import dictionary_rows
from reports.dataset.fields import Field, Table, Value
from reports.dataset.schema import TABLES
from reports.dataset.verify import problems
from tests.factory import checked_ad, finding, job_ad
from tests.recorded import add, violation
from tests.reports.dataset.making import ask, built, json_rows

AWKWARD = '须"持有",\r\n证;书'
DANGEROUS = ("=1+1", "+86", "-2", "@SUM(A1)", "\t=1", "＝1", " =1", '=HYPERLINK("x")', "NULL", "0123")


def typed(table: Table, cells: dict[str, str]) -> dict[str, Value]:
    """A row of the CSV, read the way the data dictionary says."""
    convert: dict[str, Callable[[str], Value]] = {
        "integer": int,
        "boolean": lambda text: {"true": True, "false": False}[text],
        "list": lambda text: text.split(";"),
    }
    types = {field.name: field.type for field in table.fields}
    return {name: convert.get(types[name], str)(text) if text else None for name, text in cells.items()}


@pytest.fixture
def version(engine: Engine, tmp_path: Path) -> Path:
    pay = Terms(pay=Pay(low=800_000, high=1_200_050, currency="CNY", per="month"))
    add(
        engine,
        violation(1, said={"quote": "证;书", "text": AWKWARD}),
        violation(30, said={"basis": ()}),
        *(violation(number, division="440305", source="b,1") for number in range(2, 9)),
        *(violation(number, division="330106") for number in range(20, 25)),
        checked_ad(job_ad(9, terms=pay), findings=(finding(AWKWARD, basis=()),)),
    )
    return built(engine, tmp_path / "dataset").folder


def test_all_files_of_a_version_agree_where_cells_are_awkward(version: Path) -> None:
    assert list(problems(version)) == []
    assert [row["basis"] for row in json_rows(version, "clues") if row["basis"] != ["P1"]] == [None]


def test_csv_says_the_same_as_the_json_lines(version: Path) -> None:
    for table in TABLES:
        with (version / f"{table.name}.csv").open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            rows = [typed(table, row) for row in reader]
        assert reader.fieldnames == table.header
        assert rows == json_rows(version, table.name)
    assert AWKWARD in [row["clause"] for row in json_rows(version, "clues")]


def plain(value: Any) -> Value:
    """A typed value as the JSON lines write it."""
    if isinstance(value, date):
        return value.isoformat()
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def test_parquet_says_the_same_and_its_columns_have_types(version: Path) -> None:
    for table in TABLES:
        file = version / f"{table.name}.parquet"
        assert [name for name, *_ in ask(f"DESCRIBE FROM '{file}'")] == table.header
        rows = [dict(zip(table.header, map(plain, row), strict=True)) for row in ask(f"FROM '{file}'")]
        assert rows == json_rows(version, table.name)
    types = {name: kind for name, kind, *_ in ask(f"DESCRIBE FROM '{version / 'ads.parquet'}'")}
    assert (types["mentions"], types["first_seen"], types["salary_high"]) == (
        "BIGINT", "DATE", "DECIMAL(11,2)",
    )  # fmt: skip
    query = f"SELECT DISTINCT compression FROM parquet_metadata('{version / 'ads.parquet'}')"
    assert ask(query) == [("ZSTD",)]


def test_the_workbook_says_the_same_in_typed_cells(version: Path) -> None:
    book = openpyxl.load_workbook(version / workbook.NAME)
    assert book.sheetnames == ["dictionary", *(table.name for table in TABLES)]
    assert book["dictionary"].max_row == 1 + len(list(dictionary_rows()))
    for table in TABLES:
        header, *rows = book[table.name].iter_rows(values_only=True)
        assert list(header) == table.header
        assert len(rows) == len(json_rows(version, table.name))
        assert book[table.name].freeze_panes in {"A2", "B2"}
    assert book["ads"].freeze_panes == "B2", "it takes several pages across"
    cells = {title: row for title, *row in book["ads"].iter_cols(values_only=True)}
    assert 8000 in cells["salary_low"]
    assert 12000.5 in cells["salary_high"]
    assert {type(value).__name__ for value in cells["first_seen"]} == {"datetime"}
    assert {type(value).__name__ for value in cells["mentions"]} == {"int"}
    clauses = {title: row for title, *row in book["clues"].iter_cols(values_only=True)}["clause"]
    assert AWKWARD.replace("\r", "[U+000D]") in clauses, "in a workbook, what cannot be seen is written out"


def test_no_cell_of_the_workbook_is_a_formula_or_a_link(engine: Engine, tmp_path: Path) -> None:
    add(
        engine,
        *(
            violation(number, said={"quote": "证", "text": f"{start}证", "name": f"{start}名"})
            for number, start in enumerate(DANGEROUS)
        ),
    )
    folder = built(engine, tmp_path / "dataset").folder
    sheet = openpyxl.load_workbook(folder / workbook.NAME)["clues"]
    texts = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.value is not None]
    assert {cell.data_type for cell in texts} == {"s", "d"}
    assert {f"{start}证" for start in DANGEROUS} <= {str(cell.value) for cell in texts}
    assert not [cell for cell in texts if cell.hyperlink]


def test_a_table_too_long_for_a_sheet_is_named_and_left_out(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)
    add(engine, *(violation(number) for number in range(3)))
    folder = built(engine, tmp_path / "dataset").folder
    book = openpyxl.load_workbook(folder / workbook.NAME)
    assert list(book["ads"].iter_rows(values_only=True)) == [
        ("说明",),
        ("共 3 行，本表未列入工作簿，请使用 ads.parquet 或 .csv",),
    ]
    assert book["weekly"].max_row == 2


NUMBERS = Table(
    name="numbers",
    en="Rows enough for several groups",
    zh="",
    key=("id",),
    fields=(
        Field(name="id", type="code", example="1", en="", zh=""),
        Field(name="half", type="integer", example=1, nullable=True, en="", zh=""),
    ),
)


def numbers(folder: Path, count: int) -> Path:
    folder.mkdir()
    with (folder / "numbers.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(
            f'{{"id":"n{number:06}","half":{"null" if number % 2 else number // 2}}}\n'
            for number in range(count)
        )
    return folder


@pytest.mark.parametrize("count", [41_500, 123_500])
def test_many_rows_keep_their_order_and_give_the_same_bytes_by_any_number_of_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    made = []
    for name, threads in (("one", "1"), ("two", "2"), ("again", "2"), ("five", "5")):
        monkeypatch.setitem(formats._OPTIONS, "threads", threads)
        folder = numbers(tmp_path / name, count)
        formats.derive(folder, [NUMBERS])
        made.append([(folder / f"numbers.{ending}").read_bytes() for ending in formats.DERIVED])
    assert all(files == made[0] for files in made)
    ids = [id_ for (id_,) in ask(f"SELECT id FROM '{tmp_path / 'five' / 'numbers.parquet'}'")]
    assert ids == [f"n{number:06}" for number in range(count)]
    groups = ask(
        f"SELECT DISTINCT row_group_id FROM parquet_metadata('{tmp_path / 'one' / 'numbers.parquet'}')"
    )
    assert len(groups) == -(-count // 40_960)


def test_the_first_row_that_differs_is_named_also_behind_many(tmp_path: Path) -> None:
    folder = numbers(tmp_path / "version", 42_000)
    formats.derive(folder, [NUMBERS])
    assert list(formats.differences(folder, [NUMBERS])) == []
    text = folder / "numbers.csv"
    text.write_text(text.read_text("utf-8").replace("n041000,20500", "n041000,7").replace("n041500", "m"))
    lines = folder / "numbers.jsonl"
    lines.write_text(lines.read_text("utf-8") + '{"id":"n042000","half":21000}\n')
    assert list(formats.differences(folder, [NUMBERS])) == [
        "numbers.parquet: row 42001 differs from line 42001 of numbers.jsonl",
        "numbers.csv: row 41001 differs from line 41001 of numbers.jsonl",
    ]
