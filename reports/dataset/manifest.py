"""The manifest of a version: every file with size, rows and SHA-256, and the name that follows from them."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from reports.dataset.lines import WrittenFile, write_text
from reports.dataset.schema import VERSION

NAME: Final = "manifest.json"
LICENCE: Final = "CC-BY-4.0"


def write_manifest(folder: Path, files: Iterable[WrittenFile], as_of: str) -> dict[str, Any]:
    """Write `manifest.json` and return it; the version is named by the day of the newest ad and a hash."""
    listed = sorted((asdict(file) for file in files), key=lambda file: str(file["name"]))
    manifest = {
        "as_of": as_of,
        "files": listed,
        "licence": LICENCE,
        "schema_version": VERSION,
        "version": f"{as_of}-{content_hash(listed)}",
    }
    write_text(folder, NAME, json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n")
    return manifest


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of the version in `folder`.

    Raises:
        OSError, ValueError: there is none that can be read.
    """
    manifest = json.loads((folder / NAME).read_text("utf-8"))
    if (
        not isinstance(manifest, dict)
        or not {"version", "as_of", "files", "schema_version"} <= manifest.keys()
    ):
        raise ValueError("is no manifest of this dataset")
    return manifest


def content_hash(files: Iterable[Mapping[str, Any]]) -> str:
    """12 hexadecimal digits over the names and hashes of `files`, which must be sorted by name."""
    lines = "".join(f"{file['sha256']}  {file['name']}\n" for file in files)
    return hashlib.sha256(lines.encode()).hexdigest()[:12]


def row_counts(manifest: Mapping[str, Any]) -> dict[str, int]:
    """Rows of each table."""
    tables = {file["name"]: file["rows"] for file in manifest["files"] if file["name"].endswith(".jsonl")}
    return {name.removesuffix(".jsonl"): rows for name, rows in tables.items()}
