"""Reads the catalogue's data files into a `Catalogue`, refusing whatever does not fit together."""

import hashlib
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from config.catalogue.model import Alias, Catalogue, Edition, EditionRow, Item, Listing, Qualification, Use
from config.tables import DataError, read_tsv, read_yaml

FOLDER: Final = Path(__file__).resolve().parent


class _Editions(BaseModel):
    model_config = ConfigDict(extra="forbid")
    editions: list[EditionRow]


def load(folder: Path = FOLDER) -> Catalogue:
    """The catalogue in `folder`.

    Raises:
        DataError: a row does not fit its schema, or refers to something that is not there.
    """
    qualifications = _by_id(read_tsv(folder / "qualifications.tsv", Qualification))
    aliases = _by_alias(read_tsv(folder / "aliases.tsv", Alias), qualifications)
    rows = read_yaml(folder / "editions.yaml", _Editions).editions
    _check_order(rows)
    editions = tuple(_edition(row, folder, qualifications) for row in rows)
    return Catalogue(editions, qualifications, _with_names(aliases, qualifications), digest(folder))


@lru_cache(maxsize=1)
def shipped() -> Catalogue:
    """The catalogue that ships with the program, loaded once."""
    return load()


def digest(folder: Path = FOLDER) -> str:
    """Twelve hexadecimal digits over the contents of the data files in `folder`, in name order."""
    hasher = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.suffix in {".tsv", ".yaml"}:
            hasher.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return hasher.hexdigest()[:12]


def _by_id(rows: Iterable[Qualification]) -> dict[str, Qualification]:
    found: dict[str, Qualification] = {}
    for row in rows:
        if row.id in found:
            raise DataError(f"qualifications.tsv, {row.id}: id: appears twice")
        found[row.id] = row
    return found


def _by_alias(rows: Iterable[Alias], qualifications: dict[str, Qualification]) -> dict[str, Alias]:
    found: dict[str, Alias] = {}
    for row in rows:
        if row.qualification not in qualifications:
            raise DataError(f"aliases.tsv, {row.alias}: qualification: {row.qualification!r} is no id")
        if row.alias in found:
            raise DataError(f"aliases.tsv, {row.alias}: alias: appears twice")
        found[row.alias] = row
    return found


def _with_names(aliases: dict[str, Alias], qualifications: dict[str, Qualification]) -> dict[str, Alias]:
    """The aliases, and the qualifications' own names where no alias claims them."""
    names = {
        row.name: Alias(alias=row.name, qualification=row.id, use=_use_of(row.name), source="memory")
        for row in qualifications.values()
    }
    return {**names, **aliases}


def _use_of(name: str) -> Use:
    return "name" if name.endswith(("证", "证书", "资格")) else "post"


def _edition(row: EditionRow, folder: Path, qualifications: dict[str, Qualification]) -> Edition:
    items = read_tsv(folder / row.items, Item) if row.items else ()
    listings: dict[str, Listing] = {}
    for item in items:
        for entry in item.qualifications:
            name, _, leaves = entry.partition("@")
            if name not in qualifications:
                raise DataError(f"{row.items}, item {item.number}: qualifications: {name!r} is no id")
            listings[name] = Listing(item, _until(row, item, leaves))
    return Edition(row, items, listings)


def _until(row: EditionRow, item: Item, leaves: str) -> date | None:
    try:
        until = date.fromisoformat(leaves) if leaves else item.until
    except ValueError as error:
        raise DataError(f"{row.items}, item {item.number}: qualifications: {leaves!r} is no date") from error
    if until and until < row.start:
        raise DataError(f"{row.items}, item {item.number}: until: {until} is before the edition began")
    return until


def _check_order(rows: list[EditionRow]) -> None:
    starts = [row.start for row in rows]
    if not starts or starts[0] != date.min:
        raise DataError(f"editions.yaml: from: the first entry must begin on {date.min}")
    if starts != sorted(set(starts)):
        raise DataError("editions.yaml: from: editions must follow one another, oldest first")
