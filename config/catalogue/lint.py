"""What is wrong with the data beyond the form of a row: one place that gathers what every module finds."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple, Self, TypeVar

from config import packs
from config import policy as policy_file
from config import reading as reading_files
from config.catalogue import changes, lint_names, loader
from config.catalogue.model import Catalogue
from config.policy import Policy
from config.reading import ReadingData
from config.tables import DATA, DataError
from config.yaml_lines import with_line

CATALOGUE: Final = "catalogue"
"""The folder of the catalogue's files beside the other data files."""
_TOLD: Final = re.compile(
    r"(?P<file>[^:,]+)(?:, line (?P<line>\d+))?: (?:(?P<field>[^\s'\"]+(?: [a-z]+)?): )?(?P<message>.*)",
    re.DOTALL,
)
_Read = TypeVar("_Read")


class Problem(NamedTuple):
    """One thing that is wrong; line 0: the file as a whole."""

    file: str
    line: int
    field: str
    message: str

    @classmethod
    def of(cls, told: str) -> Self:
        """The parts of a problem as the modules tell it: `FILE, line N: FIELD: what to do`."""
        found = _TOLD.fullmatch(told)
        if found is None:
            return cls("", 0, "", told)
        return cls(found["file"], int(found["line"] or 0), found["field"] or "", found["message"])


def check(folder: Path = DATA) -> list[str]:
    """All that is wrong with the data files in `folder`, which is laid out like config/.

    Where rows do not fit their schema, the problems are those of all files, and nothing further is said until
    they are mended.
    """
    refused: list[str] = []

    def attempt(load: Callable[[Path], _Read], place: Path) -> _Read | None:
        try:
            return load(place)
        except DataError as error:
            refused.extend(error.problems)
            return None

    catalogue = attempt(loader.load, folder / CATALOGUE)
    data = attempt(reading_files.load, folder)
    policy = attempt(policy_file.load, folder)
    if catalogue is None or data is None or policy is None:
        return refused
    return [_placed(folder, problem) for problem in problems(catalogue, data, policy)]


def problems(catalogue: Catalogue, data: ReadingData, policy: Policy) -> list[str]:
    """Each problem as one line that names the file, the row and the field; empty when there is none."""
    families = frozenset(family.id for family in data.occupations.families)
    return [
        *changes.problems(catalogue),
        *lint_names.problems(catalogue, data),
        *_contexts(catalogue, data, families),
        *_curation(catalogue),
        *packs.problems(data.packs, policy.bases),
        *policy_file.problems(policy, frozenset(catalogue.qualifications), families),
    ]


def _placed(folder: Path, problem: str) -> str:
    placed = with_line(folder, problem)
    return placed if placed != problem else with_line(folder / CATALOGUE, problem)


def _contexts(catalogue: Catalogue, data: ReadingData, families: frozenset[str]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for number, rule in enumerate(data.contexts.contexts):
        place = f"contexts.yaml: contexts.{number}"
        if rule.id in seen:
            yield f"{place}.id: {rule.id!r} is the id of rule {seen[rule.id]} as well"
        seen.setdefault(rule.id, number)
        if rule.qualification not in catalogue.qualifications:
            yield f"{place}.qualification: {rule.qualification!r} is no id of qualifications.tsv"
        for family in sorted(set(rule.occupations) - families):
            yield f"{place}.occupations: {family!r} is no family of occupations.yaml"
        if not rule.occupations and not rule.nearby:
            yield f"{place}.nearby: neither occupations nor nearby are given: the rule would always fit"


def _curation(catalogue: Catalogue) -> Iterator[str]:
    known = {
        "qualifications.tsv": set(catalogue.qualifications),
        "aliases.tsv": set(catalogue.aliases),
        "ambiguous.tsv": set(catalogue.ambiguous),
        "editions.yaml": {edition.id for edition in catalogue.editions},
    } | {edition.row.items: {item.ref for item in edition.items} for edition in catalogue.editions}
    for row in catalogue.curation:
        file, _, key = row.subject.partition(":")
        if file in known and key and key not in known[file]:
            yield row.problem("subject", f"{file} has no row {key!r}")
        for each in row.candidates:
            if each not in catalogue.qualifications:
                yield row.problem("candidates", f"{each!r} is no id of qualifications.tsv")
