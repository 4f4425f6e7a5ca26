"""The two meanings of failure: poison, one record that nobody can handle, and an outage, which passes.

Whatever is neither stops the process with its offsets untouched.
"""

import random
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, Self, TypeVar

import structlog
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from events.log import LogUnavailable, NotDelivered
from events.types import DecodeError

logger = structlog.get_logger()
T = TypeVar("T")


class Poison(Exception):  # noqa: N818 - what it is, not what it says
    """This record cannot be handled, now or later: it goes to the dead letters with this reason."""


class Retryable(Exception):  # noqa: N818 - the same
    """Something outside is not there at the moment; the same work may succeed later."""


class TooManyDeadLetters(Exception):  # noqa: N818 - reads as what happened
    """So much poison means that something of ours is broken; the stage stops before it is all thrown out."""


POISON: Final = (Poison, DecodeError, DataError, IntegrityError)
"""The database refuses a value or a row: the same record would be refused again."""

OUTAGE: Final = (Retryable, OperationalError, LogUnavailable, NotDelivered)
"""OperationalError is SQLAlchemy's: locked, unreachable, out of space."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """Repeats what failed by an outage, with waits that double from `first` to `longest` seconds."""

    first: float = 0.1
    longest: float = 10.0
    tries: int = 12
    within: float = 120.0
    """Begin no further try after so many seconds. With the last one, which a timeout of the database ends,
    that is less than the log grants a member between two polls (events/kafka_client.py): it gives up by
    itself before anybody takes its partitions."""
    pause: Callable[[float], bool]
    """Waits so many seconds; True if the process has been asked to stop meanwhile."""
    chance: Callable[[], float] = random.random
    """A number from 0 to 1: spreads the waits, so that many workers do not come back all at once."""
    clock: Callable[[], float] = time.monotonic

    def __call__(self, action: Callable[[], T]) -> T:
        """What `action` returns; raises its last failure once patience or the process is at its end."""
        end = self.clock() + self.within
        for attempt in range(1, self.tries):
            try:
                return action()
            except OUTAGE as error:
                seconds = min(self.first * 2 ** (attempt - 1), self.longest) * (1 + self.chance()) / 2
                if self.clock() + seconds > end:
                    raise
                logger.warning("outage, will try again", error=str(error), attempt=attempt, wait=seconds)
                if self.pause(seconds):
                    raise
        return action()


PERIOD: Final = timedelta(days=1)
"""A source that loses a few ads now and then is no reason to stop."""


@dataclass(frozen=True, kw_only=True)
class DeadLetterBudget:
    """How much poison counts as bad luck; immutable, so that a batch that fails later spends nothing.

    `consecutive` and `ratio` count in this process. What `of_source` counts is in the database, so that a
    stage that is started again and again does not begin anew each time.
    """

    consecutive: int = 100
    ratio: float = 0.2
    window: int = 1000
    """The ratio is taken over this many records, once so many have been seen."""
    of_source: int = 100
    """Letters of one source and stage that may be open at the same time, of those of the last `PERIOD`."""
    run: int = 0
    recent: tuple[bool, ...] = ()

    def after(self, deaths: Iterable[bool]) -> Self:
        """What is left after these records, each True if it died.

        Raises:
            TooManyDeadLetters: nothing is left.
        """
        run = self.run
        recent = deque(self.recent, maxlen=self.window)
        for died in deaths:
            run = run + 1 if died else 0
            recent.append(died)
            if run > self.consecutive:
                raise TooManyDeadLetters(f"more than {self.consecutive} dead letters in a row")
        if len(recent) == self.window and sum(recent) > self.ratio * self.window:
            raise TooManyDeadLetters(f"{sum(recent)} dead letters among the last {self.window} records")
        return replace(self, run=run, recent=tuple(recent))

    def check(self, open_letters: Mapping[str, int]) -> None:
        """Look at the open letters of each source.

        Raises:
            TooManyDeadLetters: one has more than it may.
        """
        for source, count in open_letters.items():
            if count > self.of_source:
                raise TooManyDeadLetters(
                    f"{count} open dead letters of source {source or '(unknown)'} within a day, "
                    f"the limit is {self.of_source}; mend the cause or settle them: qingdan dead"
                )
