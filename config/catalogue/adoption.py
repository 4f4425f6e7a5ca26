"""Takes what people decided about unknown names over into the catalogue's files, for a release to be checked.

An alias becomes a row of aliases.tsv; a name that wants a row of its own becomes a question of curation.tsv,
because what a paper is in law has to be found out first. Rows that are there stay as they are.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from config.catalogue import lint, loader
from config.catalogue.model import Catalogue, folded
from config.tables import DataError

_ALIASES: Final = "aliases.tsv"
_QUESTIONS: Final = "curation.tsv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What somebody decided about a name."""

    number: int
    """Of the decision."""
    name: str
    qualification: str
    """Id of the row that the name is an alias of; empty where it wants a row of its own."""
    on: date
    why: str


class Adopted(NamedTuple):
    """The rows that were added, by file."""

    aliases: tuple[str, ...]
    questions: tuple[str, ...]


def adopt(folder: Path, decided: Iterable[Decided]) -> Adopted:
    """Add to the data files in `folder`, which is laid out like config/, what they do not have yet.

    Raises:
        DataError: the linter finds something wrong, in old rows or new; the files are as they were.
    """
    place = folder / lint.CATALOGUE
    catalogue = loader.load(place)
    wanted = sorted(decided, key=lambda each: each.number)
    adopted = Adopted(tuple(dict.fromkeys(_aliases(catalogue, wanted))), tuple(_questions(catalogue, wanted)))
    files = {place / _ALIASES: adopted.aliases, place / _QUESTIONS: adopted.questions}
    kept = {path: path.read_bytes() for path in files}
    for path, rows in files.items():
        path.write_bytes(kept[path] + "".join(f"{row}\n" for row in rows).encode())
    if problems := lint.check(folder):
        for path, content in kept.items():
            path.write_bytes(content)
        raise DataError(*problems)
    return adopted


def _aliases(catalogue: Catalogue, decided: Iterable[Decided]) -> Iterator[str]:
    for each in decided:
        if each.qualification and catalogue.find(each.name) is None:
            use = "token" if each.name.isascii() else "name"
            yield f"{_cell(folded(each.name))}\t{each.qualification}\t{use}\tads"


def _questions(catalogue: Catalogue, decided: Iterable[Decided]) -> Iterator[str]:
    asked = {row.id for row in catalogue.curation}
    for each in decided:
        question_id = f"tray.{each.number}"
        if not each.qualification and catalogue.find(each.name) is None and question_id not in asked:
            told = (
                f"广告中写有“{_cell(each.name)}”，目录未收录。另立条目须查明其性质和依据：{_cell(each.why)}"
            )
            yield f"{question_id}\tqualifications.tsv\t{told}\t\t{each.on}\tads"


def _cell(text: str) -> str:
    """`text` as a cell holds it: in one line, without what nobody sees."""
    return "".join(char for char in " ".join(text.split()) if char.isprintable())
