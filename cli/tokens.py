"""`qingdan accounts token`: what programs show the JSON API instead of a password."""

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

import click
from sqlalchemy.orm import Session

from cli.wiring import open_database
from config.clock import now_in_china
from config.divisions import NATION
from store.accounts import AccountError
from store.database import snapshot, transaction
from store.jurisdiction import bureaus_within
from store.token_models import AccountToken, BoardToken
from store.tokens import NewToken, add_token, revoke_token, tokens_within

TOKEN_BYTES: Final = 32
_by = click.option("--by", envvar="USER", required=True, help="Who does it.  [default: $USER]")


@contextmanager
def changing_accounts() -> Iterator[Session]:
    """A transaction on accounts; what they do not allow is told, and ends the command as wrong use."""
    engine = open_database()
    try:
        with transaction(engine) as session:
            yield session
    except AccountError as error:
        click.echo(f"qingdan: {error}", err=True)
        sys.exit(2)
    finally:
        engine.dispose()


@click.group()
def command() -> None:
    """Tokens with which programs use the JSON API in the name of an account (docs/api.md)."""


@command.command()
@click.argument("name")
@click.option("--for", "program", required=True, help="The program that it is given to.")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 366), help="Until it expires.")
@click.option("--read-only", is_flag=True, help="Nothing can be done with it, whatever the account may do.")
@_by
def add(name: str, program: str, days: int, by: str, *, read_only: bool) -> None:
    """Give out a token of the account NAME; it is shown once."""
    now, token = now_in_china(), secrets.token_urlsafe(TOKEN_BYTES)
    until = now + timedelta(days=days)
    new = NewToken(token=token, program=program, reads_only=read_only, created_at=now, expires_at=until)
    with changing_accounts() as session:
        token_id = add_token(session, name, new, by=by)
    click.echo(f"token {token_id} of {name} until {until:%Y-%m-%d %H:%M}; it is not shown again:", err=True)
    click.echo(token)


@command.command("list")
def list_() -> None:
    """List the tokens by account, without what has to be shown."""
    now = now_in_china()
    with snapshot(open_database()) as session:
        for each in tokens_within(session, bureaus_within(NATION)):
            kind = "reads" if each.reads_only else "acts "
            click.echo(f"{each.id}  {kind}  {each.account}  {each.program}  {state_of(each, now)}")


@command.command()
@click.argument("token_id")
@_by
def revoke(token_id: str, by: str) -> None:
    """Let nobody in with the token TOKEN_ID any more."""
    with changing_accounts() as session:
        name = revoke_token(session, token_id, now_in_china(), by=by)
    click.echo(f"token {token_id} of {name} is revoked")


def state_of(token: AccountToken | BoardToken, now: datetime) -> str:
    """Until when it lets in, or since when no more."""
    if token.revoked_at:
        return f"revoked {token.revoked_at:%Y-%m-%d %H:%M}"
    return f"{'until' if now < token.expires_at else 'expired'} {token.expires_at:%Y-%m-%d %H:%M}"
