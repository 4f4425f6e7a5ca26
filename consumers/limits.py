"""Limits of time and memory for a stage, which end its process: the only thing that a hung one understands.

What was at hand then is counted (consumers/attempts.py), and the supervisor starts the stage again.
"""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_MIB: Final = 1 << 20


@contextmanager
def no_longer_than(seconds: float) -> Iterator[None]:
    """End this process by SIGALRM if the block takes longer; for the main thread.

    The system itself does it: a regular expression that never ends lets no Python code run, nor any other
    thread notice.
    """
    before, _ = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, before)


def no_more_memory_than(mib: int) -> None:
    """Let this process have so much memory for data; what needs more raises `MemoryError`."""
    resource.setrlimit(resource.RLIMIT_DATA, (mib * _MIB, mib * _MIB))
