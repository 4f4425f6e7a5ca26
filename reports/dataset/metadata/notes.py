"""The card of a version and its note on method, in English and Chinese."""

from collections.abc import Iterator
from typing import Final

from reports.dataset.metadata import about
from reports.dataset.metadata.about import About
from reports.dataset.metadata.measured import measured
from reports.dataset.schema import TABLES
from reports.templating import environment

NAMES: Final = ("README.md", "README.zh-CN.md", "METHOD.md", "METHOD.zh-CN.md")


def notes(version: About) -> Iterator[tuple[str, str]]:
    """Name and text of each."""
    known = list(measured())
    for name in NAMES:
        template = environment().get_template(f"dataset/{name}.j2")
        yield name, template.render(about=about, version=version, tables=TABLES, measured=known)
