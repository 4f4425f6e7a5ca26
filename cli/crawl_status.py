"""`qingdan crawl status`: how each board fares, since when, why, and what it holds."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cli.wiring import open_database
from config.clock import now_in_china
from crawlers.board import Board, BoardError, load_boards
from crawlers.health import Health, health
from crawlers.issues import issues_file
from reports.boards import BoardLine, UnreadableError, boards_page
from store.crawl_status import Holding, commonest_rejection, crawled_sources, holdings, runs_of
from store.database import snapshot
from store.permits import stop_of
from store.run_profiles import Profile, profile_of
from store.staging import count_waiting, left_over


@dataclass(frozen=True, slots=True)
class Standing:
    """One board, as it is shown."""

    source: str
    name: str
    health: Health
    why: str
    holding: Holding
    expected: bool
    """The board is approved, so it should be live."""
    stopped: str = ""
    """Who stopped it and why."""
    measured: Profile | None = None
    """How its last run measured."""

    @property
    def amiss(self) -> bool:
        return self.expected and self.health.state not in ("live", "partial")

    @property
    def issues(self) -> Path | None:
        """The issues file of its last run, if it is there."""
        file = issues_file(self.health.last.id) if self.health.last is not None else None
        return file if file is not None and file.is_file() else None


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="A JSON array on standard output.")
@click.option(
    "--html",
    "page",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write a page to be printed.",
)
def command(*, as_json: bool, page: Path | None) -> None:
    """Show how each board fares.

    live: its last run was complete. partial: it ended with its budget, and the next one goes on. degraded: it
    was incomplete or discarded, or fields are filled less than before. held: it waits for a person (`crawl
    held`). blocked: the board sent us away. gone: its lists are not there any more. never: not crawled.
    Status 1 when an approved board is neither live nor partial.
    """
    try:
        boards = load_boards()
    except BoardError as error:
        raise click.UsageError(str(error)) from error
    engine, now = open_database(), now_in_china()
    with snapshot(engine) as session:
        found = standings(session, boards, now)
    engine.dispose()
    if page is not None:
        page.write_text(boards_page([board_line(each) for each in found], now=now), encoding="utf-8")
        click.echo(f"written to {page}", err=True)
    if as_json:
        click.echo(json.dumps([_told(each) for each in found], ensure_ascii=False, indent=2))
    else:
        _show(found, boards)
    sys.exit(1 if any(each.amiss for each in found) else 0)


def _show(found: Sequence[Standing], boards: Mapping[str, Board]) -> None:
    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False, markup=False)
    console.print(table(found))
    for each in found:
        if each.issues is not None:
            console.print(f"{each.source}: issues of the last run: {each.issues}", soft_wrap=True)
    shown = {each.source for each in found}
    if unapproved := [name for name in boards if name not in shown]:
        console.print(f"not approved, not crawled: {', '.join(unapproved)}", soft_wrap=True)


def standings(session: Session, boards: Mapping[str, Board], now: datetime) -> list[Standing]:
    """How each source fares that is approved or was crawled; those that are amiss first."""
    approved = {name for name, board in boards.items() if board.approved is not None}
    held = holdings(session, now)
    found = []
    for source in sorted(approved | set(crawled_sources(session))):
        state = health(runs_of(session, source))
        stop = stop_of(session, source)
        measured = profile_of(session, state.last.id) if state.last is not None else None
        standing = Standing(
            source=source,
            name=boards[source].name if source in boards else "",
            health=state,
            why="; ".join(_why(session, source, state, gone=source not in boards)),
            holding=held.get(source, Holding()),
            expected=source in approved,
            stopped=f"{stop.actor}: {stop.why}" if stop is not None else "",
            measured=measured[0] if measured is not None else None,
        )
        found.append(standing)
    return sorted(found, key=lambda each: not each.amiss)


def _why(session: Session, source: str, state: Health, *, gone: bool) -> Iterator[str]:
    """What a person should know: the last run's note, what it met most, what waits, a run under way."""
    if gone:
        yield "there is no board file of this name"
    if state.last is not None and state.state != "live":
        if state.last.note:
            yield state.last.note
        if reason := commonest_rejection(session, state.last.id):
            yield f"mostly: {reason}"
        if state.state == "held":
            yield f"{count_waiting(session, state.last.id):,} ads wait in run {state.last.id[:8]}"
    if state.running is not None:
        yield f"a run is under way since {_day(state.running)}, or was killed"
    elif left := left_over(session, source):
        yield f"{left:,} ads of a run that broke off wait for the next run"


def table(found: Sequence[Standing]) -> Table:
    """One row a board."""
    drawn = Table("board", "state", "since", "last complete", "live", "suspect", "gone", "due", "why")
    for each in found:
        counts = (each.holding.live, each.holding.suspect, each.holding.gone, each.holding.due)
        moments = (_day(each.health.since), _day(each.health.last_complete))
        why = "; ".join(filter(None, (f"stopped by {each.stopped}" if each.stopped else "", each.why)))
        drawn.add_row(each.source, each.health.state, *moments, *(f"{count:,}" for count in counts), why)
    return drawn


def board_line(each: Standing) -> BoardLine:
    return BoardLine(
        source=each.source,
        name=each.name,
        state=each.health.state,
        since=each.health.since,
        last_complete=each.health.last_complete,
        why=each.why,
        stopped=each.stopped,
        measured=each.measured,
        issues=str(each.issues or ""),
        **asdict(each.holding),
    )


def board_lines(engine: Engine, *, clock: Callable[[], datetime]) -> list[BoardLine]:
    """How each board fares, as pages show it; those that are amiss first.

    Raises:
        UnreadableError: the files of boards cannot be read.
    """
    try:
        boards = load_boards()
    except BoardError as error:
        raise UnreadableError(str(error)) from error
    with snapshot(engine) as session:
        return [board_line(each) for each in standings(session, boards, clock())]


def _told(each: Standing) -> dict[str, object]:
    """A board as JSON has it; moments are in ISO 8601, China's time."""
    line = asdict(board_line(each))
    moments = {name: line[name].isoformat() if line[name] else None for name in ("since", "last_complete")}
    run = each.health.last.id if each.health.last is not None else None
    return line | moments | {"run": run, "approved": each.expected, "amiss": each.amiss}


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment is not None else "never"
