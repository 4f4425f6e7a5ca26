"""`qingdan crawl new`: the draft of a board file for a site that has none."""

import re
import sys
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import click

from crawlers.apart import SpiderDied
from crawlers.board import BoardError
from crawlers.draft import draft
from crawlers.probe import Site, probe

_PLAIN: Final = re.compile(r"[^a-z0-9]+")


@click.command("new")
@click.argument("url")
@click.option("--id", "board_id", metavar="ID", help="The board's id; made of the host by default.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write there, not to the screen."
)
def command(url: str, board_id: str | None, out: Path | None) -> None:
    """Look at URL (a list of jobs, a feed, a firm's page of careers) and draft a board file.

    About ten requests, as politely as in a run. Status 1 when nothing there can be recognised.
    """
    if out is not None and out.exists():
        raise click.UsageError(f"{out} is there already")
    try:
        site = probe(url)
    except (BoardError, SpiderDied) as error:
        raise click.UsageError(str(error)) from error
    for refused in site.refused:
        click.echo(refused, err=True)
    made = draft(site, board_id=board_id or _id_of(url))
    if made is None:
        click.echo(f"qingdan: {_nothing(site)}", err=True)
        sys.exit(1)
    if out is None:
        click.echo(made.written(), nl=False)
        return
    out.write_text(made.written(), "utf-8")
    click.echo(f"{out}: look it through, then: qingdan crawl try {out}")


def _id_of(url: str) -> str:
    host = (urlsplit(url).hostname or "board").removeprefix("www.")
    return _PLAIN.sub("-", host.lower()).strip("-")[:64]


def _nothing(site: Site) -> str:
    if not site.page and not site.sitemaps:
        return f"nothing could be fetched from {site.address}"
    return (
        f"no sitemap with postings, feed, JSON, posting or rows of links to them at {site.address}; "
        "write a board file by hand (docs/crawling.md)"
    )
