"""A check stage of its own process that meets an ad which hangs it, eats its memory, or kills it."""

import os
import re
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

from consumers.limits import no_longer_than, no_more_memory_than
from events.types import JobAd, Reading
from tests.consumers.pipeline import pipeline, read, store_at, work

FATAL = "A17"
_ENDLESS = re.compile(r"(x+x+)+y")


def hang() -> None:
    _ENDLESS.match("x" * 64)


def eat() -> None:
    no_more_memory_than(256)
    bytearray(1 << 30)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


WAYS: dict[str, Callable[[], None]] = {"hang": hang, "eat": eat, "die": die}


def main(folder: str, url: str, way: str) -> None:
    def read_or_die(ad: JobAd) -> Reading:
        if ad.source_ad_id == FATAL:
            WAYS[way]()
        return read(ad)

    limited = partial(no_longer_than, 0.3)
    with pipeline(Path(folder), store=store_at(url)) as (engine, log):
        work(engine, log, stages=["check"], reader=read_or_die, limited=limited)
