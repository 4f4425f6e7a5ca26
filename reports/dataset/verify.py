"""Checking a version that lies on disk: hashes, schema, leaks, and that its files agree with each other."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reports.dataset import blocks
from reports.dataset.fields import Table
from reports.dataset.formats import differences
from reports.dataset.lines import read_lines, sha256
from reports.dataset.manifest import NAME, content_hash, naming, read_manifest
from reports.dataset.schema import TABLES, VERSION


def problems(version: Path) -> Iterator[str]:
    """Everything that is wrong with the version in folder `version`; nothing when it is as it was built."""
    try:
        manifest = read_manifest(version)
        files = {file["name"]: file for file in manifest["files"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield f"{NAME}: cannot be read: {error!r}"
        return
    present = {path.name for path in version.iterdir()} - {NAME}
    yield from (f"{name}: is missing" for name in sorted(files.keys() - present))
    yield from (f"{name}: is not in the manifest" for name in sorted(present - files.keys()))
    yield from (
        f"{name}: SHA-256 differs from the manifest"
        for name in sorted(present & files.keys())
        if sha256(version / name) != files[name]["sha256"]
    )
    if manifest["version"] != f"{manifest['as_of']}-{content_hash(naming(manifest))}":
        yield f"{NAME}: version {manifest['version']} does not follow from the files"
    if manifest["version"] != version.name:
        yield f"{NAME}: says version {manifest['version']}, the folder is {version.name}"
    if manifest["schema_version"] == VERSION:
        for table in TABLES:
            yield from _table_problems(version, table, files)
        yield from differences(version, TABLES)
        if blocks.NAME in files.keys() & present:
            yield from _block_problems(version)


def _table_problems(version: Path, table: Table, files: dict[str, Any]) -> Iterator[str]:
    name = f"{table.name}.jsonl"
    count = 0
    try:
        for _ in read_lines(version / name, table):
            count += 1
    except (OSError, ValueError, TypeError) as error:
        yield f"{name}:{count + 1}: {error}"
        return
    if name in files and files[name]["rows"] != count:
        yield f"{name}: has {count} rows, the manifest says {files[name]['rows']}"


def _block_problems(version: Path) -> Iterator[str]:
    try:
        told = (version / blocks.NAME).read_text("utf-8")
        if told != blocks.blocks_text(version, TABLES):
            yield f"{blocks.NAME}: does not follow from the JSON lines"
    except (OSError, ValueError) as error:
        yield f"{blocks.NAME}: cannot be compared: {error}"
