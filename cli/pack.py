"""`qingdan cases pack` and `qingdan evidence verify-pack`: the evidence pack of a case (docs/evidence.md)."""

import hashlib
import os
import shutil
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

import click

from cli.wiring import open_database
from config.clock import now_in_china
from config.settings import settings
from reports.alerts.parts import one_line
from store.database import snapshot, transaction

if TYPE_CHECKING:
    from reports.pack.build import Built, Draw, Wanted


@click.command("pack")
@click.argument("number")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="A new file.")
@click.option("--by", required=True, metavar="NAME", help="Who is handed the pack.")
@click.option("--why", required=True, metavar="TEXT", help="What for.")
@click.option("--screenshots/--no-screenshots", default=True, help="Draw the kept pages, where Chromium is.")
def pack_(number: str, out: Path, by: str, why: str, *, screenshots: bool) -> None:
    """Write the evidence pack of a case, unmasked originals and all, into one archive.

    Who was handed it, when and why is kept for ever. `qingdan evidence verify-pack` checks the archive.
    """
    if not by.strip() or not why.strip():
        raise click.UsageError("the pack hands out personal data: say --by whom and --why")
    # Imported here only: what writes documents takes a while, and the other commands need not wait for it.
    from reports.pack.build import build, note_handing_over

    draw = _draw() if screenshots else None
    engine = open_database()
    with TemporaryFile() as file:
        with snapshot(engine) as session:
            built = build(session, number, _wanted(draw), file)
        if built is None:
            click.echo(f"qingdan: no case {number}; see: qingdan cases list", err=True)
            sys.exit(1)
        with own_file(out) as target:
            with transaction(engine, durable=True) as session:
                note_handing_over(session, built, actor=by.strip(), why=why.strip(), now=now_in_china())
            shutil.copyfileobj(file, target)
    _tell(built, out)


def _wanted(draw: "Draw | None") -> "Wanted":
    from config.catalogue.loader import load
    from config.policy import in_use
    from nlp.rules import CATALOGUE
    from reports.pack.build import Wanted

    return Wanted(catalogue=load(settings().rules / CATALOGUE), policy=in_use(), whole_files=True, draw=draw)


def _draw() -> "Draw | None":
    from reports.pack.screenshot import browser, screenshot

    program = browser()
    if program is None:
        click.echo("qingdan: no Chromium on this machine, so the pack has no screenshots", err=True)
        return None
    return partial(screenshot, program)


def _tell(built: "Built", out: Path) -> None:
    click.echo(f"{out}  {built.length:,} bytes  SHA-256 {built.sha256}")
    for capture, presence in built.absent:
        place = one_line(capture.url or capture.name)
        click.echo(f"qingdan: not in the pack: {presence}  {capture.sha256}  {place}", err=True)


@click.command("verify-pack")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def verify_pack(file: Path) -> None:
    """Check an evidence pack with nothing but itself; status 1 if anything in it was changed.

    Hold the SHA-256 that is printed against the one in `qingdan evidence log`: it alone shows that a pack was
    not forged as a whole.
    """
    from reports.pack.verify import problems

    found = list(problems(file))
    for problem in found:
        click.echo(f"qingdan: {one_line(problem)}", err=True)
    with file.open("rb") as opened:
        sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
    click.echo(f"{'changed' if found else 'sound'}  SHA-256 {sha256}")
    sys.exit(1 if found else 0)


def own_file(path: Path) -> IO[bytes]:
    """A new file that only its owner may read.

    Raises:
        UsageError: there is such a file already, or it cannot be made.
    """
    try:
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except OSError as error:
        raise click.UsageError(f"{path}: {error.strerror}") from error
