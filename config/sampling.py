"""Which cases of a week or month are its random sample (抽样复核), by which people measure the machine.

A case's place is the SHA-256 of its number, which says nothing about the case. So nobody chooses, nothing is
to be kept, everybody draws the same; and what the nation has drawn of a place that place has drawn, too.
"""

from collections.abc import Iterable
from hashlib import sha256
from heapq import nsmallest
from typing import Final

SIZE: Final = 100
"""Cases drawn of a period in an area: four weeks of them, all judged, tell 95 % to within 2.5 points."""


def sample(numbers: Iterable[str]) -> tuple[str, ...]:
    """Those drawn of the case `numbers` of a period and area: at most `SIZE`, in the order of places."""
    return tuple(nsmallest(SIZE, numbers, key=_place))


def _place(number: str) -> bytes:
    return sha256(number.encode()).digest()
