"""Data files that people edit: TSV and YAML, read strictly, with errors that name file, row and field."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

Row = TypeVar("Row", bound=BaseModel)
DATA: Final = Path(__file__).resolve().parent
_BREAK: Final = re.compile(r"\r\n|\r|\n")


class DataError(ValueError):
    """A data file cannot be used; the message names the file, the row and the field."""


def read_tsv(path: Path, model: type[Row]) -> tuple[Row, ...]:
    """The rows of a tab-separated file with a header line, each checked against `model`.

    Raises:
        DataError: the file is missing, not UTF-8, or a row does not fit; names file, line and field.
    """
    rows = []
    for line, cells in _tsv_cells(path):
        try:
            rows.append(model.model_validate(cells))
        except ValidationError as error:
            raise DataError(f"{path.name}, line {line}: {_first(error)}") from error
    return tuple(rows)


def _tsv_cells(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    lines = _BREAK.split(_text(path))
    header = lines[0].lstrip("\ufeff").split("\t")
    for number, line in enumerate(lines[1:], start=2):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != len(header):
            raise DataError(f"{path.name}, line {number}: {len(cells)} cells, the header has {len(header)}")
        yield number, dict(zip(header, cells, strict=True))


def read_yaml(path: Path, model: type[Row]) -> Row:
    """The one document of a YAML file, checked against `model`.

    Raises:
        DataError: the file is missing, not UTF-8, no YAML, or does not fit; names file and field.
    """
    try:
        # The C loader is the safe one, ten times as fast.
        document: Any = yaml.load(_text(path), Loader=yaml.CSafeLoader)  # noqa: TID251
    except yaml.YAMLError as error:
        raise DataError(f"{path.name}: {error}") from error
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise DataError(f"{path.name}: {_first(error)}") from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path.name}: {error}") from error


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "row"
    return f"{where}: {first['msg']} (got {str(first.get('input'))[:60]!r})"
