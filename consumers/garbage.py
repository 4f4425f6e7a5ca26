"""How a stage's process collects garbage: seldom, and not in what lives as long as the process.

Left to itself, the collector would look through the events and rows of a batch again and again while they are
being made, for cycles that they do not have (docs/performance.md).
"""

import gc
from typing import Final

_MADE: Final = 200_000
"""So many more objects made than freed start a collection, of the youngest only: more than a batch has."""
_DEFAULT: Final = gc.get_threshold()


def keep_what_is_loaded() -> None:
    """Let go of what is no longer used, and take the rest for permanent."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_MADE, *_DEFAULT[1:])


def as_usual() -> None:
    gc.unfreeze()
    gc.set_threshold(*_DEFAULT)
