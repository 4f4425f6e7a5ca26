"""What goes with the tables of a version so that people and programs understand them."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from reports.dataset.dictionary import dictionary_csv
from reports.dataset.lines import WrittenFile, write_text
from reports.dataset.metadata.about import About, json_text
from reports.dataset.metadata.citation import citation
from reports.dataset.metadata.croissant import croissant
from reports.dataset.metadata.datacite import datacite
from reports.dataset.metadata.datapackage import datapackage
from reports.dataset.metadata.licence import licence
from reports.dataset.metadata.notes import notes
from reports.dataset.versions import due


def describe(folder: Path, tables: Sequence[WrittenFile], as_of: str, landing: str = "") -> list[Path]:
    """Write them into `folder`.

    Args:
        folder: folder of the version.
        tables: the files of data in it.
        as_of: day of the newest ad.
        landing: address of the page about the dataset; empty where it has none.
    """
    day = date.fromisoformat(as_of)
    version = About(files=tables, as_of=day, published=due(day), landing=landing)
    texts = {
        "data-dictionary.csv": dictionary_csv(),
        "datapackage.json": json_text(datapackage(version)),
        "croissant.json": json_text(croissant(version)),
        "datacite.json": json_text(datacite(version)),
        "CITATION.cff": citation(version),
        "LICENSE.txt": licence(),
        **dict(notes(version)),
    }
    return [write_text(folder, name, text) for name, text in texts.items()]
