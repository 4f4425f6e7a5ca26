"""Trying a board: a few of its postings as they would be let in, without letting any in."""

from collections.abc import Sequence
from dataclasses import dataclass

from crawlers.apart import items_of
from crawlers.board import ENGINES, Board
from crawlers.items import Refused
from crawlers.posting import Posting


@dataclass(frozen=True, slots=True)
class Sample:
    """What a trial brought."""

    postings: Sequence[Posting]
    refused: Sequence[Refused]
    ended: str
    """Why the spider closed, in Scrapy's words."""


def try_board(board: Board, *, limit: int) -> Sample:
    """The first `limit` postings and refusals of `board`, fetched as politely as in a run.

    Raises:
        SpiderDied: its process died.
    """
    items, ended = items_of(board, ENGINES[board.engine], most=limit)
    postings = [item for item in items if isinstance(item, Posting)]
    return Sample(postings[:limit], [item for item in items if isinstance(item, Refused)], ended)
