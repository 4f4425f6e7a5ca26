"""`qingdan intake watch`: files that publishers drop into a folder."""

import sys
from pathlib import Path

import click

from cli.ingest import ingest
from config.clock import now_in_china
from consumers.runner import Stop, stop_on_signals
from crawlers.intake.drops import Drop, DropFolder
from crawlers.intake.mappings import read_mapping
from crawlers.intake.rows import IntakeError


@click.command("watch")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--every", default=30.0, show_default=True, type=click.FloatRange(min=0.1), help="Seconds between looks."
)
@click.option("--once", is_flag=True, help="Look twice, take in what did not change in between, and end.")
def command(folder: Path, every: float, once: bool) -> None:
    """Take in the files that appear in FOLDER, and move them to its folders `taken` and `refused`.

    A file in FOLDER/NAME is of the source NAME; FOLDER/NAME/mapping.yaml may say how its columns are read. A
    file is taken when it has not changed between two looks; write it under a name ending in .part and rename
    it when it is whole. Ends with Ctrl-C; status 1 if `--once` refused a file.
    """
    drops = DropFolder(folder)
    drops.ready()
    refused = 0
    with stop_on_signals() as stop:
        while not stop.pause(every):
            refused += _looked(drops, stop)
            if once:
                break
    sys.exit(1 if once and refused else 0)


def _looked(drops: DropFolder, stop: Stop) -> int:
    """Take in what is ready, one file after another; how many were refused."""
    refused = 0
    for drop in drops.ready():
        taken = _taken(drop)
        refused += not taken
        place = drops.settle(drop, taken=taken, now=now_in_china())
        click.echo(f"{drop.path.name}: now {place}")
        if stop.requested:
            break
    return refused


def _taken(drop: Drop) -> bool:
    """Take one file in; False when it could not be read as a whole."""
    try:
        mapping = read_mapping(drop.mapping) if drop.mapping is not None else None
    except IntakeError as error:
        click.echo(f"qingdan: {error}", err=True)
        return False
    _counts, failed = ingest([drop.path], source=drop.source, mapping=mapping, watched=False)
    return not failed
