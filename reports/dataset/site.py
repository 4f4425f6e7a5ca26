"""The pages of the dataset: what it is, what it shows, what to load, in plain HTML beside the versions.

They are made from the public folder alone and from its newest version, so that the same public state gives
the same bytes. They link to nothing but the files beside them, and work from a disk.
"""

import json
from pathlib import Path
from typing import Any, Final

from reports.dataset.codebook import CHANGES, EMPTY
from reports.dataset.folders import Folders
from reports.dataset.manifest import read_manifest
from reports.dataset.metadata import about
from reports.dataset.metadata.measured import measured
from reports.dataset.schema import TABLES
from reports.dataset.site_figures import pictures, preview
from reports.dataset.workbook import MOST_ROWS
from reports.templating import environment
from reports.weekly.figures import MINIMUM_ADS

PAGES: Final = ("index.html", "index.en.html")
PREVIEW: Final = 20
"""Rows shown of each table."""


def write_site(folders: Folders, *, most_rows: int = PREVIEW) -> None:
    """Write the pages into the public folder, each in one step.

    They tell of the version that `versions.json` calls the latest, to which `latest` need not lead yet, and
    show `most_rows` rows of each of its tables.

    Raises:
        OSError: there is no `versions.json`, or no such version.
    """
    said = _said(folders, most_rows)
    for name in PAGES:
        page = environment().get_template(f"dataset/{name}.j2").render(said)
        draft = folders.public / f".{name}.tmp"
        draft.write_text(page, encoding="utf-8", newline="\n")
        draft.replace(folders.public / name)


def _said(folders: Folders, most_rows: int) -> dict[str, Any]:
    versions = _listed(folders.public / "versions.json", "versions")
    steps = {step["to"]: step for step in _listed(folders.public / "delta.json", "deltas")}
    newest = folders.versions / versions[0]["version"]
    return {
        "about": about,
        "newest": versions[0],
        "manifest": read_manifest(newest),
        "history": [(version, steps.get(version["version"])) for version in versions],
        "signed": (folders.signatures / f"{newest.name}.sig").exists(),
        "changes": CHANGES,
        "empty": EMPTY,
        "tables": [(table, preview(newest, table, most_rows)) for table in TABLES],
        "pictures": pictures(newest),
        "measured": list(measured()),
        "most_rows": most_rows,
        "most_of_a_sheet": MOST_ROWS,
        "left_out": [table.name for table in TABLES if versions[0]["rows"].get(table.name, 0) > MOST_ROWS],
        "enough": MINIMUM_ADS,
    }


def _listed(file: Path, what: str) -> list[dict[str, Any]]:
    """What an index of the public folder lists, the newest first; one version alone has no step."""
    if what == "deltas" and not file.exists():
        return []
    return list(json.loads(file.read_text("utf-8"))[what])
