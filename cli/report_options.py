"""What the commands of `qingdan report` have in common: their options, and work for one bureau or for all."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypedDict, get_args

import click
from sqlalchemy import Engine

from cli.bureau import bureau_option
from config.bureaus import load_bureaus
from config.divisions import NATION
from config.settings import settings
from reports.weekly.bureaus import Task, for_each
from reports.weekly.model import Edition
from reports.weekly.publish import DEFAULT, WRITERS
from store.clusters import join_waiting

FAILED: Final = "not issued"
"""How a line begins that tells of a failure."""

Command = Callable[..., None]

formats_option = click.option(
    "--format", "formats", multiple=True, type=click.Choice(list(WRITERS)), default=DEFAULT,
    show_default=True, help="May be given several times.",
)  # fmt: skip
out_option = click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder instead of QINGDAN_HOME/reports."
)


class Wanted(TypedDict):
    """What `wanted` hands to a command."""

    bureau: str
    everywhere: bool
    edition: Edition
    formats: tuple[str, ...]
    out: Path | None


def wanted(command: Command) -> Command:
    """The options of a command that makes reports."""
    for option in (
        out_option,
        formats_option,
        click.option(
            "--edition", type=click.Choice(get_args(Edition)), default="internal", show_default=True
        ),
        click.option("--all-bureaus", "everywhere", is_flag=True, help="For every bureau instead of one."),
        bureau_option(default=NATION, show_default=True, help="Division code of the bureau."),
    ):
        command = option(command)
    return command


def codes_of(given: Wanted) -> list[str]:
    return all_codes() if given["everywhere"] else [given["bureau"]]


def all_codes() -> list[str]:
    """Of all bureaus."""
    return [bureau.code for bureau in load_bureaus()]


def folder_of(out: Path | None) -> Path:
    return out or settings().reports


def done(task: Task, engine: Engine, codes: Sequence[str]) -> bool:
    """Do the task for these bureaus and print what it says; whether nothing failed."""
    join_waiting(engine)
    whole = True
    for lines in for_each(task, settings().database, codes, processes=os.cpu_count() or 1):
        if lines:
            click.echo(lines)
        whole = whole and FAILED not in lines
    return whole
