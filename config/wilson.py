"""How sure a share is: the Wilson interval, which also holds for few tries and for shares near 0 and 1."""

from math import sqrt
from typing import Final

_Z: Final = 1.959964
"""The normal quantile of a 95 % interval."""


def interval(hits: int, tries: int) -> tuple[float, float]:
    """The 95 % Wilson interval of `hits` among `tries`, from 0 to 1; (0, 1) where nothing was tried."""
    if not tries:
        return 0.0, 1.0
    share, square = hits / tries, _Z * _Z
    centre = (share + square / (2 * tries)) / (1 + square / tries)
    spread = _Z * sqrt(share * (1 - share) / tries + square / (4 * tries * tries)) / (1 + square / tries)
    # At its ends the interval holds the share itself, which a rounding in the last digit would leave out.
    return max(0.0, min(share, centre - spread)), min(1.0, max(share, centre + spread))
