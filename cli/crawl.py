"""`qingdan crawl`: one run over each of the boards, one after another, each in a process of its own."""

import sys
import time
from collections.abc import Sequence
from typing import Final

import click

from cli.crawl_status import command as status
from cli.draft import command as draft
from cli.held import discard, held, release
from cli.reported import command as reported
from cli.stop import allow, stop
from cli.trial import command as trial
from cli.trim import command as trim
from cli.wiring import keeps_evidence, open_database, open_log_to_fill
from crawlers.board import Board, BoardError, load_boards
from crawlers.run import CrawlFailed, House, RunSummary, crawl

TERMINAL_SECONDS: Final = 0.2
LINE_SECONDS: Final = 10.0
"""How often progress is shown on a terminal, and elsewhere."""


class Crawl(click.Group):
    """`crawl BOARD…` without the word `run` runs boards."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args[:1] != ["--help"] and (not args or args[0] not in self.commands):
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group(cls=Crawl)
def command() -> None:
    """Crawl boards into the log; crawlers/boards has a file for each.

    `crawl BOARD…` is short for `crawl run BOARD…`.
    """


command.add_command(discard)
command.add_command(draft)
command.add_command(held)
command.add_command(release)
command.add_command(reported)
command.add_command(status)
command.add_command(trial)
command.add_command(trim)
command.add_command(stop)
command.add_command(allow)


@command.command()
@click.argument("names", metavar="[BOARD]...", nargs=-1)
@click.option("--all", "every", is_flag=True, help="All boards that may be crawled.")
@click.option("--base-url", metavar="URL", help="Address of a board that is served on this machine.")
@click.option("--whole", is_flag=True, help="Walk lists to their ends, also behind what is known.")
def run(names: Sequence[str], every: bool, base_url: str | None, whole: bool) -> None:
    """Crawl boards into the log.

    Status 1 when a run was incomplete or is held: its reason is shown, and what it could not read is kept
    as rejections of the run. Ctrl-C ends a run early, with what it fetched so far let in.
    """
    boards = _chosen(names, every=every, base_url=base_url)
    complete = [_crawled(board.walked_whole() if whole else board) for board in boards]
    sys.exit(0 if all(complete) else 1)


def _chosen(names: Sequence[str], *, every: bool, base_url: str | None) -> list[Board]:
    if bool(names) == every:
        raise click.UsageError("name the boards to crawl, or give --all")
    try:
        known = load_boards()
        if unknown := sorted(set(names) - known.keys()):
            raise click.UsageError(f"no board {', '.join(unknown)}; there are: {', '.join(known)}")
        chosen = [known[name] for name in dict.fromkeys(names)] or list(known.values())
        if base_url is not None:
            chosen = [board.at(base_url) if board.needs_address else board for board in chosen]
    except BoardError as error:
        raise click.UsageError(str(error)) from error
    homeless = [board.id for board in chosen if board.needs_address]
    if homeless and not every:
        raise click.UsageError(f"board {', '.join(homeless)} has no address of its own; give it --base-url")
    if not every and (unapproved := [board.id for board in chosen if not board.may_be_crawled]):
        raise click.UsageError(
            f"nobody approved of crawling {', '.join(unapproved)} yet: try it with `crawl try`, look at its "
            "terms and robots.txt, then fill in `approved` in its file"
        )
    ready = [board for board in chosen if board.may_be_crawled and not board.needs_address]
    if not ready:
        raise click.UsageError("no board is approved and has an address of its own")
    return ready


def _crawled(board: Board) -> bool:
    """Crawl one board, tell how it went, and answer whether the run was complete."""
    progress = _Progress(board.id)
    try:
        house = House(open_database, open_log_to_fill, evidence=keeps_evidence())
        summary = crawl(board, house, progress=progress.show)
    except CrawlFailed as error:
        progress.close()
        click.echo(f"qingdan: {error}", err=True)
        return False
    progress.close()
    click.echo(described(summary))
    return summary.complete


def described(summary: RunSummary) -> str:
    """One line about a run, for people."""
    counts = summary.outcome.counts
    names = ["pages", "accepted", "duplicate", "rejected"]
    names += [name for name in ("held", "changed", "unchanged", "gone", "back") if counts.get(name)]
    told = ", ".join(f"{counts[name]:,} {name}" for name in names)
    note = f" ({summary.outcome.note})" if summary.outcome.note else ""
    return f"{summary.board}: {summary.outcome.status}{note}; {told}; run {summary.run_id}"


class _Progress:
    """Pages so far: a line that is overwritten on a terminal, a line now and then elsewhere."""

    def __init__(self, board: str) -> None:
        self._board = board
        self._terminal = sys.stderr.isatty()
        self._shown = time.monotonic()

    def show(self, pages: int, listed: int) -> None:
        now = time.monotonic()
        if now - self._shown >= (TERMINAL_SECONDS if self._terminal else LINE_SECONDS):
            self._shown = now
            self._write(f"{self._board}: {pages:,} of {listed:,} pages")

    def close(self) -> None:
        if self._terminal:
            self._write("")

    def _write(self, line: str) -> None:
        click.echo(f"\r\x1b[K{line}" if self._terminal else line, err=True, nl=not self._terminal)
