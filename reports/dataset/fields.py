"""What a field of the open dataset is, and whether a row fits its table."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from reports.dataset.leaks import leak

EXCERPT: Final = 300
"""Most characters that any text field holds."""

Value = str | int | bool | list[str] | None
DatasetRow = Mapping[str, Value]
Key = tuple[str, ...]
Type = Literal[
    "id", "code", "date", "week", "division", "integer", "amount", "boolean", "enum", "text", "list"
]  # fmt: skip
Privacy = Literal["fact", "pseudonym", "excerpt", "aggregate"]

PRIVACY: Final[Mapping[Privacy, str]] = {
    "fact": "about the ad or the rules; says nothing about a person",
    "pseudonym": "stands for an employer or a posting; not to be turned back without a key that stays secret",
    "excerpt": "words of the ad: contacts masked, the employer's name taken out, leak-tested at every build",
    "aggregate": "a count; between 1 and 4, and where it would tell one that is, it is left empty",
}

_PATTERNS: Final[Mapping[Type, re.Pattern[str]]] = {
    "id": re.compile(r"[0-9a-f]{32}"),
    "code": re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+-]{0,199}"),
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "week": re.compile(r"[0-9]{4}-W(0[1-9]|[1-4][0-9]|5[0-3])"),
    "division": re.compile(r"[0-9]{6}"),
    "amount": re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?"),
}
_KINDS: Final[Mapping[Type, type]] = {"integer": int, "boolean": bool, "list": list}
"""What a value of a type is in Python; all others are text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    name: str
    type: Type
    en: str
    zh: str
    example: Value
    privacy: Privacy = "fact"
    values: tuple[str, ...] = ()
    """All values there are, for an `enum`."""
    nullable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    name: str
    en: str
    zh: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]

    @property
    def header(self) -> list[str]:
        return [field.name for field in self.fields]

    def key_of(self, row: DatasetRow) -> Key:
        """What tells `row` from all others, and orders the table; null is empty here."""
        return tuple("" if row[name] is None else str(row[name]) for name in self.key)


def pattern_of(kind: Type) -> str:
    """The regular expression that a value of this type matches as a whole; empty where there is none."""
    pattern = _PATTERNS.get(kind)
    return pattern.pattern if pattern else ""


class RowError(ValueError):
    """A row does not fit the schema; the message names table, row and field, and never a leaked value."""


def check_row(table: Table, row: DatasetRow) -> None:
    """Accept `row`, or name what is wrong with it.

    Raises:
        RowError: fields are missing or unknown, a value does not fit, or text looks like a contact.
    """
    if list(row) != table.header:
        different = sorted(set(row) ^ set(table.header)) or "their order"
        raise RowError(f"{table.name}: fields differ from the schema: {different}")
    for field in table.fields:
        if problem := problem_with(field, row[field.name]):
            raise RowError(f"{table.name}: row {'/'.join(table.key_of(row))}: field {field.name}: {problem}")


def check_rows(table: Table, rows: Sequence[DatasetRow]) -> None:
    """Accept `rows`, or name what is wrong with the first that does not fit, as `check_row` does.

    Of each column, values that stand in it several times are looked at once. Only where one does not fit are
    the rows gone through one by one.
    """
    if not _fit(table, rows):
        for row in rows:
            check_row(table, row)


def _fit(table: Table, rows: Sequence[DatasetRow]) -> bool:
    if {tuple(row) for row in rows} - {tuple(table.header)}:
        return False
    columns = zip(*(row.values() for row in rows), strict=True)
    return all(_column_fits(field, values) for field, values in zip(table.fields, columns, strict=False))


def _column_fits(field: Field, values: Sequence[Value]) -> bool:
    # True is 1 in a set, so that the types are looked at apart.
    if not set(map(type, values)) <= {_KINDS.get(field.type, str), type(None)}:
        return False
    if field.type == "list":
        different: Iterable[Value] = map(list, {tuple(value) for value in values if isinstance(value, list)})
        return (field.nullable or None not in values) and not any(problem_with(field, v) for v in different)
    return not any(problem_with(field, value) for value in set(values))


def problem_with(field: Field, value: Value) -> str:
    """What keeps `value` out of `field`; empty when nothing does."""
    if value is None:
        return "" if field.nullable else "is missing"
    if field.type == "integer":
        fits = isinstance(value, int) and not isinstance(value, bool) and value >= 0
        return "" if fits else f"{value!r} is no count"
    if field.type == "boolean":
        return "" if isinstance(value, bool) else f"{value!r} is neither true nor false"
    if field.type == "list":
        # An empty list would look like null in the CSV.
        parts = (isinstance(value, list) and value) or [""]
        return next((p for part in parts if (p := _text_problem(field, part))), "")
    return _text_problem(field, value)


def _text_problem(field: Field, value: Value) -> str:
    if not isinstance(value, str) or not value:
        return "is no text" if not isinstance(value, str) else "is empty; use null"
    if field.type == "enum":
        return "" if value in field.values else f"{value!r} is none of {', '.join(field.values)}"
    if pattern := _PATTERNS.get(field.type):
        fits = pattern.fullmatch(value) and (field.type != "date" or _is_date(value))
        return "" if fits else f"{value!r} is no {field.type}"
    if len(value) > EXCERPT:
        return f"has {len(value)} characters, more than {EXCERPT}"
    # The value itself is kept out of the message: messages end up in logs.
    return f"looks like it holds {found}" if (found := leak(value)) else ""


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
