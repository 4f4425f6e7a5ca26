"""`qingdan crawl stop` and `crawl allow`: a person ends the crawling of a board, and takes it back."""

import sys

import click

from cli.wiring import open_database
from config.clock import now_in_china
from store.database import transaction
from store.permits import Stop, allow_board, stop_board


@click.command()
@click.argument("board")
@click.option("--why", required=True, help="What the next person should know.")
@click.option("--by", "actor", envvar="USER", required=True, help="Who decides.  [default: $USER]")
def stop(board: str, why: str, actor: str) -> None:
    """Ask nothing more of BOARD: a run that is under way ends before its next request, and none begins."""
    engine = open_database()
    with transaction(engine) as session:
        stop_board(session, Stop(board, actor, why, now_in_china()))
    engine.dispose()
    click.echo(f"{board} is stopped; take it back with: qingdan crawl allow {board}")


@click.command()
@click.argument("board")
def allow(board: str) -> None:
    """Take the stop of BOARD back."""
    engine = open_database()
    with transaction(engine) as session:
        found = allow_board(session, board)
    engine.dispose()
    click.echo(
        f"{board} may be crawled again" if found else f"qingdan: {board} was not stopped", err=not found
    )
    sys.exit(0 if found else 2)
