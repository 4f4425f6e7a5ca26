"""Mappings: which columns of a file give which field, where the words of config/columns.yaml are not enough.

Ready ones for the boards whose ads come as files are in crawlers/intake/mappings/, one YAML file each.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from config.tables import read_yaml
from crawlers.intake.headers import Headers, ordinary, synonyms
from crawlers.intake.rows import IntakeError

FOLDER: Final = Path(__file__).parent / "mappings"
_IN_BRACES: Final = re.compile(r"\{([^{}]+)\}")


def _listed(written: object) -> object:
    return [written] if isinstance(written, str) else written


_Name = Annotated[str, Field(min_length=1)]
_Names = Annotated[tuple[_Name, ...], BeforeValidator(_listed), Field(min_length=1)]


class ColumnMapping(BaseModel):
    """How the columns of one publisher's files are read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: _Name
    """Whose files these are, as people call it."""
    source: str = ""
    """Where the names of the columns are known from."""
    verified: bool = False
    """Was a file read with it that the publisher itself handed over?"""
    known_by: _Names
    """Columns that the file must have; together they belong to files of this kind alone."""
    fields: Mapping[str, _Names]
    """Field → its columns in order of preference, each a name, or a template with names in braces."""
    ignore: tuple[_Name, ...] = ()
    """Columns that say nothing we need; `hr*` stands for all that begin so."""
    markup: bool = False
    """Is the text HTML?"""
    alone: bool = False
    """Do fields that it does not name stay empty, instead of being found by their headers?"""

    @field_validator("fields")
    @classmethod
    def _known_fields(cls, fields: Mapping[str, _Names]) -> Mapping[str, _Names]:
        if strange := fields.keys() - synonyms().keys():
            raise ValueError(f"unknown field {min(strange)!r}; fields are {', '.join(synonyms())}")
        return fields

    def fits(self, headers: Collection[str]) -> bool:
        """Has a file with these columns all those that it is known by?"""
        return all(column in headers for column in self.known_by)

    def ignores(self, header: str) -> bool:
        return any(fnmatchcase(header, pattern) for pattern in self.ignore)

    def of(self, headers: tuple[str, ...]) -> Headers:
        """The columns and templates of each field, as far as `headers` has them."""
        named = {name: _present(self.fields.get(name, ()), headers) for name in synonyms()}
        if self.alone:
            return named
        others = ordinary(tuple(header for header in headers if not self.ignores(header)))
        return {name: columns or others[name] for name, columns in named.items()}


def _present(columns: Iterable[str], headers: Collection[str]) -> tuple[str, ...]:
    return tuple(each for each in columns if all(name in headers for name in columns_in(each)))


def is_template(column: str) -> bool:
    """Does it name columns in braces, instead of being the name of one?"""
    return "{" in column and _IN_BRACES.search(column) is not None


def columns_in(column: str) -> tuple[str, ...]:
    """The columns that a template names; of any other name, that one."""
    return tuple(_IN_BRACES.findall(column)) if is_template(column) else (column,)


def filled(template: str, cells: Mapping[str, str]) -> str:
    """The template with what `cells` say; empty where one of them says nothing."""
    if not all(cells[name].strip() for name in columns_in(template)):
        return ""
    return _IN_BRACES.sub(lambda found: cells[found[1]].strip(), template)


@lru_cache(maxsize=1)
def ready_mappings() -> Mapping[str, ColumnMapping]:
    """The ready mappings, by the names of their files.

    Raises:
        DataError: a file is not as expected; names file, line and field.
    """
    return {file.stem: read_yaml(file, ColumnMapping) for file in sorted(FOLDER.glob("*.yaml"))}


def recognised(headers: Collection[str]) -> ColumnMapping | None:
    """The ready mapping for a file with these columns; None where none fits."""
    return next((each for each in ready_mappings().values() if each.fits(headers)), None)


def mapping_named(written: str) -> ColumnMapping:
    """The ready mapping of that name, else the one in the file at that path.

    Raises:
        IntakeError: neither; or what `read_mapping` raises.
    """
    ready = ready_mappings()
    if written in ready:
        return ready[written]
    if not Path(written).is_file():
        raise IntakeError(f"{written}: no such mapping file, and none of {', '.join(ready)}")
    return read_mapping(Path(written))


def read_mapping(file: Path) -> ColumnMapping:
    """A person's mapping file: YAML, each field with the name of its column or a list of names.

    Raises:
        IntakeError: not readable, not of that form, or an unknown field; names file and field.
    """
    try:
        written = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise IntakeError(f"{file}: unreadable mapping: {error}") from error
    if not isinstance(written, dict):
        raise IntakeError(f"{file}: a mapping has lines such as `text: 职位描述`")
    mapping: dict[str, tuple[str, ...]] = {}
    for name, columns in written.items():
        if name not in synonyms():
            raise IntakeError(f"{file}: unknown field {name!r}; fields are {', '.join(synonyms())}")
        listed = columns if isinstance(columns, list) else [columns]
        if not listed or not all(isinstance(column, str) and column for column in listed):
            raise IntakeError(f"{file}: {name}: a column name or a list of column names is expected")
        mapping[name] = tuple(listed)
    if "text" not in mapping:
        raise IntakeError(f"{file}: no column is given for `text`, the ad's wording")
    named = (column for columns in mapping.values() for each in columns for column in columns_in(each))
    return ColumnMapping(name=file.name, known_by=tuple(dict.fromkeys(named)), fields=mapping, alone=True)
