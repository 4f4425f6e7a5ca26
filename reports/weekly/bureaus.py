"""One task for each of many bureaus, shared among processes: each has the database open once."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache, partial
from multiprocessing import get_context
from typing import Final

from sqlalchemy import Engine

from store.database import connect

Task = Callable[[Engine, str], str]
"""From the database and the code of a bureau to a line that says what was done; it can be pickled."""
_TOGETHER: Final = 4
"""Bureaus that a process is given at a time."""


def for_each(task: Task, url: str, codes: Sequence[str], *, processes: int) -> Iterator[str]:
    """What `task` says for each bureau, in the order of `codes`."""
    if processes == 1 or len(codes) == 1:
        yield from map(partial(_done, task, url), codes)
        return
    # Not by a fork, which would share connections and threads.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(partial(_done, task, url), codes, chunksize=_TOGETHER)


def _done(task: Task, url: str, code: str) -> str:
    return task(_engine(url), code)


@lru_cache(maxsize=1)
def _engine(url: str) -> Engine:
    return connect(url)
