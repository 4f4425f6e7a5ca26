"""The rules that a running process reads with: taken up from a folder between batches, or refused.

Whatever is wrong with changed files, the process keeps its last good rules and says so in its log and in the
table of releases, which `qingdan doctor` shows (docs/releases.md).
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

import structlog
from sqlalchemy import Engine

from config.catalogue.lint import check
from config.tables import DataError
from consumers.check import day_of_law
from consumers.loop import Conduct
from events.types import JobAd, Reading
from nlp.reader import Reader
from nlp.rules import Rules, data_files, digest
from store.data_releases import Versions, refuse, take_into_use
from store.database import transaction

logger = structlog.get_logger()
T = TypeVar("T")

STAGE: Final = "check"
"""The stage that reads ads."""

LOOK_EVERY: Final = timedelta(seconds=1)
LOGGED: Final = 20
"""So many problems are logged; the table of releases holds more."""

Stamp = tuple[tuple[str, int, int, int], ...]
"""Name, time of change, size and inode of each file."""


def open_reader(folder: Path) -> Reader:
    """A reader with the rules in `folder`, which have passed the linter.

    Raises:
        DataError: they cannot be used; the message names each problem with its file.
    """
    try:
        rules = Rules.load(folder)
    except DataError as error:
        # Loading ends at the first file that cannot be used; the linter knows about the others.
        raise DataError(*dict.fromkeys((*error.problems, *check(folder)))) from error
    problems = rules.problems()
    if problems:
        raise DataError(*(check(folder) or problems))  # the same, with the lines of YAML files
    try:
        return Reader(rules)
    except (ValueError, LookupError, re.error) as error:
        # Words and patterns that are well formed as data and that nothing can be built of.
        raise DataError(f"{folder}: no reader can be built: {type(error).__name__}: {error}") from error


def read_ad(reader: Reader, ad: JobAd) -> Reading:
    """What `reader` says about a collected ad, under the law of its day."""
    return reader.read(title=ad.title, text=ad.text, on=day_of_law(ad), poster=ad.poster, company=ad.company)


class RulesInUse:
    """The rules in a folder as one stage goes by them; they change only in `refresh`."""

    def __init__(
        self,
        folder: Path,
        *,
        engine: Engine,
        conduct: Conduct,
        swapped: Callable[[], None] = lambda: None,
    ) -> None:
        """Take up the rules; `swapped` is called whenever others have taken their place.

        Raises:
            DataError: there are no rules to begin with.
        """
        self._folder = folder
        self._engine = engine
        self._conduct = conduct
        self._swapped = swapped
        self._seen = self._judged = _stamp(folder)
        self._problems: Sequence[str] = ()
        self._looked = conduct.clock()
        try:
            self._reader = open_reader(folder)
        except DataError as error:
            self._refuse(error)
            raise
        self._since = self._record(self._reader)

    @property
    def version(self) -> str:
        return self._reader.rules.version

    def read(self, ad: JobAd) -> Reading:
        """The reading of `ad` under the rules in use."""
        return read_ad(self._reader, ad).model_copy(update={"rules_since": self._since})

    def refresh(self) -> None:
        """Take up changed rules, or refuse them; called between batches, and cheap when nothing changed.

        Files are read once two looks have found them the same, so that one that is being saved is left alone.
        """
        now = self._conduct.clock()
        if abs(now - self._looked) < LOOK_EVERY:
            return
        self._looked = now
        before, self._seen = self._seen, _stamp(self._folder)
        if self._seen == before != self._judged:
            self._judged = before
            self._take_up()

    def _take_up(self) -> None:
        try:
            reader = open_reader(self._folder)
        except DataError as error:
            self._refuse(error)
            return
        mended, self._problems = bool(self._problems), ()
        self._since = self._record(reader)
        if reader.rules.version != self.version:
            logger.info("rules taken up", version=reader.rules.version, before=self.version)
            self._reader = reader
            self._swapped()
        elif mended:
            logger.info("rules mended", version=self.version)

    def _refuse(self, error: DataError) -> None:
        problems = list(error.problems)
        if problems == self._problems:
            return
        self._problems = problems
        for problem in problems[:LOGGED]:
            logger.error("rules refused", problem=problem, problems=len(problems))
        versions = Versions(rules=_version_of(self._folder, problems))
        self._in_transaction(refuse, versions, problems=problems)

    def _record(self, reader: Reader) -> datetime:
        rules = reader.rules
        versions = Versions(
            rules=rules.version, catalogue=rules.catalogue_version, policy=rules.policy_version
        )
        return self._in_transaction(take_into_use, versions)

    def _in_transaction(self, write: Callable[..., T], versions: Versions, **given: object) -> T:
        def act() -> T:
            with transaction(self._engine) as session:
                return write(session, versions, stage=STAGE, now=self._conduct.clock(), **given)

        return self._conduct.patience(act)


def _stamp(folder: Path) -> Stamp:
    try:
        found = [(str(path), path.stat()) for path in data_files(folder.resolve())]
    except OSError:
        return ()  # a file went while the folder was looked at: the next look tells more
    return tuple((path, status.st_mtime_ns, status.st_size, status.st_ino) for path, status in found)


def _version_of(folder: Path, problems: Sequence[str]) -> str:
    """The version of refused rules; where a file is missing, one made of the problems."""
    try:
        return digest(folder)
    except DataError:
        return hashlib.sha256("\n".join(problems).encode()).hexdigest()[:12]
