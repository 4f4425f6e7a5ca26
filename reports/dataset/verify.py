"""Checking a version that lies on disk: hashes, schema, leaks, and that its files agree with each other."""

import hashlib
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reports.dataset.build import MANIFEST, content_hash
from reports.dataset.fields import DatasetRow, RowError, Table, check_row
from reports.dataset.schema import TABLES, VERSION
from reports.dataset.writers import cell, json_line, read_cells


def problems(version: Path) -> Iterator[str]:
    """Everything that is wrong with the version in folder `version`; nothing when it is as it was built."""
    try:
        manifest = json.loads((version / MANIFEST).read_text("utf-8"))
        files = {file["name"]: file for file in manifest["files"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield f"{MANIFEST}: cannot be read: {error!r}"
        return
    present = {path.name for path in version.iterdir()} - {MANIFEST}
    yield from (f"{name}: is missing" for name in sorted(files.keys() - present))
    yield from (f"{name}: is not in the manifest" for name in sorted(present - files.keys()))
    yield from (
        f"{name}: SHA-256 differs from the manifest"
        for name in sorted(present & files.keys())
        if sha256(version / name) != files[name]["sha256"]
    )
    if manifest["version"] != f"{manifest['as_of']}-{content_hash(manifest['files'])}":
        yield f"{MANIFEST}: version {manifest['version']} does not follow from the files"
    if manifest["version"] != version.name:
        yield f"{MANIFEST}: says version {manifest['version']}, the folder is {version.name}"
    if manifest["schema_version"] == VERSION:
        for table in TABLES:
            yield from _table_problems(version, table, files)


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _table_problems(version: Path, table: Table, files: dict[str, Any]) -> Iterator[str]:
    name = f"{table.name}.jsonl"
    count = 0
    try:
        pairs = itertools.zip_longest(_json_rows(version / name), read_cells(version / f"{table.name}.csv"))
        for count, (row, cells) in enumerate(pairs, start=1):
            if row is None or cells is None:
                yield f"{name}:{count}: this file and {table.name}.csv differ in length"
                return
            check_row(table, row)
            if {field: cell(value) for field, value in row.items()} != cells:
                yield f"{name}:{count}: differs from the same row of {table.name}.csv"
    except (OSError, ValueError, AttributeError) as error:
        yield f"{name}:{count + 1}: {error}"
        return
    if name in files and files[name]["rows"] != count:
        yield f"{name}: has {count} rows, the manifest says {files[name]['rows']}"


def _json_rows(path: Path) -> Iterator[DatasetRow]:
    with path.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            row = json.loads(line)
            if json_line(row) != line:
                raise RowError("is not written the way this dataset writes JSON")
            yield row
