"""Runs stages in turn in one process until they are idle, or until somebody asks it to stop."""

import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Final, Protocol

IDLE_SECONDS: Final = 0.2
_SLICE_SECONDS: Final = 0.05


class Worker(Protocol):
    def step(self) -> int:
        """Do what is there to do, one batch at most; how much it was."""

    def lag(self) -> int:
        """How much is still to do, also where another process has to do it."""


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


def run(workers: Sequence[Worker], stop: Stop, *, until_idle: bool) -> None:
    """Let every worker take a step in turn, until a stop is requested or, if so wished, nothing is left."""
    while not stop.requested:
        done = 0
        for worker in workers:
            if not stop.requested:
                done += worker.step()
        if done:
            continue
        if until_idle and not any(worker.lag() for worker in workers):
            return
        stop.pause(IDLE_SECONDS)
