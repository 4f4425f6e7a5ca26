"""Deaths on purpose, for tests of what survives them. Off unless QINGDAN_CRASH_AT names a point."""

import os
import signal
from collections.abc import Callable
from typing import get_args

from config.settings import SettingsError
from consumers.loop import Point


def crash_at(point: str) -> Callable[[Point], None]:
    """Kills this process with SIGKILL as soon as the loop reaches `point`; empty: never.

    Raises:
        SettingsError: there is no such point.
    """
    if point and point not in get_args(Point):
        raise SettingsError(f"QINGDAN_CRASH_AT: {point!r} is none of {', '.join(get_args(Point))}")

    def reached(here: Point) -> None:
        if here == point:
            os.kill(os.getpid(), signal.SIGKILL)

    return reached
