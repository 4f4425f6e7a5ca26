"""`qingdan cases recheck`: look again at ads whose case was reported as corrected."""

import sys
from functools import partial
from urllib.parse import urlsplit

import click

from cli.reported import described
from cli.wiring import keeps_evidence, open_database, open_log_to_fill
from config.settings import settings
from crawlers.board import BoardError, load_boards
from crawlers.by_host import HostRun, Hosts
from crawlers.recheck.fetch import recheck
from crawlers.recheck.judge import Read
from crawlers.run import House


def open_read() -> Read:
    """What pages are read with: the rules that all ads are read with."""
    # Imported here only: it takes longer than what the other commands over cases do.
    from consumers.release import open_reader, read_ad

    return partial(read_ad, open_reader(settings().rules))


@click.command("recheck")
@click.option("--limit", default=500, show_default=True, type=click.IntRange(1, 5000), help="Ads to look at.")
@click.option("--base-url", default="", metavar="URL", help="Address on this machine that may be asked too.")
def recheck_(limit: int, base_url: str) -> None:
    """Look again at the ads that are due 7, 30 and 90 days after a correction; to be run daily.

    Status 1 when the pages of a host were put off, or its run was incomplete.
    """
    try:
        hosts = Hosts(load_boards(), urlsplit(base_url).netloc)
    except BoardError as error:
        raise click.UsageError(str(error)) from error
    house = House(open_database, open_log_to_fill, evidence=keeps_evidence())
    amiss = False
    for each in recheck(house, open_read, hosts, most=limit):
        if isinstance(each, HostRun):
            click.echo(described(each))
            amiss |= each.outcome.status != "complete"
        else:
            click.echo(f"{each} ads concluded without asking for a page")
    sys.exit(1 if amiss else 0)
