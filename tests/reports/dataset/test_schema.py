import csv
import io
import re
from collections.abc import Callable
from functools import partial
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.packs import PACKS
from config.policy import shipped as policy
from config.reading import load as load_reading
from config.settings import ROOT
from config.terms import Employment
from reports.dataset.codebook import CHANGES, CODEBOOK, CODES, EMPTY, codes_csv, unit
from reports.dataset.dictionary import dictionary_csv, dictionary_page
from reports.dataset.fields import (
    DatasetRow,
    Field,
    RowError,
    Table,
    Value,
    check_row,
    check_rows,
    problem_with,
)
from reports.dataset.schema import ADS, CLUES, TABLES, VERSION
from reports.dataset.weekly_schema import WEEKLY

EXAMPLES = {table.name: {field.name: field.example for field in table.fields} for table in TABLES}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_examples_are_a_valid_row(table: Table) -> None:
    check_row(table, EXAMPLES[table.name])


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_names_are_unique_and_the_key_is_among_them(table: Table) -> None:
    assert len(set(table.header)) == len(table.header)
    assert set(table.key) <= set(table.header)
    for field in table.fields:
        assert re.fullmatch(r"[a-z][a-z_]*", field.name)
        assert field.en
        assert field.zh
        assert bool(field.values) == (field.type == "enum")


def test_every_field_that_may_be_empty_says_what_that_means_and_every_number_its_unit() -> None:
    fields = [field for table in (*TABLES, CODEBOOK) for field in table.fields]
    assert EMPTY.keys() == {field.name for field in fields if field.nullable}
    numbers = {field.name for field in fields if field.type in ("integer", "amount")}
    assert all(all(unit(name)) for name in numbers)
    assert not any(any(unit(field.name)) for field in fields if field.name not in numbers)


def test_every_code_has_a_meaning() -> None:
    listed = {field.name: field.values for table in TABLES for field in table.fields if field.values}
    listed["verdict"] = ADS.fields[ADS.header.index("verdict")].values
    listed |= {"employment": get_args(Employment), "pack": PACKS}
    assert {name: set(codes) for name, codes in CODES.items()} == {
        name: set(values) for name, values in listed.items()
    }
    assert all(all(words) for codes in CODES.values() for words in codes.values())


def test_every_version_of_the_schema_says_what_it_brought() -> None:
    assert list(CHANGES) == list(range(2, VERSION + 1))


def test_codes_and_legal_texts_stand_in_a_file() -> None:
    texts = {"P1": policy().bases["catalogue-notice-2017"]}
    lines = list(csv.DictReader(io.StringIO(codes_csv({"cook": "厨师"}, texts), newline="")))
    told = {(line["field"], line["value"]): (line["meaning_en"], line["meaning_zh"]) for line in lines}
    assert len(told) == len(lines)
    assert told["kind", "delisted"] == ("vocational qualification that was cancelled", "已取消的职业资格")
    assert told["occupation", "cook"] == ("", "厨师")
    assert told["basis", "P1"][1].endswith("（人社部发〔2017〕68号）（2017-09）")


def test_all_codes_and_legal_texts_that_we_ship_fit_their_table() -> None:
    assert codes_csv(load_reading().occupations.names, policy().bases)
    with pytest.raises(RowError, match=r"codes: row occupation/cook: field meaning_zh: .* a mobile number"):
        codes_csv({"cook": "打13812345678"}, {})


BAD: tuple[tuple[str, Value, str], ...] = (
    ("clue", "0A" * 16, "no id"),
    ("clue", None, "is missing"),
    ("first_seen", "2026-02-30", "no date"),
    ("first_seen", "2026-2-3", "no date"),
    ("week", "2026-W54", "no week"),
    ("division", "1101", "no division"),
    ("division", "１１０１０５", "no division"),
    ("severity", "purple", "is none of"),
    ("clause", "", "is empty; use null"),
    ("clause", "x" * 301, "301 characters"),
    ("clause", 3, "is no text"),
    ("rule", "a b", "no code"),
    ("basis", "P1", "is empty"),
    ("basis", [], "is empty; use null"),
    ("basis", ["P1", "打13812345678"], "a mobile number"),
)


@pytest.mark.parametrize(("name", "value", "problem"), BAD)
def test_a_value_that_does_not_fit_is_named(name: str, value: Value, problem: str) -> None:
    with pytest.raises(RowError, match=f"clues: row .*: field {name}: .*{problem}"):
        check_row(CLUES, EXAMPLES["clues"] | {name: value})


@pytest.mark.parametrize(
    ("table", "name", "value"),
    [(ADS, "mentions", -1), (ADS, "mentions", True), (ADS, "mentions", "1"), (WEEKLY, "suppressed", 1)],
)
def test_a_count_or_flag_that_is_none_is_named(table: Table, name: str, value: Value) -> None:
    with pytest.raises(RowError, match=f"{table.name}: row .*: field {name}: "):
        check_row(table, EXAMPLES[table.name] | {name: value})


def test_missing_unknown_and_disordered_fields_are_named() -> None:
    row = EXAMPLES["clues"]
    with pytest.raises(RowError, match="'extra'"):
        check_row(CLUES, row | {"extra": 1})
    with pytest.raises(RowError, match="'rule'"):
        check_row(CLUES, {name: value for name, value in row.items() if name != "rule"})
    with pytest.raises(RowError, match="order"):
        check_row(CLUES, dict(reversed(row.items())))


STRANGE = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 2), st.just(1.0), st.text(max_size=3),
    st.sampled_from(("a" * 32, "2026-11-18", "打13812345678", "110105")),
    st.lists(st.sampled_from(("P1", "", "打13812345678")), max_size=2), st.just([3]),
)  # fmt: skip


def said(check: Callable[[], None]) -> str:
    try:
        check()
    except RowError as error:
        return str(error)
    return ""


@given(data=st.data())
def test_rows_together_are_refused_as_each_by_itself(data: st.DataObject) -> None:
    table = data.draw(st.sampled_from(TABLES))
    good: DatasetRow = EXAMPLES[table.name]
    change = st.dictionaries(st.sampled_from([*table.header, "extra"]), STRANGE, max_size=1)
    rows = [{**good, **changed} for changed in data.draw(st.lists(change, min_size=1, max_size=4))]
    alone = (problem for row in rows if (problem := said(partial(check_row, table, row))))
    assert said(partial(check_rows, table, rows)) == next(alone, "")


def test_a_null_is_for_nullable_fields_only() -> None:
    field = Field(name="x", type="text", en="x", zh="x", example="x", nullable=True)
    assert problem_with(field, None) == ""
    assert problem_with(field, "") != ""


def test_the_dictionary_explains_every_field() -> None:
    rows = list(csv.DictReader(io.StringIO(dictionary_csv(), newline="")))
    assert [(row["table"], row["field"]) for row in rows] == [
        (table.name, field.name) for table in TABLES for field in table.fields
    ]
    assert all(row["description_en"] and row["description_zh"] and row["privacy"] for row in rows)


def test_the_dictionary_page_is_up_to_date() -> None:
    page = (ROOT / "docs" / "data-dictionary.md").read_text("utf-8")
    assert page == dictionary_page(), (
        "run: .venv/bin/python -m reports.dataset.dictionary > docs/data-dictionary.md"
    )
