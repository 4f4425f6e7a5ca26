"""`qingdan crawl reported`: ask for the pages that the public reported."""

import sys
from urllib.parse import urlsplit

import click

from cli.wiring import keeps_evidence, open_database, open_log_to_fill
from crawlers.board import BoardError, load_boards
from crawlers.by_host import HostRun, Hosts
from crawlers.public.fetch import fetch_reported
from crawlers.run import House


@click.command("reported")
@click.option(
    "--limit", default=200, show_default=True, type=click.IntRange(1, 5000), help="Pages to ask for."
)
@click.option("--base-url", default="", metavar="URL", help="Address on this machine that may be asked too.")
def command(limit: int, base_url: str) -> None:
    """Ask once for each page that the public reported; `intake reports` shows what came of it.

    Status 1 when the pages of a host were put off, or its run was incomplete.
    """
    try:
        boards = load_boards()
    except BoardError as error:
        raise click.UsageError(str(error)) from error
    house, local = (
        House(open_database, open_log_to_fill, evidence=keeps_evidence()),
        urlsplit(base_url).netloc,
    )
    amiss = False
    for each in fetch_reported(house, Hosts(boards, local), most=limit):
        if isinstance(each, HostRun):
            click.echo(described(each))
            amiss |= each.outcome.status != "complete"
        elif each:
            click.echo(f"{each} known from elsewhere, and linked")
    sys.exit(1 if amiss else 0)


def described(run: HostRun) -> str:
    """One line about the pages of one host."""
    if run.put_off:
        return f"{run.host}: {run.pages} pages not asked for: {run.put_off}"
    counts = run.outcome.counts
    told = ", ".join(
        f"{counts.get(name, 0)} {name}" for name in ("pages", "accepted", "duplicate", "rejected")
    )
    note = f" ({run.outcome.note})" if run.outcome.note else ""
    return f"{run.host}: {run.outcome.status}{note}; {told}"
