"""`qingdan notices token`: what programs of platforms show to read and answer notices."""

import secrets
from datetime import timedelta

import click

from cli.tokens import TOKEN_BYTES, changing_accounts, state_of
from cli.wiring import open_database
from config.clock import now_in_china
from store.board_tokens import add_board_token, board_tokens, revoke_board_token
from store.database import snapshot
from store.tokens import NewToken

_by = click.option("--by", envvar="USER", required=True, help="Who does it.  [default: $USER]")


@click.group()
def command() -> None:
    """Tokens with which a platform reads and answers the notices to its board (docs/api.md)."""


@command.command()
@click.argument("board")
@click.option("--for", "program", required=True, help="The program that it is given to.")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 366), help="Until it expires.")
@click.option("--read-only", is_flag=True, help="Nothing can be answered with it.")
@_by
def add(board: str, program: str, days: int, by: str, *, read_only: bool) -> None:
    """Give out a token for BOARD, as config/platforms.yaml calls it; it is shown once."""
    now, token = now_in_china(), secrets.token_urlsafe(TOKEN_BYTES)
    until = now + timedelta(days=days)
    new = NewToken(token=token, program=program, reads_only=read_only, created_at=now, expires_at=until)
    with changing_accounts() as session:
        token_id = add_board_token(session, board, new, by=by)
    click.echo(f"token {token_id} of board {board} until {until:%Y-%m-%d %H:%M}; not shown again:", err=True)
    click.echo(token)


@command.command("list")
def list_() -> None:
    """List the tokens by board, without what has to be shown."""
    now = now_in_china()
    with snapshot(open_database()) as session:
        for each in board_tokens(session):
            kind = "reads" if each.reads_only else "answers"
            click.echo(f"{each.id}  {kind:7}  {each.board}  {each.program}  {state_of(each, now)}")


@command.command()
@click.argument("token_id")
@_by
def revoke(token_id: str, by: str) -> None:
    """Let nobody in with the token TOKEN_ID any more."""
    with changing_accounts() as session:
        board = revoke_board_token(session, token_id, now_in_china(), by=by)
    click.echo(f"token {token_id} of board {board} is revoked")
