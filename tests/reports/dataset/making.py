"""Versions of the dataset made in tests."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

import duckdb
from sqlalchemy import Engine

from config.catalogue.loader import shipped
from config.catalogue.model import Catalogue
from config.policy import shipped as policy
from reports.dataset.build import Draft, Source, build
from reports.dataset.folders import Folders
from store.database import snapshot

KEY: Final = b"k" * 32
LATER: Final = date(2026, 12, 31)
"""A day on which every version may be released."""
OCCUPATIONS: Final = {"accounting": "会计、财务", "cook": "厨师"}
TEXTS: Final = {"P1": policy().bases["catalogue-notice-2017"]}
FEW: Final = ("P01", "old:会计从业资格")


def small_catalogue() -> Catalogue:
    """The shipped catalogue, with few qualifications."""
    known = shipped()
    return replace(known, qualifications={id_: known.qualifications[id_] for id_ in FEW})


def built(
    engine: Engine, folder: Path, *, accepted: str = "", landing: str = "", named: bool = False
) -> Draft:
    with snapshot(engine) as session:
        source = Source(
            session=session,
            catalogue=small_catalogue(),
            occupations=OCCUPATIONS,
            texts=TEXTS,
            key=KEY,
            landing=landing,
            named=named,
        )
        return build(source, Folders(folder), accepted=accepted)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def json_rows(version: Path, table: str) -> list[dict[str, Any]]:
    lines = (version / f"{table}.jsonl").read_text("utf-8").split("\n")
    return [json.loads(line) for line in lines if line]


def readable(file: Path) -> str:
    """All words of a file of any format."""
    if file.suffix == ".parquet":
        return str(ask(f"FROM '{file}'"))
    if file.suffix == ".xlsx":
        with ZipFile(file) as archive:
            return "\n".join(archive.read(name).decode() for name in archive.namelist())
    return file.read_text("utf-8")


def ask(query: str) -> list[tuple[Any, ...]]:
    """What DuckDB answers, as researchers ask it."""
    with duckdb.connect() as asked:
        return asked.execute(query).fetchall()
