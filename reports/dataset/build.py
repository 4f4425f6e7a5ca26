"""Building a version of the dataset: all or nothing, and never a second time for the same content.

`folder/versions/<id>/` never changes once it is there; `folder/latest` is a link to the newest one.
"""

import fcntl
import filecmp
import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Row
from sqlalchemy.orm import Session

from reports.dataset import rows
from reports.dataset.dictionary import dictionary_csv
from reports.dataset.fields import DatasetRow
from reports.dataset.schema import ADS, CLUES, FINDINGS, VERSION, WEEKLY
from reports.dataset.writers import WrittenFile, write_table, write_text
from store import release

MANIFEST: Final = "manifest.json"
LICENCE: Final = "CC-BY-4.0"
NOTES: Final = Path(__file__).parent / "notes"
_READ_ONLY: Final = 0o444


class NothingToPublish(Exception):  # noqa: N818 - reads as what is the matter
    """No ad has been read yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    version: str
    folder: Path
    new: bool
    """False when `latest` already had exactly this content."""
    rows: dict[str, int]
    """Rows of each table."""


def build(session: Session, folder: Path, key: bytes) -> Release:
    """Write what the store says now as a version under `folder`, and point `latest` at it.

    Args:
        session: one snapshot of the store (`store.database.snapshot`).
        folder: the dataset's folder.
        key: key of the pseudonyms.

    Raises:
        NothingToPublish: the store holds no ad.
        RowError: a row does not fit the schema or holds a contact; `latest` stays as it was.
    """
    versions = folder / "versions"
    versions.mkdir(parents=True, exist_ok=True)
    with _only_builder(folder):
        _clear_interrupted(versions)
        draft = versions / "draft.tmp"
        draft.mkdir()
        try:
            manifest = _write(session, draft, key)
            return _publish(folder, draft, manifest)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def latest(folder: Path) -> Path | None:
    """The folder of the newest version; None before the first build."""
    link = folder / "latest"
    return link.resolve() if link.is_symlink() else None


@contextmanager
def _only_builder(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _clear_interrupted(versions: Path) -> None:
    for left in versions.glob("*.tmp"):
        shutil.rmtree(left)


class _AsOf:
    """Passes rows of ads on, and remembers the newest day among them."""

    def __init__(self) -> None:
        self.day = ""

    def watch(self, found: Iterator[DatasetRow]) -> Iterator[DatasetRow]:
        for row in found:
            self.day = max(self.day, str(row["first_seen"]))
            yield row


def _write(session: Session, draft: Path, key: bytes) -> dict[str, Any]:
    weekly, as_of = rows.WeeklyCounts(), _AsOf()
    ads = as_of.watch(_ads(release.ads(session), key, weekly))
    files = write_table(draft, ADS, ads)
    if not as_of.day:
        raise NothingToPublish(
            "no ad has been read yet; run `qingdan ingest` or `qingdan crawl`, then `qingdan run`"
        )
    files += write_table(draft, CLUES, _clues(release.clues(session), key, weekly))
    found = (rows.finding_row(each, key) for each in release.findings(session))
    files += write_table(draft, FINDINGS, found)
    files += write_table(draft, WEEKLY, weekly.rows())
    files.append(write_text(draft, "data-dictionary.csv", dictionary_csv()))
    files += [write_text(draft, note.name, note.read_text("utf-8")) for note in sorted(NOTES.iterdir())]
    manifest = manifest_of(files, as_of.day)
    write_text(draft, MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n")
    return manifest


def _ads(found: Iterator[Row[Any]], key: bytes, weekly: rows.WeeklyCounts) -> Iterator[DatasetRow]:
    for ad in found:
        row = rows.ad_row(ad, key)
        weekly.add_ad(row)
        yield row


def _clues(found: Iterator[Row[Any]], key: bytes, weekly: rows.WeeklyCounts) -> Iterator[DatasetRow]:
    for clue in found:
        row = rows.clue_row(clue, key)
        weekly.add_clue(row)
        yield row


def manifest_of(files: Sequence[WrittenFile], as_of: str) -> dict[str, Any]:
    """The manifest of a version; its id is the day of the newest ad and a hash over all files."""
    listed = sorted((asdict(file) for file in files), key=lambda file: str(file["name"]))
    return {
        "as_of": as_of,
        "files": listed,
        "licence": LICENCE,
        "schema_version": VERSION,
        "version": f"{as_of}-{content_hash(listed)}",
    }


def content_hash(files: Sequence[dict[str, Any]]) -> str:
    """12 hexadecimal digits over the names and hashes of `files`, which must be sorted by name."""
    lines = "".join(f"{file['sha256']}  {file['name']}\n" for file in files)
    return hashlib.sha256(lines.encode()).hexdigest()[:12]


def _publish(folder: Path, draft: Path, manifest: dict[str, Any]) -> Release:
    version = str(manifest["version"])
    target = folder / "versions" / version
    aside = target.with_name(f"{version}.tmp")
    intact = _same_files(draft, target)
    unchanged = latest(folder) == target.resolve() and intact
    if not intact:
        if target.exists():  # somebody changed it since it was built
            target.rename(aside)
        for file in draft.iterdir():
            file.chmod(_READ_ONLY)
        draft.rename(target)
        shutil.rmtree(aside, ignore_errors=True)
    if not unchanged:
        _point(folder, version)
    tables = {file["name"]: file["rows"] for file in manifest["files"] if file["name"].endswith(".jsonl")}
    counts = {name.removesuffix(".jsonl"): count for name, count in tables.items()}
    return Release(version=version, folder=target, new=not unchanged, rows=counts)


def _same_files(draft: Path, target: Path) -> bool:
    names = {file.name for file in draft.iterdir()}
    if not target.is_dir() or {file.name for file in target.iterdir()} != names:
        return False
    return all(filecmp.cmp(draft / name, target / name, shallow=False) for name in names)


def _point(folder: Path, version: str) -> None:
    # A link cannot be overwritten in place; renaming a new one over it leaves no moment without one.
    draft = folder / ".latest.tmp"
    draft.unlink(missing_ok=True)
    draft.symlink_to(Path("versions") / version)
    draft.replace(folder / "latest")
