"""Reads the catalogue's data files into a `Catalogue`, refusing whatever does not fit together."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from config import tables
from config.catalogue.model import (
    FIRST_DAY,
    Alias,
    Ambiguity,
    Catalogue,
    Change,
    Edition,
    EditionRow,
    HistoryRow,
    Item,
    Qualification,
    Question,
    Source,
    SubItem,
    Use,
    folded,
)
from config.catalogue.states import states
from config.catalogue.timelines import misdated, periods, timelines
from config.tables import DataError, Row, TableRow, read_tsv, read_yaml
from config.yaml_lines import with_line

FOLDER: Final = Path(__file__).resolve().parent
_Read = TypeVar("_Read")


class _Editions(BaseModel):
    model_config = ConfigDict(extra="forbid")
    editions: Annotated[list[EditionRow], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class _Tables:
    """Every file as it was read, its rows valid one by one."""

    qualifications: tuple[Qualification, ...]
    aliases: tuple[Alias, ...]
    editions: tuple[EditionRow, ...]
    items: dict[str, tuple[Item, ...]]
    changes: tuple[Change, ...]
    history: tuple[HistoryRow, ...]
    sub_items: tuple[SubItem, ...]
    sources: tuple[Source, ...]
    ambiguous: tuple[Ambiguity, ...]
    curation: tuple[Question, ...]


def load(folder: Path = FOLDER) -> Catalogue:
    """The catalogue in `folder`.

    Raises:
        DataError: rows do not fit their schema, or refer to something that is not there; names all of them.
    """
    tables = _read(folder)
    _refuse(_twice(tables), _unknown_ids(tables))
    editions = states(tables.editions, tables.items, tables.changes)
    _refuse(
        _listed_twice(editions), _outside_the_states(tables, editions), misdated(tables.history, editions)
    )
    return _catalogue(tables, editions, digest(folder))


@lru_cache(maxsize=1)
def shipped() -> Catalogue:
    """The catalogue that ships with the program, loaded once."""
    return load()


def digest(folder: Path = FOLDER) -> str:
    """Twelve hexadecimal digits over the contents of the data files in `folder`, in name order.

    Hidden files are none of them: editors put their locks and drafts there.
    """
    return tables.digest(path for path in sorted(folder.glob("[!.]*")) if path.suffix in {".tsv", ".yaml"})


def _refuse(*problems: Iterable[str]) -> None:
    found = [each for some in problems for each in some]
    if found:
        raise DataError(*found)


def _read(folder: Path) -> _Tables:
    """All files, so that the errors of all of them are told at once."""
    problems: list[str] = []

    def attempt(read: Callable[[], tuple[_Read, ...]]) -> tuple[_Read, ...]:
        try:
            return read()
        except DataError as error:
            problems.extend(error.problems)
            return ()

    def table(name: str, model: type[Row], *, optional: bool = False) -> tuple[Row, ...]:
        path = folder / name
        return () if optional and not path.exists() else attempt(lambda: read_tsv(path, model))

    editions = attempt(lambda: _edition_rows(folder))
    tables = _Tables(
        qualifications=table("qualifications.tsv", Qualification),
        aliases=table("aliases.tsv", Alias),
        editions=editions,
        items={row.items: table(row.items, Item) for row in editions if row.items},
        changes=table("changes.tsv", Change),
        history=table("history.tsv", HistoryRow),
        sub_items=table("sub-items.tsv", SubItem),
        sources=table("sources.tsv", Source),
        ambiguous=table("ambiguous.tsv", Ambiguity, optional=True),
        curation=table("curation.tsv", Question, optional=True),
    )
    _refuse(problems)
    return tables


def _edition_rows(folder: Path) -> tuple[EditionRow, ...]:
    path = folder / "editions.yaml"
    rows = tuple(read_yaml(path, _Editions).editions)
    wrong = [("from", 0, f"the first state must begin on {date.min}")] if rows[0].start != date.min else []
    for number, row in enumerate(rows):
        earlier = {each.id for each in rows[:number]}
        if row.id in earlier:
            wrong.append(("id", number, f"{row.id!r} appears twice"))
        if row.amends and (row.amends not in earlier or row.items):
            wrong.append(
                ("amends", number, f"{row.amends!r} is no earlier state, or items are given as well")
            )
        if number and row.start < FIRST_DAY:
            wrong.append(("from", number, f"{row.start} is before {FIRST_DAY}"))
        if number and row.start <= rows[number - 1].start:
            wrong.append(("from", number, f"{row.start} does not follow {rows[number - 1].start}"))
    told = (f"{path.name}: editions.{number}.{field}: {message}" for field, number, message in wrong)
    _refuse(with_line(folder, each) for each in told)
    return rows


def _twice(tables: _Tables) -> Iterator[str]:
    keyed: tuple[tuple[Iterable[TableRow], str], ...] = (
        (tables.qualifications, "id"), (tables.aliases, "alias"), (tables.sources, "id"),
        (tables.ambiguous, "alias"), (tables.curation, "id"),
        *((items, "ref") for items in tables.items.values()),
    )  # fmt: skip
    for rows, field in keyed:
        seen: dict[str, int] = {}
        for row in rows:
            key = getattr(row, field)
            if key in seen:
                yield row.problem(field, f"{key!r} appears twice, first in line {seen[key]}")
            seen[key] = row.line


def _unknown_ids(tables: _Tables) -> Iterator[str]:
    known = {row.id for row in tables.qualifications}
    named: list[tuple[TableRow, str, Iterable[str]]] = [
        *((row, "qualification", (row.qualification,)) for row in tables.aliases),
        *((row, "id", (row.id,)) for row in tables.history),
        *((row, "candidates", row.candidates) for row in tables.ambiguous),
        *((row, "qualifications", row.qualifications) for row in tables.changes),
        *((item, "qualifications", item.qualifications) for rows in tables.items.values() for item in rows),
    ]
    for row, field, ids in named:
        for each in ids:
            if each not in known:
                yield row.problem(field, f"{each!r} is no id")
    for row in tables.ambiguous:
        if row.default and row.default not in row.candidates:
            yield row.problem("default", f"{row.default!r} is not among the candidates")


def _listed_twice(editions: tuple[Edition, ...]) -> Iterator[str]:
    for edition in editions:
        for item in edition.items:
            for each in item.qualifications:
                if edition.listings[each] is not item:
                    yield item.problem("qualifications", f"{each!r} is listed by another item as well")


def _outside_the_states(tables: _Tables, editions: tuple[Edition, ...]) -> Iterator[str]:
    known = {edition.id: edition for edition in editions}
    for change in tables.changes:
        if change.state not in known:
            yield change.problem("state", f"{change.state!r} is no state of editions.yaml")
    for row in tables.sub_items:
        if row.edition not in known or known[row.edition].item(row.item) is None:
            yield row.problem("item", f"{row.edition!r} has no item {row.item!r}")


def _catalogue(tables: _Tables, editions: tuple[Edition, ...], version: str) -> Catalogue:
    qualifications = {row.id: row for row in tables.qualifications}
    lives = timelines(tables.qualifications, editions, tables.history)
    return Catalogue(
        editions=editions,
        qualifications=qualifications,
        aliases=_with_names(tables.aliases, tables.qualifications),
        timelines=lives,
        histories={key: periods(life, qualifications[key]) for key, life in lives.items()},
        changes=tables.changes,
        records=tables.history,
        sub_items=tables.sub_items,
        ambiguous={row.alias: row for row in tables.ambiguous},
        curation=tables.curation,
        sources={row.id: row for row in tables.sources},
        version=version,
    )


def _with_names(aliases: Iterable[Alias], qualifications: Iterable[Qualification]) -> dict[str, Alias]:
    """The aliases, and the qualifications' own names where no alias claims them."""
    named = ((folded(row.name), row.id) for row in qualifications)
    names = {
        name: Alias(alias=name, qualification=qualification, use=_use_of(name), source=("memory",))
        for name, qualification in named
    }
    return {**names, **{row.alias: row for row in aliases}}


def _use_of(name: str) -> Use:
    return "name" if name.endswith(("证", "证书", "资格")) else "post"
