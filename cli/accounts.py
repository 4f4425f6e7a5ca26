"""`qingdan accounts`: who may log in to the console."""

from datetime import datetime

import click

from cli.bureau import bureau_option
from cli.tokens import changing_accounts
from cli.tokens import command as tokens
from cli.wiring import open_database
from config.clock import now_in_china
from config.divisions import NATION
from store.account_models import Account
from store.accounts import ROLES, accounts_within, add_account, disable, enable, set_password
from store.database import snapshot
from store.jurisdiction import bureaus_within
from store.passwords import WeakPasswordError, hashed
from store.second_factors import remove_factor

_by = click.option("--by", envvar="USER", required=True, help="Who does it.  [default: $USER]")


@click.group()
def command() -> None:
    """Accounts of the console: who may log in, with which role, for which bureau."""


command.add_command(tokens, "token")


@command.command()
@click.argument("name")
@click.option("--role", required=True, type=click.Choice(list(ROLES)))
@bureau_option(required=True, help="The person sees the cases of this bureau and of those below it.")
@click.option("--program", is_flag=True, help="NAME is a program: it cannot log in, and bears tokens.")
@_by
def add(name: str, role: str, bureau: str, by: str, *, program: bool) -> None:
    """Let the person NAME log in; asks for a password. Cases will show the name as it is given here."""
    password = "" if program else _asked_password(name)
    with changing_accounts() as session:
        account = Account(
            name=name, role=role, bureau=bureau, password=password, created_at=now_in_china(), attempts=0
        )
        add_account(session, account, by=by)
    click.echo(f"{name} may {'bear tokens' if program else 'log in'} as {role} of {bureau}")


@command.command("list")
def list_() -> None:
    """List the accounts, without their passwords."""
    now = now_in_china()
    with snapshot(open_database()) as session:
        for each in accounts_within(session, bureaus_within(NATION)):
            click.echo(f"{each.bureau}  {each.role:8}  {each.name}  {_state(each, now)}")


@command.command("password")
@click.argument("name")
@_by
def password_(name: str, by: str) -> None:
    """Give NAME another password; this unlocks the account and logs it out everywhere."""
    password = _asked_password(name)
    with changing_accounts() as session:
        set_password(session, name, password, now_in_china(), by=by)
    click.echo(f"{name} has another password")


@command.command("reset-factor")
@click.argument("name")
@_by
def reset_factor(name: str, by: str) -> None:
    """Ask NAME for no second factor until they set one up again, and log them out everywhere."""
    with changing_accounts() as session:
        remove_factor(session, name, now_in_china(), by=by)
    click.echo(f"{name} logs in with the password alone")


@command.command("disable")
@click.argument("name")
@_by
def disable_(name: str, by: str) -> None:
    """Let NAME not log in any more, and log them out everywhere."""
    with changing_accounts() as session:
        disable(session, name, now_in_china(), by=by)
    click.echo(f"{name} is disabled")


@command.command("enable")
@click.argument("name")
@_by
def enable_(name: str, by: str) -> None:
    """Let NAME log in again."""
    with changing_accounts() as session:
        enable(session, name, now_in_china(), by=by)
    click.echo(f"{name} is enabled")


def _asked_password(name: str) -> str:
    given: str = click.prompt("password", hide_input=True, confirmation_prompt=True, err=True)
    try:
        return hashed(given, name=name)
    except WeakPasswordError as error:
        raise click.UsageError(str(error)) from error


def _state(account: Account, now: datetime) -> str:
    if account.disabled_at:
        return f"disabled {account.disabled_at:%Y-%m-%d %H:%M}"
    if account.locked_until and now < account.locked_until:
        return f"locked until {account.locked_until:%Y-%m-%d %H:%M}"
    return "enabled"
