"""Releasing a draft: the step by which a person makes a version of the dataset public.

The public folder is brought there in an order that may be interrupted anywhere: whoever releases the same
version again goes on. `latest` is the last to change.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from reports.dataset.delta import write_delta
from reports.dataset.describe import redate
from reports.dataset.folders import READ_ONLY, Folders, only_one
from reports.dataset.lines import sha256
from reports.dataset.manifest import DATED, NAME, read_manifest, row_counts
from reports.dataset.quality import judge
from reports.dataset.schema import TABLES, VERSION
from reports.dataset.site import write_site
from reports.dataset.verify import problems

WAIT: Final = timedelta(days=7)
"""After the report of a version's newest week, so that corrections land first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """Reasons for which a person does without a condition; empty: it has to be met."""

    early: str = ""
    """Why a version need not wait for its day."""
    accepted: str = ""
    """Why a break in continuity is taken (`quality.judge`)."""


NONE: Final = Waiver()


class ReleaseError(Exception):
    """A version cannot be released; the message says why, and nothing public has changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    version: str
    folder: Path
    new: bool
    """False when it was public already."""


def due(as_of: date) -> date:
    """The first day on which a version with the newest day `as_of` may be released.

    The report of a week is issued on the Monday after it.
    """
    return as_of + timedelta(days=7 - as_of.weekday()) + WAIT


def release(
    folders: Folders,
    version: str,
    today: date,
    waiver: Waiver = NONE,
    *,
    note: Callable[[], None] = lambda: None,
) -> Released:
    """Make a draft public, dated by the day of its release.

    Args:
        folders: where versions lie.
        version: name of the draft.
        today: the day in China.
        waiver: what a person does without.
        note: puts the decision on record, once nothing speaks against it and before anything is public.

    Raises:
        ReleaseError: there is no such draft, it was changed since it was built, it is not due, or it is
            older than what is public.
        QualityError: something else was released since it was built, with which it breaks.
    """
    with only_one(folders):
        folders.clear_interrupted()
        target = folders.versions / version
        if version in {each["version"] for each in index(folders)}:
            _show(folders)  # it may have been interrupted just before
            return Released(version=version, folder=target, new=False)
        folder = folders.find(version)
        if folder is None:
            raise ReleaseError(f"there is no version {version}")
        manifest = read_manifest(folder)
        _refuse(folders, folder, manifest, None if waiver.early else today)
        before = folders.latest()
        judge(folder, before, waiver.accepted)
        note()
        _date(folder, target, today)
        _tell(folders, target, before, today)
        _show(folders)
        return Released(version=version, folder=target, new=True)


def index(folders: Folders) -> list[dict[str, Any]]:
    """What `versions.json` lists: the released versions, the newest first."""
    file = folders.public / "versions.json"
    return list(json.loads(file.read_text("utf-8"))["versions"]) if file.exists() else []


def listed_otherwise(folders: Folders, version: Path) -> Iterator[str]:
    """What `versions.json` says of a released version and is not so: that its manifest has another hash."""
    for line in index(folders):
        if line["version"] == version.name and line["manifest_sha256"] != sha256(version / NAME):
            yield f"{NAME}: SHA-256 differs from versions.json"


def deltas(folders: Folders) -> list[dict[str, Any]]:
    """What `delta.json` lists: the steps from one version to the next, the newest first."""
    file = folders.public / "delta.json"
    return list(json.loads(file.read_text("utf-8"))["deltas"]) if file.exists() else []


def _refuse(folders: Folders, folder: Path, manifest: dict[str, Any], today: date | None) -> None:
    found = next(problems(folder), "")
    if found:
        raise ReleaseError(f"{folder.name} was changed since it was built: {found}; build it again")
    if "published" not in manifest or manifest["schema_version"] != VERSION:
        raise ReleaseError(f"{folder.name} was built by another version of the program; build it again")
    day = due(date.fromisoformat(manifest["as_of"]))
    if today and today < day:
        raise ReleaseError(f"{folder.name} is due on {day}, a week after the report of its newest week")
    before = folders.latest()
    if before and read_manifest(before)["as_of"] > manifest["as_of"]:
        raise ReleaseError(f"{folder.name} is older than {before.name}, which is public")


def _date(folder: Path, target: Path, published: date) -> None:
    """Put what a draft holds into its place, with the day of the release in its descriptions.

    The draft stays until all is public, so that the release can be repeated.
    """
    making = target.with_name(f"{target.name}.tmp")
    making.mkdir(parents=True)
    for file in folder.iterdir():
        if file.name not in {*DATED, NAME}:
            os.link(file, making / file.name)
    redate(making, read_manifest(folder), published)
    for file in making.iterdir():
        file.chmod(READ_ONLY)
    shutil.rmtree(target, ignore_errors=True)
    making.rename(target)


def _tell(folders: Folders, target: Path, before: Path | None, today: date) -> None:
    manifest = read_manifest(target)
    line = {
        "version": target.name,
        "as_of": manifest["as_of"],
        "released": today.isoformat(),
        "schema_version": manifest["schema_version"],
        "rows": row_counts(manifest),
        "path": f"{folders.versions.name}/{target.name}/",
        "manifest_sha256": sha256(target / NAME),
    }
    if before and before != target:
        known = [step for step in deltas(folders) if step["to"] != target.name]
        _replace(folders.public / "delta.json", {"deltas": [_delta(folders, before, target), *known]})
    _replace(folders.public / "versions.json", {"latest": target.name, "versions": [line, *index(folders)]})


def _show(folders: Folders) -> None:
    """Let the pages and `latest` lead to what `versions.json` calls the latest; its draft goes."""
    write_site(folders)
    version = index(folders)[0]["version"]
    folders.point(version)
    shutil.rmtree(folders.drafts / version, ignore_errors=True)


def _delta(folders: Folders, before: Path, target: Path) -> dict[str, Any]:
    """What changed, table by table; of versions with different schemas nothing can be said row by row."""
    step: dict[str, Any] = {"from": before.name, "to": target.name, "tables": None}
    if read_manifest(before)["schema_version"] != VERSION:
        return step
    draft, folder = folders.deltas / f"{target.name}.tmp", folders.deltas / target.name
    draft.mkdir(parents=True)
    step["tables"] = {}
    for table in TABLES:
        file, counts = write_delta(before, target, table, draft)
        step["tables"][table.name] = {
            "path": f"{folders.deltas.name}/{target.name}/{file.name}",
            "sha256": file.sha256,
            "bytes": file.bytes,
            "rows": dict(counts),
        }
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)
    return step


def _replace(file: Path, content: dict[str, Any]) -> None:
    draft = file.with_name(f".{file.name}.tmp")
    draft.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    draft.replace(file)
