"""`qingdan crawl try`: what a board's file makes of its pages, field by field, with nothing let in."""

import sys
from dataclasses import fields
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.table import Table

from config.clock import now_in_china
from crawlers.apart import SpiderDied
from crawlers.board import Board, BoardError, load_boards, read_board
from crawlers.dates import AHEAD, TOMORROW, UnreadableDate, read_date
from crawlers.masking import mask
from crawlers.places import locate_all
from crawlers.posting import Posting
from crawlers.trial import Sample, try_board

_SHOWN: Final = tuple(
    each.name
    for each in fields(Posting)
    if each.name not in ("source", "source_kind", "place", "raw_sha256", "origins")
)
_EXAMPLE: Final = 60
"""Characters of an example."""


@click.command("try")
@click.argument("board", metavar="BOARD")
@click.option("--limit", default=5, show_default=True, type=click.IntRange(1, 200), help="Postings to fetch.")
@click.option("--base-url", metavar="URL", help="Address of a board that is served on this machine.")
def command(board: str, limit: int, base_url: str | None) -> None:
    """Fetch a few postings of BOARD (an id, or a board file) and show what would be let in.

    Nothing is stored or published. Status 1 when a page gave no posting, or a field cannot be used.
    """
    try:
        sample = try_board(_board(board, base_url), limit=limit)
    except (BoardError, SpiderDied) as error:
        raise click.UsageError(str(error)) from error
    console = Console(width=None if sys.stdout.isatty() else 140, highlight=False, markup=False)
    console.print(_table(sample))
    for refused in sample.refused:
        named = f"{refused.field}: " if refused.field else ""
        console.print(f"{refused.place}: {named}{refused.reason}", soft_wrap=True)
    flaws = list(_unusable(sample))
    for flaw in flaws:
        console.print(flaw, soft_wrap=True)
    sys.exit(1 if sample.refused or flaws or not sample.postings else 0)


def _board(name: str, base_url: str | None) -> Board:
    file = Path(name)
    if file.suffix == ".yaml":
        if not file.is_file():
            raise BoardError(f"{file}: no such file")
        board = read_board(file)
    else:
        known = load_boards()
        if name not in known:
            raise BoardError(f"no board {name}; there are: {', '.join(known)}; or give a file")
        board = known[name]
    if board.needs_address:
        if base_url is None:
            raise BoardError(f"board {board.id} has no address of its own; give it --base-url")
        board = board.at(base_url)
    return board


def _table(sample: Sample) -> Table:
    """One row a field: how many postings have it, and what it looks like."""
    postings = sample.postings
    table = Table("field", "filled", "first values", title=f"{len(postings)} postings ({sample.ended})")
    for name in _SHOWN:
        values = [value for each in postings if (value := getattr(each, name)) and value != "unknown"]
        examples = dict.fromkeys(mask(value)[0].replace("\n", "⏎")[:_EXAMPLE] for value in values)
        table.add_row(name, f"{len(values)} of {len(postings)}", "\n".join(list(examples)[:2]))
    return table


def _unusable(sample: Sample) -> list[str]:
    """What the door could not use: dates that it cannot read, places that it does not know."""
    flaws = []
    today = now_in_china().date()
    for each in sample.postings:
        for name, ahead in (("posted", TOMORROW), ("valid_through", AHEAD)):
            try:
                read_date(getattr(each, name), observed=today, ahead=ahead)
            except UnreadableDate as error:
                flaws.append(f"{each.place}: {name}: {error}")
        if each.city and not locate_all(each.city):
            flaws.append(f"{each.place}: city: no division known for {each.city[:40]!r}")
    return flaws
