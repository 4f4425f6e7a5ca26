"""Runs stages in turn in one process until they are idle, or until somebody asks it to stop."""

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import FrameType
from typing import Final, Protocol

IDLE_SECONDS: Final = 0.2
_SLICE_SECONDS: Final = 0.05


@dataclass(slots=True)
class Progress:
    """How far a worker has come."""

    last_commit: datetime | None = None
    """When it last finished something for good."""
    behind_since: datetime | None = None
    """Since when the work that it has reached was waiting; None once it has caught up."""


class Worker(Protocol):
    counts: Counter[str]
    """What it has done since the start."""
    progress: Progress

    def step(self) -> int:
        """Do what is there to do, one batch at most; how much it was."""

    def lag(self) -> int:
        """How much is still to do, also where another process has to do it."""

    def close(self) -> None: ...


class WhenCaughtUp:
    """Acts once the workers before it have nothing left to do, or `longest` after it acted last.

    So that people get one message about what a crawl brought, and not one for each batch of it.
    """

    def __init__(
        self,
        act: Callable[[datetime], int],
        before: Sequence[Worker],
        *,
        clock: Callable[[], datetime],
        longest: timedelta = timedelta(minutes=15),
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.progress = Progress()
        self._act = act
        self._before = before
        self._clock = clock
        self._longest = longest
        self._acted = clock()

    def step(self) -> int:
        now = self._clock()
        if abs(now - self._acted) < self._longest and any(worker.lag() for worker in self._before):
            return 0
        self._acted = now
        done = self._act(now)
        self.counts.update(done=done)
        self.progress = Progress(last_commit=self._clock())
        return done

    def lag(self) -> int:
        """Always 0: what could not be done in one step waits for its time, not for the next round."""
        return 0

    def close(self) -> None: ...


class Stop:
    """Whether the process has been asked to stop. A plain flag: a lock taken in a signal handler may hang."""

    def __init__(self) -> None:
        self.requested = False

    def pause(self, seconds: float) -> bool:
        """Wait so long, or until a stop is requested; whether it is."""
        deadline = time.monotonic() + seconds
        while not self.requested and (left := deadline - time.monotonic()) > 0:
            time.sleep(min(left, _SLICE_SECONDS))
        return self.requested


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """The first SIGTERM or SIGINT requests a stop after the batch at hand; a second one kills at once."""
    stop = Stop()
    signals = (signal.SIGTERM, signal.SIGINT)

    def request(_number: int, _frame: FrameType | None) -> None:
        stop.requested = True
        for number in signals:
            signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, request) for number in signals}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run(workers: Sequence[Worker], stop: Stop, *, until_idle: bool, after_round: Callable[[], None]) -> None:
    """Let every worker take a step in turn, until a stop is requested or, if so wished, nothing is left."""
    while not stop.requested:
        done = 0
        for worker in workers:
            if not stop.requested:
                done += worker.step()
        after_round()
        if done:
            continue
        if until_idle and not any(worker.lag() for worker in workers):
            return
        stop.pause(IDLE_SECONDS)
