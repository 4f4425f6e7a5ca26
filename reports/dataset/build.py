"""Building a version of the dataset: all or nothing, and never a second time for the same content.

What is built is a draft, for people to look at: `release` (reports/dataset/versions.py) makes it public.
"""

import filecmp
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from config.catalogue.model import Catalogue
from config.policy import Basis
from config.weeks import Week
from reports.dataset import rows
from reports.dataset.blocks import write_blocks
from reports.dataset.codebook import codes_csv
from reports.dataset.describe import explain, finish
from reports.dataset.fields import DatasetRow, Table
from reports.dataset.folders import READ_ONLY, Folders, only_one
from reports.dataset.formats import DERIVED, derive
from reports.dataset.lines import write_lines, written
from reports.dataset.manifest import NAME, naming, row_counts, version_name
from reports.dataset.metadata.about import About
from reports.dataset.quality import Accepted, judge
from reports.dataset.schema import ADS, CLUES, FINDINGS, QUALIFICATIONS, TABLES
from reports.dataset.versions import due
from reports.dataset.weekly import WeeklyCounts
from reports.dataset.weekly_schema import WEEKLY, WEEKLY_OCCUPATIONS, WEEKLY_SOURCES
from reports.dataset.workbook import write_workbook
from store import release
from store.dataset_decisions import release_day


class NothingToPublish(Exception):  # noqa: N818 - reads as what is the matter
    """No ad has been read yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a version is made from."""

    session: Session
    """One snapshot of the store (`store.database.snapshot`)."""
    catalogue: Catalogue
    occupations: Mapping[str, str]
    """Ids of the families of posts, with their names."""
    texts: Mapping[str, Basis]
    """The legal texts that a clue may rest on, by id."""
    key: bytes
    """That of the pseudonyms."""
    landing: str = ""
    """Address of the page about the dataset; empty where it has none."""
    named: bool = False
    """May employers of confirmed clues in closed cases be named?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    version: str
    folder: Path
    new: bool
    """False when exactly this was built or released before."""
    rows: dict[str, int]
    """Rows of each table."""


def build(source: Source, folders: Folders, *, accepted: Accepted = "") -> Draft:
    """Write what the store says now as a draft.

    Raises:
        NothingToPublish: the store holds no ad.
        RowError: a row does not fit the schema or holds a contact.
        QualityError: the whole is not what a version should be (`quality.judge`, also on `accepted`).
    """
    with only_one(folders):
        folders.clear_interrupted()
        draft = folders.drafts / "draft.tmp"
        draft.mkdir(parents=True)
        try:
            manifest = _write(source, draft)
            judge(draft, folders.latest(), accepted)
            return _keep(folders, draft, manifest)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


class _AsOf:
    """Passes rows of ads on, and remembers the newest day among them."""

    def __init__(self) -> None:
        self.day = ""

    def watch(self, found: Iterator[DatasetRow]) -> Iterator[DatasetRow]:
        for row in found:
            self.day = max(self.day, str(row["first_seen"]))
            yield row


def _write(source: Source, draft: Path) -> dict[str, Any]:
    as_of, counts = _AsOf(), {}
    for table, found in _tables(source, as_of):
        counts[table.name] = write_lines(draft, table, found)
        if not as_of.day:
            raise NothingToPublish(
                "no ad has been read yet; run `qingdan ingest` or `qingdan crawl`, then `qingdan run`"
            )
    derive(draft, TABLES)
    files = [
        written(draft / f"{table.name}.{ending}", counts[table.name])
        for table in TABLES
        for ending in ("jsonl", *DERIVED)
    ]
    files.append(written(write_blocks(draft, TABLES)))
    files.append(written(write_workbook(draft, TABLES, counts, as_of.day)))
    files += map(written, explain(draft, codes_csv(source.occupations, source.texts)))
    return finish(draft, files, _about(source, version_name(as_of.day, files), as_of.day))


def _about(source: Source, name: str, as_of: str) -> About:
    """A version is dated by its release, once a person has decided that; before, by the day it is due."""
    day = date.fromisoformat(as_of)
    published = release_day(source.session, name) or due(day)
    return About(name=name, files=(), as_of=day, published=published, landing=source.landing)


def _tables(source: Source, as_of: _AsOf) -> Iterator[tuple[Table, Iterator[DatasetRow]]]:
    """Each table with its rows, the ads first: the counts are added up while the others go by."""
    weekly = WeeklyCounts()
    yield ADS, as_of.watch(_ads(source, weekly))
    yield CLUES, _clues(source, weekly)
    yield FINDINGS, (rows.finding_row(each, source.key) for each in release.findings(source.session))
    # Runs of weeks of which no ad is told would say how the newest week goes on.
    until = Week.with_day(date.fromisoformat(as_of.day)).end
    for run in release.runs(source.session, until):
        weekly.add_run(*rows.seen_in(run))
    yield WEEKLY, weekly.by_place()
    yield WEEKLY_OCCUPATIONS, weekly.by_occupation(source.occupations)
    yield WEEKLY_SOURCES, weekly.by_source()
    yield QUALIFICATIONS, rows.qualification_rows(source.catalogue)


def _ads(source: Source, weekly: WeeklyCounts) -> Iterator[DatasetRow]:
    for ad in release.ads(source.session):
        row = rows.ad_row(ad, source.key)
        weekly.add_ad(row)
        yield row


def _clues(source: Source, weekly: WeeklyCounts) -> Iterator[DatasetRow]:
    for clue in release.clues(source.session):
        row = rows.clue_row(clue, source.key, named=source.named)
        weekly.add_clue(row)
        yield row


def _keep(folders: Folders, draft: Path, manifest: dict[str, Any]) -> Draft:
    """Rename the draft to its version; one that is there and says the same stays as it is."""
    version = str(manifest["version"])
    known = folders.find(version)
    intact = known is not None and _same(draft, known, manifest)
    target = known if known and intact else folders.drafts / version
    if not intact:
        if target.exists():  # somebody changed it since it was built
            shutil.rmtree(target)
        for file in draft.iterdir():
            file.chmod(READ_ONLY)
        draft.rename(target)
    return Draft(version=version, folder=target, new=not intact, rows=row_counts(manifest))


def _same(draft: Path, known: Path, manifest: Mapping[str, Any]) -> bool:
    """Does a version say what the draft says, down to the bytes of the files that it is named by?"""
    names = {str(file["name"]) for file in manifest["files"]}
    if {file.name for file in known.iterdir()} != {*names, NAME}:
        return False
    released = known.parent != draft.parent
    # The descriptions of a released version stay as they were, whatever later programs would write.
    compared = {str(file["name"]) for file in naming(manifest)} if released else {*names, NAME}
    return all(filecmp.cmp(draft / name, known / name, shallow=False) for name in compared)
