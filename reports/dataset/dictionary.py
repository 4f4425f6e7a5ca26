"""The data dictionary, generated from the schema: a CSV in every version, and a page in docs.

Run as a module, it prints the page: `python -m reports.dataset.dictionary > docs/data-dictionary.md`.
"""

import csv
import io
import sys
from collections.abc import Iterator
from typing import Final

from reports.dataset.codebook import CHANGES, EMPTY, unit
from reports.dataset.fields import PRIVACY, Field
from reports.dataset.lines import cell
from reports.dataset.schema import TABLES, VERSION

HEADER: Final = (
    "table", "field", "type", "nullable", "values", "privacy", "description_en", "description_zh",
    "unit_en", "unit_zh", "empty_en", "empty_zh", "example",
)  # fmt: skip


def dictionary_csv() -> str:
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(HEADER)
    lines.writerows(dictionary_rows())
    return text.getvalue()


def dictionary_rows() -> Iterator[list[str]]:
    """A line for each field of each table, as cells under `HEADER`."""
    for table in TABLES:
        for field in table.fields:
            yield [table.name, *_cells(field)]


def _cells(field: Field) -> list[str]:
    return [
        field.name,
        field.type,
        cell(field.nullable),
        ";".join(field.values),
        field.privacy,
        field.en,
        field.zh,
        *unit(field.name),
        *(EMPTY[field.name] if field.nullable else ("", "")),
        cell(field.example),
    ]


def dictionary_page() -> str:
    lines = [
        "# Data dictionary",
        "",
        f"Schema version {VERSION}. Generated from `reports/dataset/schema.py`; do not edit, run",
        "`.venv/bin/python -m reports.dataset.dictionary > docs/data-dictionary.md`.",
        "",
        "In CSV an empty cell is null, a list is joined by `;`, and booleans are `true` and `false`. What an",
        "empty cell means stands under *empty*; nought is written as 0. The meaning of each code, and the",
        "legal texts that `basis` names, stand in `codes.csv` of each version.",
    ]
    for table in TABLES:
        lines += ["", f"## `{table.name}`", "", f"{table.en}. {table.zh}。Key: {_code(*table.key)}.", ""]
        lines += ["| field | type | unit | empty | privacy | meaning | 含义 | example |", "| --- " * 8 + "|"]
        lines += [_line(field) for field in table.fields]
    lines += ["", "## Privacy classes", ""]
    lines += [f"- `{name}`: {meaning}" for name, meaning in PRIVACY.items()]
    lines += ["", "## Versions of the schema", ""]
    lines += [f"- {number}: {english}" for number, (english, _) in CHANGES.items()]
    return "\n".join(lines) + "\n"


def _line(field: Field) -> str:
    values = f": {_code(*field.values)}" if field.values else ""
    measured = unit(field.name)[0]
    empty = EMPTY[field.name][0] if field.nullable else ""
    example = _code(cell(field.example))
    meaning = f"{field.en}{values}"
    return (
        f"| `{field.name}` | {field.type} | {measured} | {empty} | {field.privacy} "
        f"| {meaning} | {field.zh} | {example} |"
    )


def _code(*words: str) -> str:
    return ", ".join(f"`{word}`" for word in words)


if __name__ == "__main__":
    sys.stdout.write(dictionary_page())
