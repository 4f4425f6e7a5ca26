"""Data files that people edit: TSV and YAML, read strictly, with errors that name file, line and field."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from config.yaml_lines import placed

DATA: Final = Path(__file__).resolve().parent
LONGEST_ROW: Final = 10_000
"""Characters. More is no row, but a file that lost its line breaks."""
_BREAK: Final = re.compile(r"\r\n|\r|\n")
_FIELD: Final = re.compile(r"[\w.-]+: ")


class DataError(ValueError):
    """A data file cannot be used; `problems` are all that is wrong, each with its file, line and field."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _of_the_calendar(day: str) -> str:
    if day:
        date.fromisoformat(day + "0000-01-01"[len(day) :])
    return day


PartialDate = Annotated[str, Field(pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?)?$"), AfterValidator(_of_the_calendar)]
"""YYYY, YYYY-MM or YYYY-MM-DD: a date as far as it is known; empty: not at all."""


class TableRow(BaseModel):
    """A row of a TSV file, which knows where it stands."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    file: str = Field(default="", exclude=True, repr=False)
    line: int = Field(default=0, exclude=True, repr=False)
    """Counted from 1, the header being line 1; 0 for a row that no file holds."""

    def problem(self, field: str, message: str) -> str:
        """What is wrong with one field of this row, as one line."""
        return f"{self.file}, line {self.line}: {field}: {message}"


Row = TypeVar("Row", bound=TableRow)
Document = TypeVar("Document", bound=BaseModel)


def digest(files: Iterable[Path]) -> str:
    """Twelve hexadecimal digits over the names and contents of `files`, in the order given."""
    hasher = hashlib.sha256()
    for path in files:
        hasher.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return hasher.hexdigest()[:12]


def together(**reads: Callable[[], Any]) -> dict[str, Any]:
    """What each of `reads` gives, by its name.

    Raises:
        DataError: with the problems of all that cannot be read, so that nobody mends one to meet the next.
    """
    given: dict[str, Any] = {}
    problems: list[str] = []
    for name, read in reads.items():
        try:
            given[name] = read()
        except DataError as error:
            problems.extend(error.problems)
    if problems:
        raise DataError(*problems)
    return given


def read_tsv(path: Path, model: type[Row]) -> tuple[Row, ...]:
    """The rows of a tab-separated file with a header line, each checked against `model`.

    Raises:
        DataError: the file is missing, not UTF-8, or rows do not fit; names file, line and field of each.
    """
    lines = _BREAK.split(_text(path))
    header = lines[0].lstrip("\ufeff").split("\t")
    problems = list(_header_problems(path.name, header, model))
    if problems:
        raise DataError(*problems)
    rows: list[Row] = []
    for number, line in enumerate(lines[1:], start=2):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != len(header):
            problems.append(f"{path.name}, line {number}: {len(cells)} cells, the header has {len(header)}")
            continue
        if len(line) > LONGEST_ROW:
            problems.append(f"{path.name}, line {number}: row: more than {LONGEST_ROW:,} characters")
            continue
        if not line.replace("\t", "").isprintable():
            problems.extend(f"{path.name}, line {number}: {each}" for each in _unseen(header, cells))
            continue
        try:
            rows.append(model(file=path.name, line=number, **dict(zip(header, cells, strict=True))))
        except ValidationError as error:
            problems.extend(f"{path.name}, line {number}: {each}" for each in _messages(error))
    if problems:
        raise DataError(*problems)
    return tuple(rows)


def _unseen(header: list[str], cells: list[str]) -> Iterator[str]:
    """The cells with characters that nobody sees, such as NUL, a zero-width or an ideographic blank."""
    for column, cell in zip(header, cells, strict=True):
        found = next((character for character in cell if not character.isprintable()), None)
        if found:
            yield f"{column}: U+{ord(found):04X} in {cell[:60]!r} is seen by nobody; leave it out"


def _header_problems(file: str, header: list[str], model: type[TableRow]) -> Iterator[str]:
    fields = set(model.model_fields) - set(TableRow.model_fields)
    columns = {model.model_fields[field].alias or field for field in fields}
    for name in header:
        if name not in columns or header.count(name) > 1:
            yield f"{file}, line 1: {name}: no such column, or twice"
    for name in sorted(columns - set(header)):
        yield f"{file}, line 1: {name}: the column is missing"


def read_yaml(path: Path, model: type[Document]) -> Document:
    """The one document of a YAML file, checked against `model`.

    Raises:
        DataError: it is missing, not UTF-8, no YAML, or does not fit; names file, line and dotted field.
    """
    text = _text(path)
    try:
        document: Any = yaml.load(text, Loader=_Loader)  # noqa: S506, TID251 - it is a safe one
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise DataError(f"{path.name}, line {line}: {error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise DataError(f"{path.name}: {str(error).splitlines()[0]}") from error
    try:
        return model.model_validate(document)
    except ValidationError as error:
        # The nodes, which know their lines, are built only now: it costs as much again.
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
        raise DataError(*(placed(root, path.name, each) for each in _messages(error))) from error


class _Loader(yaml.CSafeLoader):
    """The safe loader in C, ten times as fast, that takes no key twice and tells where a date is none."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"{key.value}: given twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)

    def construct_day(self, node: yaml.ScalarNode) -> object:
        try:
            return self.construct_yaml_timestamp(node)
        except ValueError as error:
            told = f"{node.value!r} is no date: {error}"
            raise yaml.MarkedYAMLError(problem=told, problem_mark=node.start_mark) from error


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_day)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise DataError(f"{path.name}, line {line}: not UTF-8: {error.reason}") from error
    except OSError as error:
        raise DataError(f"{path.name}: {error}") from error


def _messages(error: ValidationError) -> Iterator[str]:
    """Each error as `FIELD: what is wrong`."""
    for each in error.errors():
        told = str(each["ctx"]["error"]) if each["type"] == "value_error" else each["msg"]
        if each["type"] != "missing" and not isinstance(each["input"], dict):
            told += f" (got {str(each['input'])[:60]!r})"
        # What a model finds wrong with itself as a whole names the field in its own words.
        where = ".".join(map(str, each["loc"])) or ("" if _FIELD.match(told) else "row")
        yield f"{where}: {told}" if where else told
