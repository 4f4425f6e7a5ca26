"""The card of a version and the note on method, in English and Chinese."""

from collections.abc import Iterator
from typing import Final

from reports.dataset.codebook import CHANGES
from reports.dataset.metadata import about
from reports.dataset.metadata.about import About
from reports.dataset.metadata.measured import measured
from reports.dataset.schema import TABLES
from reports.templating import environment

CARD: Final = ("README.md", "README.zh-CN.md")
METHOD: Final = ("METHOD.md", "METHOD.zh-CN.md")


def card(version: About) -> Iterator[tuple[str, str]]:
    """Name and text of the card in each language."""
    for name in CARD:
        template = environment().get_template(f"dataset/{name}.j2")
        yield name, template.render(about=about, version=version, tables=TABLES, changes=CHANGES)


def method() -> Iterator[tuple[str, str]]:
    """Likewise of the note."""
    known = list(measured())
    for name in METHOD:
        yield name, environment().get_template(f"dataset/{name}.j2").render(about=about, measured=known)
