"""`qingdan catalogue`: looks up a name, shows states of the law and what changed, checks the data."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from cli.curation import command as curation
from cli.impact import command as impact
from cli.lint import command as lint
from config import policy as policy_files
from config import reading as reading_files
from config.catalogue import loader
from config.catalogue.changes import state_of
from config.catalogue.comparison import compare, inventory
from config.catalogue.demand import Law
from config.catalogue.documents import states
from config.catalogue.explanation import explain, explain_comparison, explain_inventory, explain_states
from config.catalogue.lint import CATALOGUE
from config.catalogue.lookup import look_up
from config.catalogue.model import Catalogue, Edition
from config.clock import now_in_china
from config.settings import settings
from config.tables import DataError

_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")


@click.group()
def command() -> None:
    """The national catalogue: look up a name, show states of the law and what changed, check the data."""


@command.command()
@click.argument("name")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day whose law applies; default today.")
@_JSON
def lookup(name: str, on: datetime | None, as_json: bool) -> None:
    """Say in Chinese what NAME (a name, alias or id) is, its history, and whether an employer may demand it.

    A name of several meanings gets one answer for each. Exit status 1 when NAME is not in the data.
    """
    day = on.date() if on else now_in_china().date()
    answer = look_up(law(), name, day)
    if not answer.meanings:
        near = f"did you mean {'、'.join(answer.near)}?" if answer.near else "try another name"
        click.echo(f"qingdan catalogue: {name!r} is not in the data; {near}", err=True)
    if answer.meanings or as_json:
        click.echo(answer.to_json() if as_json else explain(answer))
    sys.exit(0 if answer.meanings else 1)


@command.command("list")
@_JSON
def list_states(as_json: bool) -> None:
    """List the states of the law, oldest first: id, first day, number of items, title, document."""
    found = states(_catalogue())
    click.echo(found.to_json() if as_json else explain_states(found))


@command.command()
@click.argument("edition")
@click.option("--item", type=click.IntRange(min=1), help="Only the items with this number, in full.")
@_JSON
def show(edition: str, item: int | None, as_json: bool) -> None:
    """Show the items of EDITION, a state's id or a day (YYYY-MM-DD)."""
    catalogue = _catalogue()
    found = inventory(catalogue, _state(catalogue, edition), item)
    if item and not found.items:
        click.echo(f"qingdan catalogue: {found.state.id} has no item {item}", err=True)
        sys.exit(1)
    click.echo(found.to_json() if as_json else explain_inventory(found, whole=item is not None))


@command.command()
@click.argument("earlier", metavar="A")
@click.argument("later", metavar="B")
@_JSON
def diff(earlier: str, later: str, as_json: bool) -> None:
    """Say in Chinese what changed in law from A to B, each a state's id or a day (YYYY-MM-DD)."""
    catalogue = _catalogue()
    try:
        found = compare(catalogue, _state(catalogue, earlier), _state(catalogue, later))
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    click.echo(found.to_json() if as_json else explain_comparison(found))


for each in (curation, impact, lint):
    command.add_command(each)


def _state(catalogue: Catalogue, name: str) -> Edition:
    try:
        return state_of(catalogue, name)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _catalogue() -> Catalogue:
    with _told():
        return loader.load(settings().rules / CATALOGUE)


def law() -> Law:
    """What answers rest on, from the data files in use; broken ones end the command."""
    folder: Path = settings().rules
    with _told():
        return Law(_catalogue(), reading_files.load(folder), policy_files.load(folder))


@contextmanager
def _told() -> Iterator[None]:
    """A data file that cannot be used ends the command with what is wrong."""
    try:
        yield
    except DataError as error:
        raise click.ClickException(str(error)) from error
