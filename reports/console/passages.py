"""An ad's words with the evidence marked, by the places that the reading told."""

from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of an ad's words."""

    text: str
    in_clause: bool
    is_quote: bool


def pieces(text: str, clause: tuple[int, int], quote: tuple[int, int]) -> tuple[Piece, ...]:
    """`text` in pieces that together are all of it; `clause` and `quote` are first and last place + 1."""
    cuts = sorted({0, len(text), *(min(max(cut, 0), len(text)) for cut in (*clause, *quote))})
    return tuple(
        Piece(text[start:end], _within(start, end, clause), _within(start, end, quote))
        for start, end in pairwise(cuts)
    )


def _within(start: int, end: int, span: tuple[int, int]) -> bool:
    return span[0] <= start and end <= span[1]
