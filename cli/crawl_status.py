"""`qingdan crawl status`: how each board fares, since when, why, and what it holds."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from cli.wiring import open_database
from crawlers.board import Board, BoardError, load_boards
from crawlers.health import Health, health
from crawlers.run import now_in_china
from store.crawl_status import Holding, commonest_rejection, crawled_sources, holdings, runs_of
from store.database import snapshot


@dataclass(frozen=True, slots=True)
class Standing:
    """One line of the table."""

    source: str
    health: Health
    why: str
    holding: Holding
    expected: bool
    """The board is approved, so it should be live."""

    @property
    def amiss(self) -> bool:
        return self.expected and self.health.state != "live"


@click.command("status")
def command() -> None:
    """Show how each board fares: live, degraded (its last run was incomplete), blocked or never crawled.

    Status 1 when an approved board is not live.
    """
    try:
        boards = load_boards()
    except BoardError as error:
        raise click.UsageError(str(error)) from error
    engine = open_database()
    with snapshot(engine) as session:
        found = standings(session, boards, now_in_china())
    engine.dispose()
    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False, markup=False)
    console.print(table(found))
    shown = {each.source for each in found}
    if unapproved := [name for name in boards if name not in shown]:
        console.print(f"not approved, not crawled: {', '.join(unapproved)}", soft_wrap=True)
    sys.exit(1 if any(each.amiss for each in found) else 0)


def standings(session: Session, boards: Mapping[str, Board], now: datetime) -> list[Standing]:
    """How each source fares that is approved or was crawled; those that are amiss first."""
    approved = {name for name, board in boards.items() if board.approved is not None}
    held = holdings(session, now)
    found = []
    for source in sorted(approved | set(crawled_sources(session))):
        state = health(runs_of(session, source))
        why = _why(session, state, gone=source not in boards)
        found.append(Standing(source, state, why, held.get(source, Holding()), source in approved))
    return sorted(found, key=lambda each: not each.amiss)


def _why(session: Session, state: Health, *, gone: bool) -> str:
    """What a person should know: the last run's note, what it met most, whether one is under way."""
    told = ["there is no board file of this name"] if gone else []
    if state.last is not None and state.state != "live":
        told += [state.last.note, f"mostly: {commonest_rejection(session, state.last.id)}"]
    if state.running is not None:
        told.append(f"a run is under way since {_day(state.running)}, or was killed")
    return "; ".join(each for each in told if each and each != "mostly: ")


def table(found: list[Standing]) -> Table:
    """One row a board."""
    drawn = Table("board", "state", "since", "last complete", "live", "suspect", "gone", "due", "why")
    for each in found:
        counts = (each.holding.live, each.holding.suspect, each.holding.gone, each.holding.due)
        moments = (_day(each.health.since), _day(each.health.last_complete))
        drawn.add_row(each.source, each.health.state, *moments, *(f"{count:,}" for count in counts), each.why)
    return drawn


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment is not None else "never"
