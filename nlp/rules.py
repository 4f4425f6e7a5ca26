"""All that a reading rests on, bound together under one version."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Self

from config import policy as policy_file
from config import reading as reading_files
from config.catalogue import loader
from config.catalogue.model import Catalogue
from config.policy import Policy
from config.reading import ReadingData
from nlp.lexicon import Lexicon

READING_VERSION: Final = 2
"""Raised whenever the reading code changes what it says about some ad."""


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
    def shipped(cls) -> Self:
        """The rules that ship with the program.

        Raises:
            DataError: a data file cannot be used.
        """
        return cls.of(loader.shipped(), reading_files.shipped(), policy_file.shipped())

    @classmethod
    def of(cls, catalogue: Catalogue, data: ReadingData, policy: Policy) -> Self:
        digests = (str(READING_VERSION), catalogue.version, reading_files.digest(), policy_file.digest())
        version = hashlib.sha256(" ".join(digests).encode()).hexdigest()[:12]
        return cls(catalogue, data, policy, Lexicon(data.lexicon, catalogue), version)


@lru_cache(maxsize=1)
def shipped_rules() -> Rules:
    """The rules that ship with the program, bound together once."""
    return Rules.shipped()
