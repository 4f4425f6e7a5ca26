"""The manifest of a version: every file with size, rows and SHA-256, and the name of the version.

The name follows from the data, the method note, the dictionary and the licence. The descriptions that give
the name and the day of publication, `DATED`, are written once both are known, and again for the release.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from reports.dataset.lines import WrittenFile, write_text
from reports.dataset.metadata.about import LICENCE, About
from reports.dataset.schema import VERSION

NAME: Final = "manifest.json"
DATED: Final = frozenset(
    (
        *("README.md", "README.zh-CN.md", "CITATION.cff"),
        *("datapackage.json", "croissant.json", "datacite.json"),
    )
)


def write_manifest(folder: Path, files: Iterable[WrittenFile], version: About) -> dict[str, Any]:
    """Write `manifest.json` over all `files` of `version`, and return it."""
    manifest = {
        "address": version.landing,
        "as_of": version.as_of.isoformat(),
        "files": _listed(files),
        "licence": LICENCE,
        "published": version.published.isoformat(),
        "schema_version": VERSION,
        "version": version.name,
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


def version_name(as_of: str, files: Iterable[WrittenFile]) -> str:
    """The day of the newest ad, and a hash over the `files` that do not depend on the name."""
    return f"{as_of}-{content_hash(_listed(files))}"


def naming(manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The files from which the name of a version follows.

    Versions that were built before the day of publication stood in the manifest are named by all their files.
    """
    return [file for file in manifest["files"] if "published" not in manifest or file["name"] not in DATED]


def content_hash(files: Iterable[Mapping[str, Any]]) -> str:
    """12 hexadecimal digits over the names and hashes of `files`, which must be sorted by name."""
    lines = "".join(f"{file['sha256']}  {file['name']}\n" for file in files)
    return hashlib.sha256(lines.encode()).hexdigest()[:12]


def row_counts(manifest: Mapping[str, Any]) -> dict[str, int]:
    """Rows of each table."""
    tables = {file["name"]: file["rows"] for file in manifest["files"] if file["name"].endswith(".jsonl")}
    return {name.removesuffix(".jsonl"): rows for name, rows in tables.items()}


def _listed(files: Iterable[WrittenFile]) -> list[dict[str, Any]]:
    return sorted((asdict(file) for file in files), key=lambda file: str(file["name"]))
