"""All that a reading rests on, bound together under one version."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, Self

from config import policy as policy_file
from config import reading as reading_files
from config.catalogue import lint, loader
from config.catalogue.model import Catalogue
from config.policy import Policy
from config.reading import ReadingData
from config.tables import DATA, DataError
from nlp.lexicon import Lexicon

READING_VERSION: Final = 12
"""Raised whenever the reading code changes what it says about some ad."""

CATALOGUE: Final = "catalogue"
"""The folder of the catalogue's files beside the other data files."""
_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Rules:
    """Catalogue, words and policy; immutable, so that a reader keeps the version it started with."""

    catalogue: Catalogue
    data: ReadingData
    policy: Policy
    lexicon: Lexicon
    version: str
    """Hash over all data files and the version of the reading code."""

    @classmethod
    def load(cls, folder: Path = DATA) -> Self:
        """The rules in `folder`, which is laid out like config/ (docs/releases.md).

        Files that change while they are read are read again, so that the version is that of what was read.

        Raises:
            DataError: a file cannot be used, or the files keep changing.
        """
        # A folder that is switched by a link is followed once: all files then come from the same release.
        folder = folder.resolve()
        for _ in range(_TRIES):
            before = digest(folder)
            try:
                rules = cls._read(folder, before)
            except DataError:
                if digest(folder) == before:
                    raise
                continue
            if digest(folder) == before:
                return rules
        raise DataError(f"{folder}: the files keep changing while they are read")

    @classmethod
    def _read(cls, folder: Path, version: str) -> Self:
        unfinished = [problem for path in data_files(folder) for problem in _unfinished(path)]
        if unfinished:
            raise DataError(*unfinished)
        catalogue = loader.load(folder / CATALOGUE)
        data = reading_files.load(folder)
        policy = policy_file.load(folder)
        return cls(catalogue, data, policy, Lexicon(data.lexicon, catalogue), version)

    @property
    def catalogue_version(self) -> str:
        return self.catalogue.version

    @property
    def policy_version(self) -> str:
        return self.policy.version

    def problems(self) -> list[str]:
        """What the linter finds, one line each; empty for rules that may be used."""
        return lint.problems(self.catalogue, self.data, self.policy)


def data_files(folder: Path) -> Iterator[Path]:
    """The data files of `folder`, hidden ones left out: editors put their locks and drafts there."""
    for place, suffixes in ((folder, (".yaml",)), (folder / CATALOGUE, (".tsv", ".yaml"))):
        for path in sorted(place.glob("[!.]*")):
            if path.suffix in suffixes:
                yield path


def digest(folder: Path) -> str:
    """The version of the rules in `folder`: twelve hexadecimal digits, told without reading them as rules.

    Raises:
        DataError: a file is missing or cannot be read.
    """
    try:
        parts = (
            str(READING_VERSION),
            loader.digest(folder / CATALOGUE),
            reading_files.digest(folder),
            policy_file.digest(folder),
        )
    except OSError as error:
        raise DataError(f"{error.filename}: {error.strerror}") from error
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:12]


def _unfinished(path: Path) -> Iterator[str]:
    # A file that is saved in part mostly ends in the middle of a line, which may look like a whole row.
    content = path.read_bytes()
    if not content.endswith(b"\n"):
        line = content.count(b"\n") + 1
        yield f"{path.name}, line {line}: no line break at the end: the file may be saved in part"


@lru_cache(maxsize=1)
def shipped_rules() -> Rules:
    """The rules that ship with the program, bound together once."""
    return Rules.load()
