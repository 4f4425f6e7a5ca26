"""What goes with the tables of a version so that people and programs understand them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePath
from typing import Any, Final

from reports.dataset import blocks
from reports.dataset.dictionary import dictionary_csv
from reports.dataset.lines import WrittenFile, write_text, written
from reports.dataset.manifest import DATED, write_manifest
from reports.dataset.metadata.about import About, json_text
from reports.dataset.metadata.citation import citation
from reports.dataset.metadata.croissant import MEDIA, croissant
from reports.dataset.metadata.datacite import datacite
from reports.dataset.metadata.datapackage import datapackage
from reports.dataset.metadata.licence import licence
from reports.dataset.metadata.notes import card, method

DICTIONARY: Final = "data-dictionary.csv"
CODES: Final = "codes.csv"
_NO_DATA: Final = (DICTIONARY, blocks.NAME)
"""Tables that programs need not know of."""


def explain(folder: Path, codes: str) -> list[Path]:
    """Write into `folder` what is the same whatever the version is called and whenever it is published.

    Args:
        folder: that of the version.
        codes: what its codes mean (`codebook.codes_csv`).
    """
    texts = {DICTIONARY: dictionary_csv(), CODES: codes, "LICENSE.txt": licence(), **dict(method())}
    return [write_text(folder, name, text) for name, text in texts.items()]


def describe(folder: Path, version: About) -> list[Path]:
    """Write into `folder` the descriptions that name `version` and date it."""
    texts = {
        "datapackage.json": json_text(datapackage(version)),
        "croissant.json": json_text(croissant(version)),
        "datacite.json": json_text(datacite(version)),
        "CITATION.cff": citation(version),
        **dict(card(version)),
    }
    return [write_text(folder, name, text) for name, text in texts.items()]


def finish(folder: Path, files: Sequence[WrittenFile], version: About) -> dict[str, Any]:
    """Describe a version whose other `files` lie in `folder`; return its manifest, which is written last."""
    version = replace(version, files=list(_data(files)))
    return write_manifest(folder, [*files, *map(written, describe(folder, version))], version)


def redate(folder: Path, manifest: Mapping[str, Any], published: date) -> None:
    """Describe a version anew with the day of its release; `folder` holds its files that are not dated.

    Args:
        folder: where they lie, and the descriptions are written.
        manifest: that of the draft.
        published: day of the release.
    """
    files = [WrittenFile(**file) for file in manifest["files"] if file["name"] not in DATED]
    version = About(
        name=manifest["version"],
        files=(),
        as_of=date.fromisoformat(manifest["as_of"]),
        published=published,
        landing=manifest["address"],
    )
    finish(folder, files, version)


def _data(files: Sequence[WrittenFile]) -> Iterator[WrittenFile]:
    for file in sorted(files, key=lambda file: file.name):
        if PurePath(file.name).suffix in MEDIA and file.name not in _NO_DATA:
            yield file
