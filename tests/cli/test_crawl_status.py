"""`qingdan crawl status`."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console
from sqlalchemy import Engine

from cli.crawl import command
from cli.crawl_status import board_line, standings, table
from cli.wiring import open_database
from crawlers.board import Approval, Board
from crawlers.issues import issues_file
from reports.boards import boards_page
from store.database import snapshot, transaction
from store.intake import Outcome, Refusal, finish_run, reject, start_run
from store.permits import Stop, stop_board
from store.staging import held_runs
from store.targets import Entry, RunMark, Visit, count_misses, note_listed, note_visits
from tests.factory import WEDNESDAY

APPROVED = Board(
    id="approved",
    name="某招聘网",
    engine="jsonld-sitemap",
    start=("https://jobs.example.cn/sitemap.xml",),
    hosts=("jobs.example.cn",),
    approved=Approval(by="张三", on=date(2026, 11, 1), basis="robots.txt"),
)


def crawled(engine: Engine, source: str, outcome: Outcome, *, hours: int = 0) -> None:
    """A run that lists two pages, of which one is due again, and misses what was listed before."""
    now = WEDNESDAY + timedelta(hours=hours)
    with transaction(engine) as session:
        run_id = start_run(session, kind="crawl", source=source, now=now)
        mark = RunMark(source, run_id, now)
        note_listed(session, mark, [Entry(key=f"{hours}-{n}", url=f"https://a.example/{n}") for n in (1, 2)])
        visit = Visit(key=f"{hours}-1", answer="read", ads=("x", "y"))
        note_visits(session, mark, [visit], due_at=now + timedelta(days=7))
        if outcome.status == "complete":
            count_misses(session, source, since=now)
        refused = [Refusal(f"https://a.example/{n}", "the board answered HTTP 500") for n in range(3)]
        reject(session, run_id, [*refused, Refusal("https://a.example/x", "the URL is not http or https")])
        finish_run(session, run_id, outcome, now=now + timedelta(minutes=5))


def test_an_approved_board_that_is_not_live_comes_first_with_its_reasons(engine: Engine) -> None:
    crawled(engine, "approved", Outcome("complete", {}))
    crawled(engine, "approved", Outcome("incomplete", {}, "3 pages or lists could not be had"), hours=1)
    crawled(engine, "a-former-board", Outcome("complete", {}))
    with snapshot(engine) as session:
        first, second = standings(session, {"approved": APPROVED}, WEDNESDAY + timedelta(days=1))
    assert (first.source, first.health.state, first.amiss) == ("approved", "degraded", True)
    assert first.why == "3 pages or lists could not be had; mostly: the board answered HTTP 500"
    assert (first.holding.live, first.holding.suspect, first.holding.due) == (4, 0, 2)
    assert (second.source, second.health.state, second.amiss) == ("a-former-board", "live", False)
    assert second.why == "there is no board file of this name"
    console = Console(width=160)
    with console.capture() as shown:
        console.print(table([first, second]))
    row = next(line for line in shown.get().splitlines() if "degraded" in line)
    cells = [cell.strip() for cell in row.split("│")[1:-2]]
    assert cells == ["approved", "degraded", "2026-11-18 11:35", "2026-11-18 10:35", "4", "0", "0", "2"]


def test_a_board_whose_night_was_not_long_enough_is_partial_and_not_amiss(engine: Engine) -> None:
    crawled(engine, "approved", Outcome("complete", {}))
    crawled(engine, "approved", Outcome("incomplete", {}, "stopped early: budget"), hours=1)
    with snapshot(engine) as session:
        (found,) = standings(session, {"approved": APPROVED}, WEDNESDAY + timedelta(days=1))
    assert (found.health.state, found.amiss) == ("partial", False)
    assert found.why.startswith("stopped early: budget; mostly: ")
    assert (found.holding.live, found.holding.suspect, found.holding.gone) == (4, 0, 0)
    page = boards_page([board_line(found)], now=WEDNESDAY)
    assert "未采完" in page


def test_an_approved_board_that_was_never_crawled_is_amiss(engine: Engine) -> None:
    with snapshot(engine) as session:
        (found,) = standings(session, {"approved": APPROVED}, WEDNESDAY)
    assert (found.health.state, found.why, found.amiss) == ("never", "", True)


@pytest.mark.usefixtures("home")
def test_without_approved_boards_nothing_is_amiss() -> None:
    engine = open_database()
    crawled(engine, "demo", Outcome("complete", {}))
    engine.dispose()
    done = CliRunner().invoke(command, ["status"])
    assert done.exit_code == 0, done.output
    table, _, unapproved = done.output.partition("not approved, not crawled: ")
    assert "demo" in table
    assert "mohrss" in unapproved


@pytest.mark.usefixtures("home")
def test_the_states_as_json_and_as_a_page(tmp_path: Path) -> None:
    engine = open_database()
    crawled(engine, "demo", Outcome("complete", {}))
    crawled(engine, "demo", Outcome("held", {}, "held: <b>too many</b>"), hours=1)
    with transaction(engine) as session:
        stop_board(session, Stop("demo", "李四", "改版", WEDNESDAY))
        (run,) = held_runs(session)
        run_id = run.id
    engine.dispose()
    issues_file(run_id).parent.mkdir(parents=True)
    issues_file(run_id).write_text("", encoding="utf-8")
    file = tmp_path / "boards.html"
    done = CliRunner().invoke(command, ["status", "--json", "--html", str(file)])
    assert done.exit_code == 0, done.output
    (told,) = json.loads(done.stdout)
    assert (told["source"], told["state"], told["run"]) == ("demo", "held", run_id)
    moments = (told["since"], told["last_complete"])
    assert moments == ("2026-11-18T11:35:00+08:00", "2026-11-18T10:35:00+08:00")
    assert told["issues"] == str(issues_file(run_id))
    assert told["why"].startswith("held: <b>too many</b>; mostly: the board answered HTTP 500; 0 ads wait")
    page = file.read_text(encoding="utf-8")
    assert "已停采：李四: 改版" in page
    assert "待审" in page
    assert "&lt;b&gt;too many" in page
    assert "<b>too many" not in page
